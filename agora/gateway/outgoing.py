"""``Outgoing``: one dispatch encoded once and shared by all sessions that get it; only its number differs."""

from __future__ import annotations

import zlib

WHISPER = 0
"""The mark of a dispatch that is not in the ledger: lost when the server restarts, as it would be on the air."""

DERIVED = 0xFF
"""Lowest byte of the mark of a dispatch that followed from an event but cannot be made from it again."""


def mark(seq: int, index: int) -> int:
    """Where a dispatch comes from: the event's place in the ledger, and which of the event's dispatches it is."""
    return seq << 8 | min(index, DERIVED)


def derived(seq: int) -> int:
    """The mark of what followed from the event but cannot be made again from the ledger."""
    return seq << 8 | DERIVED


class Outgoing:
    """``{"t":name,"s":number,"op":0,"d":payload}`` with the number left open."""

    __slots__ = ("head", "mark", "tail")

    def __init__(self, name: str, payload: bytes, mark: int = WHISPER) -> None:
        self.head = b'{"t":"' + name.encode() + b'","s":'
        self.tail = b',"op":0,"d":' + payload + b"}"
        self.mark = mark

    def text(self, number: int) -> bytes:
        """The message with its sequence number."""
        return b"%b%d%b" % (self.head, number, self.tail)


class Introduction(Outgoing):
    """READY or GUILD_CREATE: large, and made for one session alone. Once written it is kept packed, in case the client comes back
    having seen only part of it.
    """

    __slots__ = ("_packed",)

    def __init__(self, name: str, payload: bytes, mark: int) -> None:
        super().__init__(name, payload, mark)
        self._packed = False

    def pack(self) -> None:
        """Take about a tenth of the memory from now on."""
        if not self._packed:
            self.tail = zlib.compress(self.tail, 1)
            self._packed = True

    def text(self, number: int) -> bytes:
        """The message with its sequence number."""
        return b"%b%d%b" % (self.head, number, zlib.decompress(self.tail) if self._packed else self.tail)
