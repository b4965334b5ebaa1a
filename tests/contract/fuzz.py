"""Requests that fit a route's own description, nearly fit it, or do not fit at all; the same ones each time.

The shapes come from the route (``body``, ``query``, path), so a new route is tried without anybody thinking of it.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from agora.kernel.http import Route

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**53 + 1,
    2**63,
    2**64,
    10**400,
    -(10**400),
    1e308,
    0.1,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud83d",
    "\u202e\u200b\ufeff",
    "\N{GRINNING FACE}" * 700,
    "x" * 5_000,
    "é" * 2_001,
    "<script>alert(1)</script>",
    "'; DROP TABLE messages_message; --",
    "../../../etc/passwd",
    "%s%n{0}${x}",
    "1" * 30,
    "-1",
    "NaN",
    "@everyone <@0> <#0> <@&0>",
    "https://[::1",
    "javascript:alert(1)",
    "data:image/png;base64,!!!!",
    [],
    {},
    [[]],
    [None] * 50,
    {"$ref": "#"},
    {"": ""},
    ["x" * 300] * 30,
)
BROKEN = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00",
    b'{"content": "\xff"}',
    b'{"a": 1e999999}',
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"content": "a", "content": "b"}',
    b"\x00" * 64,
    b"NaN",
)
IDS = (
    "0",
    "1",
    "9223372036854775807",
    "9223372036854775808",
    "-1",
    "abc",
    "1e3",
    "%00",
    "..",
    "%F0%9F%91%8D",
    "١٢",
    "@me",
    "a%2Fb",
)
_PARAMETER = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
_PATTERNS = {"^[0-9]{1,19}$": "1", "^(?i:https?|attachment)://\\S+$": "https://a.example/x"}


class Call(msgspec.Struct, frozen=True):
    """A request: path with its query, and the body's bytes or None."""

    method: str
    path: str
    body: bytes | None
    content_type: str = "application/json"


class Maker:
    """Makes the calls of one route. ``known`` are words by the name of the path's parameter: ids that exist, and foreign ones."""

    def __init__(self, route: Route, known: dict[str, list[str]], seed: int) -> None:
        self._route = route
        self._known = known
        self._random = random.Random(f"{seed} {route.method} {route.path}")
        self._body = _schema(route.body)
        self._query = _schema(route.query)

    def calls(self, count: int) -> list[Call]:
        """So many calls: first as described, then ever worse."""
        made = [self._call(harm) for harm in ("none", "none", "query", "path")]
        if self._route.body is not None or self._route.raw:
            made += [self._call("field"), self._call("body"), self._call("field")]
        while len(made) < count:
            made.append(self._call(self._random.choice(("none", "field", "body", "query", "path"))))
        return made[:count]

    def _call(self, harm: str) -> Call:
        path = _PARAMETER.sub(lambda m: self._word(m[1], hostile=harm == "path"), self._route.path)
        if self._query is not None:
            path += self._query_string(hostile=harm == "query")
        elif harm == "query":
            path += "?limit=abc&before=&%00=%ff"
        if self._body is None and not self._route.raw:
            return Call(self._route.method, path, None)
        kinds = (
            "application/json",
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "a/b",
        )
        if harm == "body" or self._body is None:
            return Call(self._route.method, path, self._random.choice(BROKEN), self._random.choice(kinds))
        value = Values(self._random, self._body, harm="field" if harm == "field" else "").make()
        return Call(self._route.method, path, _encode(value))

    def _word(self, name: str, *, hostile: bool) -> str:
        if hostile:
            return self._random.choice(IDS)
        words = self._known.get(name) or self._known.get("_id" if name.endswith("_id") else "_word") or ["1"]
        return quote(self._random.choice(words), safe="@")

    def _query_string(self, *, hostile: bool) -> str:
        assert self._query is not None
        value = Values(self._random, self._query, harm="field" if hostile else "").make()
        # a request line above 8 KiB is refused by aiohttp itself, before any route
        pairs = {name: _text(part)[:100] for name, part in value.items()} if isinstance(value, dict) else {}
        return "?" + urlencode(pairs, errors="replace") if pairs else ""


class Values:
    """Values of a JSON schema as msgspec writes it. With ``harm`` one part of each is something else entirely."""

    def __init__(self, rng: random.Random, schema: dict[str, Any], harm: str = "") -> None:
        self._random = rng
        self._schema = schema
        self._defs = schema.get("$defs", {})
        self._harm = bool(harm)

    def make(self) -> Any:
        """One value."""
        return self._make(self._schema, 0)

    def _make(self, schema: dict[str, Any], depth: int) -> Any:
        if self._harm and depth > 0 and self._random.random() < 0.3:
            return self._random.choice(HOSTILE)
        if "$ref" in schema:
            return self._make(self._defs[schema["$ref"].rpartition("/")[2]], depth)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        if "anyOf" in schema:
            return self._make(self._random.choice(schema["anyOf"]), depth)
        return self._typed(schema, depth)

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                items = schema.get("items") if isinstance(schema.get("items"), dict) else {}
                least, most = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
                return [self._make(items or {}, depth + 1) for _ in range(max(least, self._random.randint(0, most)))]
            case "string":
                return self._string(schema)
            case "integer" | "number":
                low = schema.get("minimum", 0)
                return self._random.choice((low, schema.get("maximum", low + 100)))
            case "boolean":
                return self._random.random() < 0.5
            case "null":
                return None
            case _:
                return self._random.choice(HOSTILE)

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        chance = 0.6 if depth < 4 else 0.0
        properties = schema.get("properties", {})
        made = {
            name: self._make(part, depth + 1)
            for name, part in properties.items()
            if name in required or self._random.random() < chance
        }
        if self._harm and self._random.random() < 0.2:
            made["no such field"] = self._random.choice(HOSTILE)
        return made

    def _string(self, schema: dict[str, Any]) -> str:
        pattern = schema.get("pattern")
        if pattern is not None:
            return _PATTERNS.get(pattern, "1")
        words = ("1", "text", "Café", "a b", "2026-01-01T00:00:00+00:00", "#general")
        text = self._random.choice(words)
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 100)]


def _schema(kind: Any) -> dict[str, Any] | None:
    if kind is None:
        return None
    schema = msgspec.json.schema(kind)
    return schema if isinstance(schema, dict) else None


def _encode(value: Any) -> bytes:
    """JSON, also of what JSON libraries refuse: numbers without end, half characters."""
    return json.dumps(value, ensure_ascii=True).encode()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)
