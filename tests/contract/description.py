"""Discord's own description of its REST API, and whether an answer of ours is one of its answers.

The description lies beside the checkout (``../shared/discord/openapi.json``) and is never copied into the repository.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"
PREFIX = "/api/v10"
_URI = "urn:discord"
# What Discord's documentation for people has and its libraries use, and the description leaves out:
# https://discord.com/developers/docs/resources/message#message-reference-types
_DOCUMENTED: dict[str, list[dict[str, Any]]] = {"MessageReferenceType": [{"title": "FORWARD", "const": 1}]}


class Undescribed(LookupError):
    """Discord's description does not know this route, or not this status of it."""


class Description:
    """Read once; ``check`` is called for each answer."""

    def __init__(self, file: Path = FILE) -> None:
        self._document: dict[str, Any] = json.loads(file.read_text("utf-8"))
        for name, members in _DOCUMENTED.items():
            self._document["components"]["schemas"][name]["oneOf"] += members
        resource = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_URI, resource)
        self._routes = [(_pattern(path), path) for path in sorted(self._document["paths"], key=lambda p: p.count("{"))]
        self._schema = cache(self._make_schema)
        self._answer = cache(self._find_answer)

    def check(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with the answer, in sentences; empty when it is right. Raises Undescribed."""
        pointer = self._answer(method.lower(), self._template(path), str(status))
        if pointer is None:
            return [] if body is None else [f"{method} {path}: {status} has no body in Discord's description"]
        return self.check_pointer(pointer, body)

    def knows(self, method: str, path: str) -> bool:
        """Whether Discord has this operation. Raises Undescribed when it has not even the path."""
        return method.lower() in self._document["paths"][self._template(path)]

    def check_named(self, name: str, value: Any) -> list[str]:
        """The same for one named object, such as ``UserResponse``."""
        return self.check_pointer(f"/components/schemas/{name}", value)

    def check_pointer(self, pointer: str, value: Any) -> list[str]:
        """The same for the schema at a JSON pointer."""
        return [f"{e.json_path}: {e.message[:300]}" for e in _leaves(self._schema(pointer).iter_errors(value))]

    def names(self, name: str) -> set[str]:
        """The properties of a named object."""
        return set(self._document["components"]["schemas"][name]["properties"])

    def values(self, name: str) -> dict[str, Any]:
        """The members of a named enumeration, by title."""
        return {each["title"]: each["const"] for each in self._document["components"]["schemas"][name]["oneOf"]}

    def _make_schema(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"{_URI}#{pointer}"}, registry=self._registry)

    def _template(self, path: str) -> str:
        plain = path.partition("?")[0].removeprefix(PREFIX)
        for pattern, template in self._routes:
            if pattern.fullmatch(plain):
                return template
        raise Undescribed(f"{path} is not in Discord's description")

    def _find_answer(self, method: str, template: str, status: str) -> str | None:
        responses = self._document["paths"][template].get(method, {}).get("responses", {})
        key = status if status in responses else f"{status[0]}XX"
        if key not in responses:
            raise Undescribed(f"{method.upper()} {template} does not answer {status} in Discord's description")
        if "$ref" in responses[key]:
            pointer = responses[key]["$ref"].removeprefix("#")
            response = self._document["components"]["responses"][pointer.rpartition("/")[2]]
        else:
            pointer = f"/paths/{template.replace('~', '~0').replace('/', '~1')}/{method}/responses/{key}"
            response = responses[key]
        if "content" not in response:
            return None
        pointer = f"{pointer}/content/application~1json/schema"
        return pointer.replace("{", "%7B").replace("}", "%7D").replace("@", "%40")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)))


def _leaves(errors: Any) -> list[Any]:
    """The errors that say something: of a choice, those of the branch that fits best."""
    found: list[Any] = []
    for error in errors:
        if error.validator in ("oneOf", "anyOf") and error.context:
            branches: dict[Any, list[Any]] = {}
            for inner in error.context:
                branches.setdefault(inner.schema_path[0], []).append(inner)
            found += _leaves(min(branches.values(), key=len))
        else:
            found.append(error)
    return found


@cache
def load() -> Description | None:
    """The description, or None when it is not beside this checkout."""
    return Description() if FILE.is_file() else None
