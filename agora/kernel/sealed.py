"""Files encrypted with a key of this installation, written and read in pieces: nobody without the key reads or changes them.

AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, CRYPTO 2015): each piece's nonce has its number and whether it is the last one, so pieces cannot be
swapped, left out or cut off unnoticed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agora.kernel.errors import AgoraError

MAGIC = b"agora-sealed-1\n"
PIECE = 4 << 20
_TAG, _PREFIX = 16, 7


class SealBroken(AgoraError):
    """The file is missing, cut, changed, or sealed with another key."""


def write_sealed(path: Path, key: bytes, data: Iterable[bytes | memoryview]) -> None:
    """Write a file, readable by the owner alone; the old one stays until the new one is whole. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    cipher, prefix = AESGCM(key), secrets.token_bytes(_PREFIX)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(MAGIC + prefix)
        for number, piece, is_last in _pieces(data):
            file.write(cipher.encrypt(_nonce(prefix, number, is_last), piece, MAGIC))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_sealed(path: Path, key: bytes) -> Iterator[bytes]:
    """The pieces of a file, each checked before it is given. Raises SealBroken."""
    try:
        with path.open("rb") as file:
            yield from _read(file, AESGCM(key))
    except OSError as error:
        raise SealBroken(f"The file {path.name} cannot be read: {error}") from error
    except InvalidTag as error:
        raise SealBroken(f"The file {path.name} is damaged, or sealed with another key.") from error


def _read(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    start = file.read(len(MAGIC) + _PREFIX)
    if len(start) < len(MAGIC) + _PREFIX or not start.startswith(MAGIC):
        raise InvalidTag
    prefix, number = start[len(MAGIC) :], 0
    piece = file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        yield cipher.decrypt(_nonce(prefix, number, not following), piece, MAGIC)
        if not following:
            return
        piece, number = following, number + 1


def _pieces(data: Iterable[bytes | memoryview]) -> Iterator[tuple[int, bytes, bool]]:
    """Cut anew into pieces of one size; there is always a last one, perhaps empty."""
    rest = bytearray()
    number = 0
    for each in data:
        view = memoryview(each).cast("B")
        for start in range(0, len(view), PIECE):
            rest += view[start : start + PIECE]
            while len(rest) > PIECE:
                yield number, bytes(rest[:PIECE]), False
                del rest[:PIECE]
                number += 1
    yield number, bytes(rest), True


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])
