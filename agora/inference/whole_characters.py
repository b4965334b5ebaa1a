"""Which tokens keep a text valid UTF-8, where tokens may end in the middle of a character.

llama.cpp's grammars take a lead byte and then any byte for one character, so that a quotation mark could disappear inside
a broken one; what a grammar writes is only dependable when such tokens are left out.
"""

import codecs
from collections.abc import Callable
from typing import Any


class WholeCharacters:
    """The tokens of one vocabulary that may follow the first bytes of a character."""

    def __init__(self, piece: Callable[[int], bytes], size: int) -> None:
        """`piece` gives a token's bytes."""
        import numpy as np

        self._piece = piece
        self._broken: dict[bytes, Any] = {b"": np.array([_find_rest(piece(token)) is None for token in range(size)])}
        self._followers = [token for token in range(size) if 0x80 <= (piece(token)[:1] or b"\0")[0] <= 0xBF]

    def broken(self, begun: bytes) -> Any:
        """For each token whether it must not come next (a mask); `begun` holds the bytes of a character begun."""
        if begun not in self._broken:
            mask = self._broken[b""] | True
            mask[[token for token in self._followers if _find_rest(begun + self._piece(token)) is not None]] = False
            self._broken[begun] = mask
        return self._broken[begun]

    def follow(self, begun: bytes, token: int) -> bytes:
        """The bytes of the character that is begun after this token."""
        return _find_rest(begun + self._piece(token)) or b""


def _find_rest(data: bytes) -> bytes | None:
    """The bytes of an unfinished last character; None where the data is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return None
    rest = decoder.getstate()[0]
    # Python waits for the third byte of a surrogate before it refuses it
    return None if rest[:1] == b"\xed" and rest[1:2] >= b"\xa0" else rest
