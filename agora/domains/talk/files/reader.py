"""Reads the words of a PDF or DOCX on standard input and prints them: a program of its own, because such files lie.

It runs with little memory, little time and no right to write files; whatever it meets, only it can die of it.
``python -I reader.py KIND MAX_CHARACTERS < FILE``
"""

from __future__ import annotations

import io
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

MEMORY = 1 << 30  # bytes of address space
CPU_S = 20
MAX_XML = 64 << 20  # bytes of one part, unpacked
MAX_PAGES = 2000
CHUNK = 1 << 16
_BODY = "word/document.xml"
_BREAKS = {"w:p", "w:br", "w:tab", "w:tc"}


def main() -> None:
    """Print the text."""
    limit_self()
    kind, most = sys.argv[1], int(sys.argv[2])
    file = io.BytesIO(sys.stdin.buffer.read())  # both kinds are read from their end
    parts = read_pdf(file) if kind == "pdf" else read_docx(file)
    left = most
    for part in parts:
        sys.stdout.buffer.write(part[:left].encode("utf-8", "ignore"))
        left -= len(part)
        if left <= 0:
            return


def limit_self() -> None:
    """Give up what a reader of text does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_pdf(file: BinaryIO) -> Iterator[str]:
    """Page by page."""
    from pypdf import PdfReader

    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        return
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES:
            return
        yield page.extract_text() + "\n"


def read_docx(file: BinaryIO) -> Iterator[str]:
    """The body's text, with a line for each paragraph."""
    with zipfile.ZipFile(file) as archive, archive.open(_BODY) as body:
        text = _Words()
        size = 0
        while chunk := body.read(CHUNK):
            size += len(chunk)
            if size > MAX_XML:
                return
            text.parser.Parse(chunk, False)
            yield text.take()


class _Words:
    """Collects the text of a WordprocessingML body. A document type, and with it every entity, is refused."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._inside = False
        self._parts: list[str] = []

    def take(self) -> str:
        """What came since."""
        text = "".join(self._parts)
        self._parts.clear()
        return text

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type has no place in a DOCX")

    def _start(self, name: str, _: object) -> None:
        self._inside = name == "w:t"

    def _end(self, name: str) -> None:
        self._inside = False
        if name in _BREAKS:
            self._parts.append("\n" if name == "w:p" else " ")

    def _text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)


if __name__ == "__main__":
    main()
