"""No file is longer than a head can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LONGEST = 500
_FOLDERS = ("agora", "tests", "templates", "static", "deploy")
_KINDS = frozenset({".py", ".js", ".css", ".html"})


def find_long_files(root: Path) -> list[str]:
    """Files of more than 500 lines, with their length."""
    return [f"{path.relative_to(root)} has {lines} lines" for path, lines in _measure(root) if lines > LONGEST]


def _measure(root: Path) -> Iterator[tuple[Path, int]]:
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _KINDS and path.is_file() and not path.name.endswith(".min.js"):
                yield path, path.read_bytes().count(b"\n")
