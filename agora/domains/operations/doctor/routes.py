"""Every route says who may call it, how often, what it takes and gives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from agora.kernel.http import Route

_READS_BODY = re.compile(r"\brequest\.body\b")


def find_route_faults(routes: Iterable[Route]) -> list[str]:
    """Every fault, as ``METHOD path: what``."""
    seen: set[tuple[str, str]] = set()
    faults = []
    for route in routes:
        key = (route.method, re.sub(r"\{\w+(:[^}]*)?\}", r"{\1}", route.path))
        faults += [f"{route.method} {route.path}: {fault}" for fault in _find(route)]
        if key in seen:
            faults.append(f"{route.method} {route.path}: another route answers this path too")
        seen.add(key)
    return faults


def _find(route: Route) -> Iterator[str]:
    if route.bucket.limit < 1 or route.bucket.per_s <= 0:
        yield "has no rate bucket"
    if route.bucket.by and not re.search(rf"\{{{route.bucket.by}[:}}]", route.path):
        yield f"its bucket counts by {route.bucket.by!r}, which is not in the path"
    if not route.summary.strip().endswith("."):
        yield "has no summary that is a sentence"
    if route.access.permission and not re.search(r"\{(channel|guild)_id\}", route.path):
        yield "needs a permission, but names no channel or guild"
    if route.body is None and not route.raw and _READS_BODY.search(_source(route.handler)):
        yield "reads a body that it does not document"
    for kind, name in ((route.body, "body"), (route.query, "query"), (route.answer, "answer")):
        if kind is not None and (fault := _undocumentable(kind)):
            yield f"its {name} cannot be described: {fault}"


def _undocumentable(kind: Any) -> str:
    try:
        msgspec.json.schema(kind)
    except TypeError as error:
        return str(error)
    return ""


def _source(handler: Any) -> str:
    try:
        return inspect.getsource(inspect.unwrap(handler))
    except (OSError, TypeError):  # made by another function: nothing to read
        return ""
