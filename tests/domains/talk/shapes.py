"""Whether an answer has Discord's shape: its published schemas of messages, cut out of the whole description."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_FILE = Path(__file__).with_name("discord_schemas.json")


@cache
def _validator(name: str) -> Draft202012Validator:
    contents = msgspec.json.decode(_FILE.read_bytes())
    resource: Resource[Any] = Resource(contents, DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("discord:", resource)
    schema = {"$ref": f"discord:#/components/schemas/{name}"}
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


def check_shape(name: str, value: Any) -> None:
    """Raise, naming the place, unless the value fits Discord's schema."""
    problems = [f"{error.json_path}: {error.message[:300]}" for error in _validator(name).iter_errors(value)]
    assert not problems, problems
