"""Reading JSON that is larger than memory: a file's top object key by key, its long list item by item; and one line each.

Every error names the line and column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from agora.domains.operations.transfer.records import Problem

CHUNK = 1 << 18
MAX_ITEM = 32 << 20  # characters of one message with everything in it; more is no message
_SPACE = " \t\r\n"


class JsonReader:
    """A text that is read as far as it is needed."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._decoder = json.JSONDecoder()
        self._pending = b""
        self._ended = False
        self.read = 0
        self._fill()
        if self._text.startswith("\ufeff"):
            self._at = 1

    def where(self) -> str:
        """The present place, for people."""
        return f"{self._name}, line {self._line}"

    def fields(self, long: str) -> Iterator[tuple[str, Any]]:
        """The keys and values of the top object. The value of the key ``long`` is an iterator over its list's items:
        read it to its end before going on.
        """
        self._expect("{")
        if self._peek() == "}":
            self._expect("}")
            return
        while True:
            key = self._value()
            if not isinstance(key, str):
                raise self._problem("a key must be text")
            self._expect(":")
            if key == long:
                yield key, self._items()
            else:
                yield key, self._value()
            if self._next_of(",}") == "}":
                return

    def items(self) -> Iterator[Any]:
        """The items of a list that is the whole text."""
        yield from self._items()

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._peek() == "]":
            self._expect("]")
            return
        while True:
            self._peek()
            yield self._value()
            if self._next_of(",]") == "]":
                return

    def _value(self) -> Any:
        self._peek()
        wanted = CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended or len(self._text) - self._at > MAX_ITEM:
                    self._move(min(error.pos, len(self._text)))
                    raise self._problem(error.msg) from None
            except RecursionError:
                raise self._problem("it is nested too deeply") from None
            else:
                # a number at the end of what was read may go on in what was not
                if end < len(self._text) or self._ended:
                    self._move(end)
                    return value
            self._fill(wanted)
            wanted *= 2  # so that a large item is not read over and over

    def _next_of(self, signs: str) -> str:
        sign = self._peek()
        if sign == "" or sign not in signs:
            raise self._problem(f"expected {' or '.join(signs)}")
        self._move(self._at + 1)
        return sign

    def _expect(self, sign: str) -> None:
        self._next_of(sign)

    def _peek(self) -> str:
        """The next sign that is not blank; empty at the end."""
        while True:
            end = self._at
            while end < len(self._text) and self._text[end] in _SPACE:
                end += 1
            self._move(end)
            if end < len(self._text):
                return self._text[end]
            if self._ended:
                return ""
            self._fill()

    def _move(self, end: int) -> None:
        passed = self._text[self._at : end]
        lines = passed.count("\n")
        self._line += lines
        self._column = len(passed) - passed.rfind("\n") if lines else self._column + len(passed)
        self._at = end

    def _fill(self, size: int = CHUNK) -> None:
        raw = self._file.read(size)
        self.read += len(raw)
        self._ended = len(raw) < size
        raw = self._pending + raw
        cut = len(raw) if self._ended else _whole(raw)
        try:
            more = raw[:cut].decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._problem(f"it is not UTF-8 (byte {self.read - len(raw) + error.start})") from None
        self._pending = raw[cut:]
        self._text = self._text[self._at :] + more
        self._at = 0

    def _problem(self, what: str) -> Problem:
        return Problem(f"{self._name}, line {self._line}, column {self._column}: {what}: the file is damaged, export it again.")


def _whole(raw: bytes) -> int:
    """How many bytes of this are whole characters."""
    for back in range(1, min(4, len(raw)) + 1):
        byte = raw[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(raw) if back >= length else len(raw) - back
        if byte < 0x80:
            return len(raw)
    return len(raw)


def read_lines(file: IO[bytes], name: str) -> Iterator[tuple[int, int, Any]]:
    """Number, end in bytes and value of each line that is not empty. Raises Problem."""
    number = end = 0
    while raw := file.readline(MAX_ITEM + 1):
        number, end = number + 1, end + len(raw)
        if len(raw) > MAX_ITEM:
            raise Problem(f"{name}, line {number}: it is longer than {MAX_ITEM >> 20} MiB: the file is damaged, export it again.")
        text = raw.strip()
        if not text:
            continue
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise Problem(f"{name}, line {number}, column {error.colno}: {error.msg}: the file is damaged.") from None
        except (UnicodeDecodeError, RecursionError):
            raise Problem(f"{name}, line {number}: it is not JSON in UTF-8: the file is damaged.") from None
        yield number, end, value
