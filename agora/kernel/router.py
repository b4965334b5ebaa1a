"""From method and path to a route, segment by segment: a look-up for a fixed segment, a try for one with a parameter.

Paths are in aiohttp's form: ``{name}`` takes one segment, ``{name:regex}`` only what fits, and ``{name:.+}`` at the end also the
slashes. Of two routes that fit a path, the one whose segment is fixed comes first, then a regex, then a plain parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Generic, TypeVar

from agora.kernel.errors import SetupError

T = TypeVar("T")
Match = dict[str, str]
_PARAMETER = re.compile(r"\{(?P<name>\w+)(?::(?P<regex>(?:[^{}]|\{[^{}]*\})+))?\}")
_ANY = r"[^{}/]+"
_TAIL = ".+"


class _Node(Generic[T]):
    """A place in the tree: what may come next, and the ends of the routes that stop here."""

    __slots__ = ("any", "ends", "fixed", "patterns", "tails")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node[T]] = {}
        self.patterns: dict[str, tuple[re.Pattern[str], _Node[T]]] = {}
        self.any: _Node[T] | None = None
        self.tails: _Node[T] | None = None
        self.ends: dict[str, tuple[T, tuple[str, ...]]] = {}


class Router(Generic[T]):
    """Targets by method and path."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, path: str, target: T) -> None:
        """Take a route. Raises SetupError for a path that cannot be read, and for two routes with one method and path."""
        node = self._root
        names: list[str] = []
        segments = path.split("/")[1:]
        if not path.startswith("/"):
            raise SetupError(f"The path of the route {method} {path} must begin with a slash.")
        for place, segment in enumerate(segments):
            node = _step(node, segment, names, last=place == len(segments) - 1)
        if method in node.ends:
            raise SetupError(f"Two routes answer {method} {path}.")
        node.ends[method] = (target, tuple(names))

    def find(self, method: str, path: str) -> tuple[T, Match] | None:
        """The target for a path (as yarl's ``path_safe``: decoded but for slashes) with the values of its parameters."""
        segments = path.split("/")[1:]
        for node, values in _walk(self._root, segments, 0):
            end = node.ends.get(method)
            if end is not None:
                target, names = end
                return target, dict(zip(names, values, strict=True)) if names else {}
        return None

    def list_methods(self, path: str) -> list[str]:
        """The methods that have a route for this path, sorted; none where there is nothing at all."""
        segments = path.split("/")[1:]
        return sorted({method for node, _ in _walk(self._root, segments, 0) for method in node.ends})


def _step(node: _Node[T], segment: str, names: list[str], *, last: bool) -> _Node[T]:
    """The node for one more segment of a route; the parameters in it are added to ``names``."""
    found = list(_PARAMETER.finditer(segment))
    if not found:
        if "{" in segment or "}" in segment:
            raise SetupError(f"The part {segment} of a route's path cannot be read: a parameter holds no slash.")
        return node.fixed.setdefault(segment, _Node())
    names += [each["name"] for each in found]
    if len(found) == 1 and found[0][0] == segment:
        if found[0]["regex"] is None:
            node.any = node.any or _Node()
            return node.any
        if found[0]["regex"] == _TAIL and last:
            node.tails = node.tails or _Node()
            return node.tails
    pattern = _compile(segment)
    return node.patterns.setdefault(pattern.pattern, (pattern, _Node()))[1]


def _compile(segment: str) -> re.Pattern[str]:
    parts, end = [], 0
    for each in _PARAMETER.finditer(segment):
        parts += [re.escape(segment[end : each.start()]), f"({each['regex'] or _ANY})"]
        end = each.end()
    return re.compile("".join([*parts, re.escape(segment[end:])]))


def _walk(node: _Node[T], segments: list[str], place: int) -> Iterator[tuple[_Node[T], list[str]]]:
    """Every node at which these segments end, best first, with the parameters' values."""
    if place == len(segments):
        if node.ends:
            yield node, []
        return
    segment = segments[place]
    fixed = node.fixed.get(segment)
    if fixed is not None:
        yield from _walk(fixed, segments, place + 1)
    for pattern, after in node.patterns.values():
        match = pattern.fullmatch(segment)
        if match is not None:
            taken = [_decode(value) for value in match.groups()]
            for end, values in _walk(after, segments, place + 1):
                yield end, taken + values
    if node.any is not None and segment and "{" not in segment and "}" not in segment:
        value = _decode(segment)
        for end, values in _walk(node.any, segments, place + 1):
            yield end, [value, *values]
    rest = "/".join(segments[place:])
    if node.tails is not None and rest:
        yield node.tails, [_decode(rest)]


def _decode(value: str) -> str:
    """``path_safe`` leaves these two encoded, so that a slash within a segment is not taken for one between segments."""
    return value.replace("%2F", "/").replace("%25", "%") if "%" in value else value
