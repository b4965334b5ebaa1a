"""The shipped ``agora.toml`` holds every key, with its default and a comment, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from agora.kernel.config import Config, list_keys
from agora.kernel.config_file import find_line
from agora.kernel.domain import load_domains
from agora.kernel.settings import all_sections
from agora.kernel.sources import ROOT

PATH = ROOT / "agora.toml"


@pytest.fixture(scope="module")
def config() -> Config:
    return Config.load(PATH, sections=all_sections(load_domains()))


def test_every_key_is_there_with_its_default(config: Config) -> None:
    assert [dotted for dotted, value in config.values.items() if value.origin != "file"] == []
    assert [dotted for dotted, value in config.values.items() if value.value != value.key.default] == []


def test_every_key_has_a_comment_of_its_own() -> None:
    text = PATH.read_text(encoding="utf-8")
    lines = text.splitlines()
    bare = []
    for key in list_keys(all_sections(load_domains())).values():
        line = find_line(text, [key.section, key.name])
        if line is None or not lines[line - 2].startswith("# "):
            bare.append(key.dotted)
    assert bare == []


def test_every_key_can_be_given_in_the_environment(config: Config) -> None:
    for dotted, value in config.values.items():
        plain = msgspec.to_builtins(value.value)
        text = plain if isinstance(plain, str) else msgspec.json.encode(plain).decode()
        variable = f"AGORA_{dotted.replace('.', '__').upper()}"
        loaded = Config.load(None, {variable: text}, sections=config.sections)
        assert loaded.values[dotted].value == value.value
        assert loaded.values[dotted].origin == "environment"
