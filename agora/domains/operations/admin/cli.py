"""``agora config``: show, get, set and check the one configuration file."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any

import typer

from agora.domains.operations.admin.http import list_settings
from agora.kernel.commands import ConfigOption, JsonOption, print_json
from agora.kernel.config import Config, Key, list_keys, read_text
from agora.kernel.config_file import read_toml, set_value, write_atomically
from agora.kernel.domain import load_domains
from agora.kernel.errors import SetupError
from agora.kernel.settings import all_sections
from agora.kernel.sources import ROOT, find_config_path, load_config

cli = typer.Typer(name="config", help="Show, change and check agora.toml.", no_args_is_help=True)

KeyArgument = Annotated[str, typer.Argument(help="A key as SECTION.KEY, such as server.port.")]


@cli.command("show")
def show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print every setting and where it comes from. Example: agora config show"""
    settings = list_settings(load_config(config))
    if as_json:
        print_json(settings)
        return
    section = ""
    for setting in settings:
        if setting.section != section:
            typer.echo(f"{'' if not section else chr(10)}[{setting.section}]")
            section = setting.section
        line = f"{setting.key} = {as_toml(setting.value)}"
        typer.echo(line if setting.origin == "default" else f"{line:<44} # {setting.origin}")


@cli.command("get")
def get(key: KeyArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print one value. Example: agora config get server.port"""
    settings = {f"{setting.section}.{setting.key}": setting for setting in list_settings(load_config(config))}
    if key not in settings:
        raise SetupError(_unknown(key, list(settings)))
    if as_json:
        print_json(settings[key])
    else:
        value = settings[key].value
        typer.echo(value if isinstance(value, str) else as_toml(value))


@cli.command("set")
def set_key(
    key: KeyArgument,
    value: Annotated[str, typer.Argument(help="The new value; a list as a,b,c or as JSON.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change one key; comments stay, and nothing is written that would not start. Example: agora config set server.port 9000"""
    sections = all_sections(load_domains())
    known = _known(key, list_keys(sections))
    path = find_config_path(config) or ROOT / "agora.toml"
    text = read_toml(path)[0] if path.exists() else ""
    new = read_text(known, value, key)
    changed = set_value(text, known.section, known.name, plain(new))
    Config.check_text(path, changed, sections)
    write_atomically(path, changed)
    if as_json:
        print_json({"path": str(path), "key": key, "value": new})
    else:
        typer.echo(f"{key} is now {as_toml(plain(new))} in {path}; it counts from the next start.")


@cli.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="The file to check (default: the one in use).")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the file is right, else which line is not and why. Example: agora config check agora.toml"""
    loaded = load_config(file or config)
    given = sum(1 for value in loaded.values.values() if value.origin != "default")
    if as_json:
        print_json({"ok": True, "path": str(loaded.path) if loaded.path else None, "set": given})
    else:
        where = loaded.path or "There is no agora.toml; the environment"
        typer.echo(f"{where} is right: {given} settings are given, the others have their defaults.")


def _known(key: str, keys: dict[str, Key]) -> Key:
    if key not in keys:
        raise SetupError(_unknown(key, list(keys)))
    return keys[key]


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0) or ["server.port"]
    return f"There is no setting {key!r}. Did you mean {near[0]!r}? `agora config show` lists all."


def plain(value: Any) -> Any:
    """A value as TOML's own types."""
    import msgspec

    return msgspec.to_builtins(value)


def as_toml(value: Any) -> str:
    """A value as it is written in the file."""
    import tomlkit

    return str(tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string())
