"""Settings: flag, ``AGORA_SECTION__KEY``, ``agora.toml``, default, in this order; anything wrong stops the start.

Each key is checked on its own, so that an error names the key, where it was written and the nearest valid one.
"""

from __future__ import annotations

import contextlib
import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from agora.kernel.config_file import find_line, parse_toml, read_toml
from agora.kernel.config_words import describe_type
from agora.kernel.errors import SetupError
from agora.kernel.settings import KERNEL, Section

T = TypeVar("T", bound=msgspec.Struct)

PREFIX = "AGORA_"


class Key(msgspec.Struct, frozen=True):
    """One known setting."""

    section: str
    name: str
    type: Any
    default: Any

    @property
    def dotted(self) -> str:
        """Such as ``server.port``."""
        return f"{self.section}.{self.name}"


class Value(msgspec.Struct, frozen=True):
    """A setting's value and where it came from: ``flag``, ``environment``, ``file`` or ``default``."""

    key: Key
    value: Any
    origin: str


class Config:
    """All settings of one server, checked. ``get`` gives a section's struct."""

    def __init__(self, *, path: Path | None, sections: Sequence[Section], values: Mapping[str, Value]) -> None:
        self.path = path
        self.sections = tuple(sections)
        self.values = dict(values)
        self._structs = {struct: _build(name, struct, self.values) for name, struct in self.sections}

    def get(self, kind: type[T]) -> T:
        """The settings of one struct type. Raises LookupError when no started domain has it."""
        try:
            return cast(T, self._structs[kind])
        except KeyError:
            raise LookupError(f"no section of agora.toml has the type {kind.__name__}") from None

    def folder(self) -> Path:
        """What relative paths in the settings are relative to: the folder of the file, else the current one."""
        return self.path.resolve().parent if self.path is not None else Path.cwd()

    def plain(self) -> dict[str, dict[str, Any]]:
        """Section -> key -> value as plain JSON values."""
        tables: dict[str, dict[str, Any]] = {}
        for value in self.values.values():
            tables.setdefault(value.key.section, {})[value.key.name] = msgspec.to_builtins(value.value)
        return tables

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        env: Mapping[str, str] | None = None,
        flags: Mapping[str, Any] | None = None,
        sections: Iterable[Section] | Mapping[str, type[msgspec.Struct]] = KERNEL,
    ) -> Config:
        """Read and check everything. ``flags`` maps ``section.key`` to a value or None. Raises SetupError."""
        text, tables = read_toml(path) if path is not None else ("", {})
        return cls.build(path, text, tables, env or {}, flags or {}, sections)

    @classmethod
    def check_text(cls, path: Path, text: str, sections: Iterable[Section]) -> Config:
        """Check a text as if it were the file at ``path``, without flags or environment. Raises SetupError."""
        return cls.build(path, text, parse_toml(text, path.name), {}, {}, sections)

    @classmethod
    def build(
        cls,
        path: Path | None,
        text: str,
        tables: Mapping[str, Any],
        env: Mapping[str, str],
        flags: Mapping[str, Any],
        sections: Iterable[Section] | Mapping[str, type[msgspec.Struct]],
    ) -> Config:
        """The settings from the parts of ``load`` already read. Raises SetupError."""
        known = tuple(sections.items()) if isinstance(sections, Mapping) else tuple(sections)
        keys = list_keys(known)
        values = {dotted: Value(key, key.default, "default") for dotted, key in keys.items()}
        values |= _from_file(path.name if path is not None else "", text, tables, keys)
        values |= _from_env(env, keys)
        values |= _from_flags(flags, keys)
        return cls(path=path, sections=known, values=values)


def list_keys(sections: Sequence[Section]) -> dict[str, Key]:
    """Every known key by its dotted name; each must have a default. Raises SetupError when two structs claim one."""
    keys: dict[str, Key] = {}
    for section, struct in sections:
        defaults = msgspec.structs.asdict(struct())
        for field in msgspec.structs.fields(struct):
            key = Key(section, field.encode_name, field.type, defaults[field.name])
            if key.dotted in keys:
                raise SetupError(f"Two domains declare the setting {key.dotted}: rename one of them.")
            keys[key.dotted] = key
    return keys


def _build(section: str, struct: type[msgspec.Struct], values: Mapping[str, Value]) -> msgspec.Struct:
    fields = msgspec.structs.fields(struct)
    try:
        return struct(**{field.name: values[f"{section}.{field.encode_name}"].value for field in fields})
    except ValueError as error:
        raise SetupError(f"[{section}] {error}") from error


def _from_file(name: str, text: str, tables: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Value]:
    found = {}
    for section, table in tables.items():
        if not isinstance(table, dict) or not any(key.section == section for key in keys.values()):
            where = f"{name} line {find_line(text, [section])}"
            raise SetupError(f"{where}: {_unknown_section(section, isinstance(table, dict), keys)}")
        for entry, raw in table.items():
            value = _find_valid(keys.get(f"{section}.{entry}"), raw)
            if value is None:  # finding the line parses the file again and again: only for an error
                where = f"{name} line {find_line(text, [section, entry])}"
                key = _known(f"{section}.{entry}", where, keys)
                value = Value(key, _checked(key, raw, where), "file")
            found[value.key.dotted] = value
    return found


def _find_valid(key: Key | None, raw: Any) -> Value | None:
    """The value of a known key if it has the right type."""
    try:
        return None if key is None else Value(key, msgspec.convert(raw, key.type), "file")
    except msgspec.ValidationError:
        return None


def _from_env(env: Mapping[str, str], keys: Mapping[str, Key]) -> dict[str, Value]:
    found = {}
    for variable, text in sorted(env.items()):
        if not variable.startswith(PREFIX) or "__" not in variable:
            continue
        section, _, name = variable.removeprefix(PREFIX).lower().partition("__")
        where = f"Environment variable {variable}"
        key = _known(f"{section}.{name}", where, keys)
        found[key.dotted] = Value(key, read_text(key, text, where), "environment")
    return found


def _from_flags(flags: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Value]:
    found = {}
    for dotted, raw in flags.items():
        if raw is None:
            continue
        where = f"Flag --{dotted.rpartition('.')[2].replace('_', '-')}"
        key = _known(dotted, where, keys)
        value = read_text(key, raw, where) if isinstance(raw, str) else _checked(key, raw, where)
        found[dotted] = Value(key, value, "flag")
    return found


def read_text(key: Key, text: str, where: str) -> Any:
    """A value written as plain text: as the key's type, lists as JSON or separated by commas. Raises SetupError."""
    for raw in _readings(text):
        try:
            return msgspec.convert(raw, key.type, strict=False)
        except msgspec.ValidationError:
            continue
    return _checked(key, text, where)


def _readings(text: str) -> list[Any]:
    readings: list[Any] = [text]
    with contextlib.suppress(ValueError):
        readings.append(json.loads(text))
    readings.append([part.strip() for part in text.split(",") if part.strip()])
    return readings


def _checked(key: Key, raw: Any, where: str) -> Any:
    try:
        return msgspec.convert(raw, key.type)
    except msgspec.ValidationError as error:
        wanted = describe_type(key.type)
        shown = json.dumps(raw, ensure_ascii=False, default=str)
        raise SetupError(f"{where}: [{key.section}] {key.name} must be {wanted}, not {shown}.{_inside(error)}") from error


def _inside(error: msgspec.ValidationError) -> str:
    """What msgspec says about a value inside a list or table; a plain value needs no more words."""
    return f" {error}." if " - at `$" in str(error) else ""


def _known(dotted: str, where: str, keys: Mapping[str, Key]) -> Key:
    if dotted in keys:
        return keys[dotted]
    section, _, name = dotted.partition(".")
    if not any(key.section == section for key in keys.values()):
        raise SetupError(f"{where}: {_unknown_section(section, True, keys)}")
    raise SetupError(f"{where}: [{section}] has no key {name!r}.{_suggest_key(section, name, keys)}")


def _suggest_key(section: str, name: str, keys: Mapping[str, Key]) -> str:
    siblings = [key.name for key in keys.values() if key.section == section]
    if near := difflib.get_close_matches(name, siblings, 1):
        return f" Did you mean {near[0]!r}?"
    if other := [key for key in keys.values() if key.name == name]:
        return f" {name!r} belongs to [{other[0].section}]."
    nearest = max(siblings, key=lambda sibling: difflib.SequenceMatcher(None, name, sibling).ratio())
    return f" The nearest valid one is {nearest!r}; all are {', '.join(sorted(siblings))}."


def _unknown_section(section: str, is_table: bool, keys: Mapping[str, Key]) -> str:
    if not is_table and (homes := [key for key in keys.values() if key.name == section]):
        return f"{section!r} stands outside any section. Put it under [{homes[0].section}]."
    names = sorted({key.section for key in keys.values()})
    if near := difflib.get_close_matches(section, names, 1):
        return f"There is no section [{section}]. Did you mean [{near[0]}]?"
    nearest = max(names, key=lambda name: difflib.SequenceMatcher(None, section, name).ratio())
    return f"There is no section [{section}]. The nearest valid one is [{nearest}]; all are {', '.join(names)}."
