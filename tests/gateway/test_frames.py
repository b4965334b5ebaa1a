"""Frames and compression, read back by other people's decoders."""

from __future__ import annotations

import itertools
import zlib

import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.gateway.frames import BINARY, TEXT, PlainCodec, ZlibCodec, ZstdCodec, frame, make_codec

MESSAGES = st.lists(st.binary(max_size=300), min_size=1, max_size=20)
CUTS = st.lists(st.integers(0, 10_000), max_size=20)


def payload_of(made: bytes) -> bytes:
    """What a frame carries."""
    ((_, payload),) = read_back(made)
    return payload


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The same bytes, cut at arbitrary places."""
    places = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(places)]


@given(MESSAGES, CUTS)
@settings(deadline=None)
def test_zlib_is_one_stream_flushed_after_each_message(messages: list[bytes], cuts: list[int]) -> None:
    codec = ZlibCodec()
    frames = [codec.encode(m) for m in messages]
    assert all(f[0] == BINARY and f.endswith(b"\x00\x00\xff\xff") for f in frames)
    inflate = zlib.decompressobj()
    assert [inflate.decompress(payload_of(f)) for f in frames] == messages
    again = zlib.decompressobj()
    stream = b"".join(payload_of(f) for f in frames)
    assert b"".join(again.decompress(p) for p in pieces(stream, cuts)) == b"".join(messages)


@given(MESSAGES, CUTS)
@settings(deadline=None)
def test_zstd_is_one_frame_flushed_after_each_message(messages: list[bytes], cuts: list[int]) -> None:
    codec = ZstdCodec()
    frames = [codec.encode(m) for m in messages]
    reader = zstandard.ZstdDecompressor().decompressobj()
    assert [reader.decompress(payload_of(f)) for f in frames] == messages
    again = zstandard.ZstdDecompressor().decompressobj()
    stream = b"".join(payload_of(f) for f in frames)
    assert b"".join(again.decompress(p) for p in pieces(stream, cuts)) == b"".join(messages)


def read_back(stream: bytes) -> list[tuple[int, bytes]]:
    """All frames of a stream, by the rules of RFC 6455."""
    found = []
    while stream:
        first, size, at = stream[0], stream[1], 2
        assert size < 128, "a server never masks"
        if size >= 126:
            at = 4 if size == 126 else 10
            size = int.from_bytes(stream[2:at], "big")
        found.append((first, stream[at : at + size]))
        stream = stream[at + size :]
    return found


@given(st.lists(st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000]), min_size=1, max_size=5))
@settings(deadline=None, max_examples=30)
def test_frames_of_every_size_are_read_back(sizes: list[int]) -> None:
    messages = [bytes([i % 250]) * size for i, size in enumerate(sizes)]
    stream = b"".join(frame(TEXT, m) for m in messages)
    assert read_back(stream) == [(TEXT, m) for m in messages]


def test_the_codec_is_chosen_by_name() -> None:
    assert isinstance(make_codec(""), PlainCodec)
    assert isinstance(make_codec("zlib-stream"), ZlibCodec)
    assert isinstance(make_codec("zstd-stream"), ZstdCodec)
    assert make_codec("gzip") is None


def test_a_large_message_survives_compression() -> None:
    message = bytes(range(256)) * 4096
    assert zlib.decompressobj().decompress(payload_of(ZlibCodec().encode(message))) == message
    reader = zstandard.ZstdDecompressor().decompressobj()
    assert reader.decompress(payload_of(ZstdCodec().encode(message))) == message
