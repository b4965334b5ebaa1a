"""Checks of the data folder and of the models."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from agora.domains.operations.doctor.finding import Finding, failed, ok, warning
from agora.inference.errors import InferenceError
from agora.inference.registry import ModelRegistry


def check_data(data: Path, known: Mapping[str, int]) -> Iterator[Finding]:
    """Rights, database and keys. ``known`` is how many migration steps of each domain this version has."""
    if not data.exists():
        yield ok("data", f"{data} is made at the first start")
        return
    if not data.is_dir() or not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield failed("data", f"{data} cannot be written.", "Mend its rights, or name another folder with --data.")
        return
    yield ok("data", f"{data} can be written")
    if (data / "agora.db").exists():
        yield _check_database(data / "agora.db", known)
    yield from _check_keys(data / "keys")


def _check_database(path: Path, known: Mapping[str, int]) -> Finding:
    restore = "Stop Agora, move the folder away and restore a backup: agora restore FILE."
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            steps = dict(connection.execute("SELECT domain, steps FROM kernel_migration").fetchall())
    except sqlite3.DatabaseError as error:
        return failed("database", f"{path.name} cannot be read ({error}).", restore)
    if found != "ok":
        return failed("database", f"{path.name} is damaged ({found}).", restore)
    if newer := sorted(name for name, count in steps.items() if count > known.get(name, count)):
        return failed("database", f"A newer Agora wrote it ({newer[0]}).", "Start that version, or restore an older backup.")
    return ok("database", f"{path.name} is whole ({path.stat().st_size >> 20} MiB)")


def _check_keys(folder: Path) -> Iterator[Finding]:
    keys = sorted(folder.glob("*.key"))
    if open_keys := [key.name for key in keys if stat.S_IMODE(key.stat().st_mode) & 0o077]:
        yield failed("keys", f"Others can read {', '.join(open_keys)}.", f"chmod 600 {folder}/*.key")
    elif keys:
        yield ok("keys", f"private: {', '.join(key.stem for key in keys)}")


def check_models(registry: ModelRegistry, wanted: str) -> Iterator[Finding]:
    """Every model file, and whether the one to use is among them. Files are read, not run."""
    entries = registry.list_models()
    for entry in entries:
        if entry.info is None:
            yield warning("models", f"{entry.name} cannot be used: {entry.problem}", f"Remove or replace {entry.name}.")
    usable = [entry.name for entry in entries if entry.info is not None]
    if wanted and not wanted.startswith("remote/") and (problem := _find_problem(registry, wanted)):
        yield failed(
            "models", f"The model {wanted} of [inference] cannot be used: {problem}", "Run agora model list and choose one."
        )
    elif usable:
        yield ok("models", f"usable: {', '.join(usable)}")
    else:
        yield warning("models", "There is no model, so agents cannot speak.", "Put a GGUF file into models/.")


def _find_problem(registry: ModelRegistry, name: str) -> str:
    """Why a model's name, with its adapters, stands for nothing that writes; empty when it does."""
    try:
        registry.resolve(name)
    except InferenceError as error:
        return error.message
    return ""
