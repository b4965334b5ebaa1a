"""Evaluated prompts on disk: after a restart the first prompts of a channel need not be read again from their beginning.

A file holds one sequence's tokens and the model's memory of them. It is taken only when everything that shaped that memory is
the same (model file, adapters, precision, library) and when its hashes say that it is whole: llama.cpp trusts such data.
"""

import contextlib
import hashlib
import logging
import os
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)
MAGIC = b"AGORAPFX"
_LONGEST_HEAD = 1 << 24


class Saved(msgspec.Struct, frozen=True):
    """One evaluated prompt: its scope (see GenerationRequest), tokens, and the model's memory of them."""

    scope: str
    tokens: "array[int]"
    data: bytes


class _Head(msgspec.Struct, frozen=True):
    """What the file says of itself."""

    shape: str
    scope: str
    prompt_hash: str
    tokens: bytes
    data_hash: str
    data_size: int


class PrefixFiles:
    """The files of one model in one folder."""

    def __init__(self, folder: Path, shape: str, most_bytes: int) -> None:
        """`shape` names everything that shaped the memory; other files are not touched, until `save` clears the folder."""
        self._folder, self._shape = folder, hashlib.sha256(shape.encode()).hexdigest()
        self.most_bytes = most_bytes

    def save(self, prompts: Iterable[Saved]) -> int:
        """Writes the prompts in place of those that were there; returns how many. An error of the disk is logged."""
        written: list[Path] = []
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            left = self.most_bytes
            for prompt in prompts:
                left -= len(prompt.data)
                if left < 0:
                    break
                written.append(self._write(prompt))
            for path in self._folder.glob("*.prefix*"):
                if path not in written:
                    path.unlink()
        except OSError as error:
            log.warning("evaluated prompts could not be saved: %s", error)
        return len(written)

    def load(self) -> Iterator[Saved]:
        """The prompts that fit this model, the last used first. What is damaged or of another model is deleted."""
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self._folder.glob("*.prefix"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
                found = self._read(path)
                if found is None:
                    with contextlib.suppress(OSError):
                        path.unlink()
                else:
                    yield found

    def _write(self, prompt: Saved) -> Path:
        tokens = prompt.tokens.tobytes()
        prompt_hash, data_hash = hashlib.sha256(tokens).hexdigest(), hashlib.sha256(prompt.data).hexdigest()
        head = msgspec.msgpack.encode(_Head(self._shape, prompt.scope, prompt_hash, tokens, data_hash, len(prompt.data)))
        name = hashlib.sha256(f"{prompt.scope}\x1f{prompt_hash}".encode()).hexdigest()[:32]
        path = self._folder / f"{name}.prefix"
        half = path.with_suffix(".prefix-new")
        # Whoever can read such a file can read the conversation in it.
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(MAGIC + len(head).to_bytes(4, "little") + hashlib.sha256(head).digest() + head)
            file.write(prompt.data)
        half.replace(path)
        return path

    def _read(self, path: Path) -> Saved | None:
        try:
            with path.open("rb") as file:
                if file.read(len(MAGIC)) != MAGIC:
                    return None
                size, digest = int.from_bytes(file.read(4), "little"), file.read(32)
                text = file.read(min(size, _LONGEST_HEAD))
                if hashlib.sha256(text).digest() != digest:
                    return None
                head = msgspec.msgpack.decode(text, type=_Head)
                if head.shape != self._shape or head.data_size > self.most_bytes:
                    return None
                data = file.read(head.data_size + 1)
        except (OSError, msgspec.MsgspecError):
            return None
        if hashlib.sha256(head.tokens).hexdigest() != head.prompt_hash or hashlib.sha256(data).hexdigest() != head.data_hash:
            return None
        return Saved(head.scope, array("i", head.tokens), data)
