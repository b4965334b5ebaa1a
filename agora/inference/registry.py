"""The models of this installation: GGUF files in the shipped folder and in the data folder."""

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from agora.inference.adapters import Adapter, split_name
from agora.inference.errors import ModelNotFound, ModelRefused
from agora.inference.model_info import Kind, ModelInfo, inspect_model
from agora.inference.probe import check_model_runs

STARTER = "agora-starter"
_CHUNK = 1 << 20
_PART = re.compile(r"-(\d{5})-of-(\d{5})$")
_KINDS: dict[Kind, str] = {"text": "writes text", "embedding": "makes vectors of texts", "adapter": "is an adapter"}


class ModelEntry(msgspec.Struct, frozen=True):
    """A file of the models folders; either `info` or the `problem` why it cannot be used."""

    name: str
    path: str
    info: ModelInfo | None = None
    problem: str = ""
    where: Literal["shipped", "added", "linked"] = "shipped"


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
                info = self._describe(path).info
                if info is not None and info.kind == "text":
                    return path
            raise ModelNotFound("There is no model: put a GGUF file into models/ or run `agora model add FILE`.")
        known = ", ".join(sorted({path.stem for path in files})) or "none"
        raise ModelNotFound(f"There is no model named {name}. Known: {known}.")

    def get_kind(self, name: str, kind: Kind) -> Path:
        """`get_path` for a file of one kind. Raises ModelNotFound, or ModelRefused for a file of another kind."""
        path = self.get_path(name)
        info = inspect_model(path)
        if info.kind != kind:
            raise ModelRefused(f"{path.name}: it {_KINDS[info.kind]}; choose a file that {_KINDS[kind]}.")
        return path

    def resolve(self, name: str) -> tuple[Path, tuple[Adapter, ...]]:
        """The text model's file and those of its adapters, for a name such as `model+adapter@0.5`.

        Raises ModelNotFound, ModelRefused or BadRequestToModel.
        """
        if name.endswith(".gguf") and Path(name).is_file():
            return self.get_kind(name, "text"), ()
        base, wanted = split_name(name)
        path = self.get_kind(base, "text")
        family = inspect_model(path).architecture if wanted else ""
        adapters = []
        for adapter in wanted:
            file = self.get_kind(adapter.name, "adapter")
            made_for = inspect_model(file).architecture
            if made_for != family:
                raise ModelRefused(f"{file.name}: it was made for a model of the kind {made_for}, and {path.stem} is {family}.")
            adapters.append(Adapter(str(file), adapter.scale))
        return path, tuple(adapters)

    def find(self, name: str) -> ModelEntry | None:
        """A file by name, described; None when there is none."""
        return next((self._describe(path) for path in self._list_files() if path.stem == name), None)

    def check(self, path: Path, *, run: bool = True) -> ModelInfo:
        """Everything that can be known about a file beforehand; with `run` one token is decoded in a child process.

        Raises ModelRefused that names the file and the reason.
        """
        info = inspect_model(path)
        if run and info.kind != "adapter":  # an adapter runs on its model only
            check_model_runs(path, self.hash_file(path), self._cache)
        return info

    def add(self, source: Path, *, link: bool = False) -> ModelInfo:
        """Checks a file and copies it, with all its parts, into the data folder's models, or links to it there.

        A linked file costs no space, and is gone here too when it goes. Raises ModelRefused.
        """
        info = self.check(source)
        if any(path.stem == info.name for path in self._list_files()):
            raise ModelRefused(f"There is a model named {info.name} already; rename the file or remove the other first.")
        self._own.mkdir(parents=True, exist_ok=True)
        made: list[Path] = []
        try:
            for part in list_parts(source):
                made.append(self._own / part.name)
                _take(part, made[-1], link=link)
        except OSError as error:
            for path in made:
                path.unlink(missing_ok=True)
                path.with_suffix(".part").unlink(missing_ok=True)
            raise ModelRefused(f"{source.name} could not be copied to {self._own}: {error.strerror}.") from error
        return inspect_model(self._own / source.name)

    def remove(self, name: str) -> None:
        """Deletes a file that was added, or the link to it. Raises ModelNotFound; shipped models stay."""
        path = self._own / f"{name}.gguf"
        if path not in self._list_files():
            raise ModelNotFound(f"No added model is named {name}; shipped models are not removed.")
        for part in list_parts(path):
            part.unlink(missing_ok=True)

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
        where: Literal["shipped", "added", "linked"] = "shipped"
        if path.parent == self._own:
            where = "linked" if path.is_symlink() else "added"
        try:
            return ModelEntry(path.stem, str(path), inspect_model(path), where=where)
        except ModelRefused as error:
            return ModelEntry(path.stem, str(path), None, error.message, where)


def list_parts(path: Path) -> list[Path]:
    """The files of a model that is split into several, named by its first; else the one. Raises ModelRefused if one is missing."""
    found = _PART.search(path.stem)
    if found is None:
        return [path]
    base, count = path.stem[: found.start()], int(found.group(2))
    parts = [path.with_name(f"{base}-{number:05d}-of-{count:05d}{path.suffix}") for number in range(1, count + 1)]
    missing = [part.name for part in parts if not part.exists()]
    if missing and path.exists():
        raise ModelRefused(f"{path.name}: its part {missing[0]} is missing.")
    return parts


def _is_first_part(path: Path) -> bool:
    found = _PART.search(path.stem)
    return found is None or int(found.group(1)) == 1


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _take(source: Path, target: Path, *, link: bool) -> None:
    """A copy appears under its name only when it is whole."""
    if link:
        target.unlink(missing_ok=True)
        target.symlink_to(source.resolve())
        return
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)
