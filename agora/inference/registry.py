"""The models of this installation: GGUF files in the shipped folder and in the data folder."""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agora.inference.errors import ModelNotFound, ModelRefused
from agora.inference.model_info import ModelInfo, inspect_model
from agora.inference.probe import check_model_runs

STARTER = "agora-starter"
_CHUNK = 1 << 20
_LATER_PART = re.compile(r"-(\d{5})-of-\d{5}$")


class ModelEntry(msgspec.Struct, frozen=True):
    """A file of the models folders; either `info` or the `problem` why it cannot be used."""

    name: str
    path: str
    info: ModelInfo | None = None
    problem: str = ""


class ModelRegistry:
    """Finds, checks, adds and removes model files. All methods block on the disk; call them in a thread."""

    def __init__(self, folders: Sequence[Path], own: Path, cache: Path) -> None:
        """Models are looked for in `folders` and in `own`, the only one that is written to; `cache` may be deleted."""
        self._folders = [*folders, own]
        self._own, self._cache = own, cache

    def list_models(self) -> list[ModelEntry]:
        """All GGUF files by name, the broken ones with their reason; the first of two equal names counts."""
        found: dict[str, ModelEntry] = {}
        for path in self._list_files():
            if path.stem not in found:
                found[path.stem] = self._describe(path)
        return sorted(found.values(), key=lambda entry: entry.name)

    def get_path(self, name: str) -> Path:
        """The file of a model: by name, by path, or for "" the starter model, else the first that is whole.

        Raises ModelNotFound that names the models there are.
        """
        if name.endswith(".gguf") and Path(name).is_file():
            return Path(name)
        wanted = name.removesuffix(".gguf") or STARTER
        files = self._list_files()
        for path in files:
            if path.stem == wanted:
                return path
        if not name:
            for path in files:
                if self._describe(path).info is not None:
                    return path
            raise ModelNotFound("There is no model: put a GGUF file into models/ or run `agora model add FILE`.")
        known = ", ".join(sorted({path.stem for path in files})) or "none"
        raise ModelNotFound(f"There is no model named {name}. Known: {known}.")

    def check(self, path: Path, *, run: bool = True) -> ModelInfo:
        """Everything that can be known about a file beforehand; with `run` one token is decoded in a child process.

        Raises ModelRefused that names the file and the reason.
        """
        info = inspect_model(path)
        if run:
            check_model_runs(path, self.hash_file(path), self._cache)
        return info

    def add(self, source: Path) -> ModelInfo:
        """Checks a file and copies it (by link where that can be) into the data folder's models. Raises ModelRefused."""
        info = self.check(source)
        target = self._own / f"{info.name}.gguf"
        if any(path.stem == info.name for path in self._list_files()):
            raise ModelRefused(f"There is a model named {info.name} already; rename the file or remove the other first.")
        self._own.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        try:
            _copy(source, part)
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ModelRefused(f"{source.name} could not be copied to {self._own}: {error.strerror}.") from error
        return inspect_model(target)

    def remove(self, name: str) -> None:
        """Deletes a model that was added. Raises ModelNotFound; shipped models stay."""
        path = self._own / f"{name}.gguf"
        if path not in self._list_files():
            raise ModelNotFound(f"No added model is named {name}; shipped models are not removed.")
        path.unlink()

    def hash_file(self, path: Path) -> str:
        """SHA-256 of a file, hexadecimal; kept in the cache until the file changes."""
        state = path.stat()
        key = f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"
        mark = self._cache / f"hash-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        try:
            return mark.read_text(encoding="ascii")
        except (OSError, ValueError):
            digest = _hash(path)
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            mark.write_text(digest, encoding="ascii")
        except OSError:
            return digest
        return digest

    def _list_files(self) -> list[Path]:
        files: list[Path] = []
        for folder in self._folders:
            if folder.is_dir():
                files += sorted(path for path in folder.glob("*.gguf") if _is_first_part(path))
        return files

    def _describe(self, path: Path) -> ModelEntry:
        try:
            return ModelEntry(path.stem, str(path), inspect_model(path))
        except ModelRefused as error:
            return ModelEntry(path.stem, str(path), None, error.message)


def _is_first_part(path: Path) -> bool:
    found = _LATER_PART.search(path.stem)
    return found is None or int(found.group(1)) == 1


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    """A hard link costs no space; where that is not possible the bytes are copied."""
    target.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
