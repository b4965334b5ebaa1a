"""Stored files encrypted with a key from outside of the data folder, in blocks that can be read one by one.

AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015; as in https://age-encryption.org/v1):
each file has a key of its own, HKDF-SHA256 (RFC 5869) of the vault's key and a random salt, and each block's nonce has its number
and whether it is the last one. Blocks cannot be swapped, left out or cut off unnoticed, and any of them can be read alone.

A file is: ``MAGIC``, eight bytes that name the key, sixteen of salt, then blocks of ``BLOCK`` bytes with sixteen more each.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from agora.kernel.errors import Unavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC = b"agora-file-1\n"
BLOCK = 64 << 10
KEY = 32
_ID, _SALT, _TAG = 8, 16, 16
HEAD = len(MAGIC) + _ID + _SALT


class FileBroken(Unavailable):
    """A stored file is damaged, or encrypted with a key that is not there."""


class Vault:
    """Seals and opens files with one key of 32 bytes; ``id`` names the key and tells nothing of it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY:
            raise ValueError(f"a key has {KEY} bytes")
        self._key = key
        self._id = hmac.digest(key, b"agora file key", hashlib.sha256)[:_ID]
        self.id = self._id.hex()

    def seal(self, out: BinaryIO) -> Sealing:
        """Write an encrypted file to ``out``, piece by piece."""
        salt = secrets.token_bytes(_SALT)
        out.write(MAGIC + self._id + salt)
        return Sealing(out, self._cipher(salt))

    def open(self, path: Path) -> BinaryIO:
        """Read the plain content, from anywhere in it. Raises FileNotFoundError, FileBroken."""
        file = path.open("rb")
        try:
            head = file.read(HEAD)
            if sealed_with(head) != self.id:
                raise FileBroken(f"The file {path.name} is damaged, or encrypted with another key than [files] key_file holds.")
            salt = head[-_SALT:]
            # a buffer as large as a block, so that many small reads open it once
            return cast(BinaryIO, io.BufferedReader(_Opened(file, path, self._cipher(salt)), BLOCK))
        except BaseException:
            file.close()
            raise

    def _cipher(self, salt: bytes) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=MAGIC).derive(self._key))


class Sealing:
    """A file that is being encrypted: ``write`` as it comes, then ``finish`` once."""

    def __init__(self, out: BinaryIO, cipher: Any) -> None:
        self._out = out
        self._cipher = cipher
        self._rest = bytearray()
        self._number = 0

    def write(self, data: bytes) -> None:
        """More of the content. Raises OSError."""
        self._rest += data
        start = 0
        while len(self._rest) - start > BLOCK:  # the last block may be full, and is known only at the end
            self._put(bytes(self._rest[start : start + BLOCK]), last=False)
            start += BLOCK
        del self._rest[:start]

    def finish(self) -> None:
        """The last block, perhaps an empty one. Raises OSError."""
        self._put(bytes(self._rest), last=True)

    def _put(self, block: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), block, MAGIC))
        self._number += 1


class _Opened(io.RawIOBase):
    """The plain content of a sealed file; holds one block in memory."""

    def __init__(self, file: BinaryIO, path: Path, cipher: Any) -> None:
        self._file = file
        self._path = path
        self._cipher = cipher
        self._size, self._last = _measure(file.seek(0, io.SEEK_END))
        self._at = 0
        self._number, self._block = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not view:
            # whoever reads to the end learns whether something was cut off
            self._load(self._last)
            return 0
        self._load(self._at // BLOCK)
        start = self._at % BLOCK
        part = self._block[start : start + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _load(self, number: int) -> None:
        from cryptography.exceptions import InvalidTag

        if number == self._number:
            return
        self._file.seek(HEAD + number * (BLOCK + _TAG))
        sealed = self._file.read(BLOCK + _TAG)
        try:
            self._block = self._cipher.decrypt(_nonce(number, last=number == self._last), sealed, MAGIC)
        except InvalidTag:
            raise FileBroken(f"The file {self._path.name} is damaged: restore it from a backup.") from None
        self._number = number


def sealed_with(head: bytes) -> str | None:
    """The name of the key that a file which begins so is encrypted with; None when it is no such file."""
    whole = len(head) >= HEAD and head.startswith(MAGIC)
    return head[len(MAGIC) : len(MAGIC) + _ID].hex() if whole else None


def plain_size(sealed: int) -> int:
    """The size of the content of a sealed file of this size, both in bytes."""
    return _measure(sealed)[0]


def _measure(sealed: int) -> tuple[int, int]:
    """Size of the content, and the number of the last block."""
    body = max(sealed - HEAD, 0)
    last = max(-(-body // (BLOCK + _TAG)) - 1, 0)
    return max(body - (last + 1) * _TAG, 0), last


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
