"""``agora.toml`` as text: reading with line-precise errors, and editing that keeps the comments."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agora.kernel.errors import SetupError

_AT = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text and its tables. Raises SetupError with line and column when it is not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SetupError(f"{path.name} is not UTF-8 text (byte {error.start}): save it as UTF-8.") from error
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}): give another file with --config.") from error
    return text, parse_toml(text, path.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Tables of a TOML text. Raises SetupError with line and column."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.match(str(error))
        if found is None:
            raise SetupError(f"{name} is not valid TOML: {error}.") from error
        line = found["line"] or str(len(text.splitlines()))
        column = found["column"] or str(len((text.splitlines() or [""])[-1]) + 1)
        raise SetupError(f"{name} line {line}, column {column}: {found['what']}. Correct that line.") from error


def find_line(text: str, keys: Sequence[str]) -> int | None:
    """The line, from 1, on which a key or table of a valid TOML text is written; None when it is not there.

    A key ends with the first run of lines that parses and holds it, and starts after the last shorter run that parses.
    """
    lines = text.splitlines(keepends=True)
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            tables = tomllib.loads("".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(tables, keys):
            return start + 1
        start = end
    return None


def _holds(tables: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(tables, dict) or key not in tables:
            return False
        tables = tables[key]
    return True


def set_value(text: str, section: str, key: str, value: Any) -> str:
    """The text with one value changed or added; comments and order stay."""
    import tomlkit

    document = tomlkit.parse(text)
    if section not in document:
        document.add(section, tomlkit.table())
    table: Any = document[section]
    table[key] = value
    return tomlkit.dumps(document)


def write_atomically(path: Path, text: str) -> None:
    """Replace a file so that a crash leaves the old or the new text, never half of one. Raises SetupError."""
    handle = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        else:
            os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        if handle is not None:
            Path(name).unlink(missing_ok=True)
        raise SetupError(f"{path} cannot be written ({error.strerror}): nothing was changed.") from error
