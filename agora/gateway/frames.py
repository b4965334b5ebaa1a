"""Bytes on the socket: WebSocket frames of a server (RFC 6455, section 5.2) and Discord's transport compression.

A frame of a server is never masked, so frames can be made once and joined: many messages go out in one write.
"""

from __future__ import annotations

import struct
import zlib
from typing import Protocol

import zstandard

TEXT = 0x81  # final frame, text
BINARY = 0x82  # final frame, binary

_MEDIUM = struct.Struct("!BBH")
_LARGE = struct.Struct("!BBQ")


def frame(first: int, payload: bytes) -> bytes:
    """One unfragmented frame; ``first`` is ``TEXT`` or ``BINARY``."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return _MEDIUM.pack(first, 126, size) + payload
    return _LARGE.pack(first, 127, size) + payload


class Codec(Protocol):
    """How the messages of one connection are written. It may hold state: one context per connection."""

    def encode(self, message: bytes) -> bytes:
        """One JSON message as a complete frame."""
        ...


class PlainCodec:
    """No compression: JSON text."""

    __slots__ = ()

    def encode(self, message: bytes) -> bytes:
        return frame(TEXT, message)


class ZlibCodec:
    """``compress=zlib-stream``: one deflate stream per connection, flushed after each message (ends in 00 00 FF FF).

    A window of 4 KiB and little memory: about 24 KiB per connection instead of zlib's usual 256, and chat messages are short.
    """

    __slots__ = ("_deflate",)

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(level=3, method=zlib.DEFLATED, wbits=12, memLevel=4)

    def encode(self, message: bytes) -> bytes:
        return frame(BINARY, self._deflate.compress(message) + self._deflate.flush(zlib.Z_SYNC_FLUSH))


# Small tables and a small window keep the memory of one connection low.
_ZSTD = zstandard.ZstdCompressionParameters.from_level(
    1, window_log=12, hash_log=9, chain_log=9, write_content_size=0, write_checksum=0
)


class ZstdCodec:
    """``compress=zstd-stream``: one Zstandard frame per connection, a block flushed after each message."""

    __slots__ = ("_stream",)

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(compression_params=_ZSTD).compressobj()

    def encode(self, message: bytes) -> bytes:
        return frame(BINARY, self._stream.compress(message) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))


def make_codec(compress: str) -> Codec | None:
    """The codec for the ``compress`` parameter of the address; None when it is unknown."""
    if not compress:
        return PlainCodec()
    if compress == "zlib-stream":
        return ZlibCodec()
    if compress == "zstd-stream":
        return ZstdCodec()
    return None
