"""Routes as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0).

It cannot disagree with the server: path, body, query, answer, access and limit come from the ``Route`` that answers.
"""

from __future__ import annotations

import http
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from agora import __version__
from agora.kernel.access import Access
from agora.kernel.domain import Domain
from agora.kernel.http import Route

PREFIX = "/api/agora/"
_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_SNOWFLAKE = {"type": "string", "pattern": "^[0-9]{1,19}$", "description": "A snowflake."}


class FieldError(msgspec.Struct, frozen=True):
    """The shape of every refusal, Discord's: ``code`` is 0 where Discord has no number; ``errors`` names fields."""

    code: int
    message: str
    errors: dict[str, Any] = {}


class Described(msgspec.Struct, frozen=True):
    """A route and the domain it belongs to."""

    domain: str
    route: Route


def build_document(domains: Iterable[Domain]) -> dict[str, Any]:
    """The whole document."""
    described = [Described(d.name, r) for d in domains for r in d.routes if r.path.startswith(PREFIX)]
    kinds = [kind for item in described for kind in (item.route.body, item.route.query, item.route.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components([*kinds, FieldError], ref_template=_REF)
    found = _Schemas(dict(zip(map(id, kinds), schemas, strict=False)), components)
    paths: dict[str, dict[str, Any]] = {}
    for item in described:
        path = _PARAMETER.sub(r"{\1}", item.route.path)
        paths.setdefault(path, {})[item.route.method.lower()] = _build_operation(item, found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Agora",
            "version": __version__,
            "description": "What Discord's API has no word for. Discord's own shapes are under /api/v10.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({item.domain for item in described})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Bot TOKEN`, `Bearer TOKEN` or the bare token of a user.",
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "agora_session"},
            },
        },
    }


class _Schemas:
    """Finds the schema of a type that a route names."""

    def __init__(self, by_id: Mapping[int, dict[str, Any]], components: Mapping[str, Any]) -> None:
        self._by_id = by_id
        self._components = components

    def get(self, kind: Any) -> dict[str, Any]:
        return self._by_id[id(kind)]

    def resolved(self, kind: Any) -> dict[str, Any]:
        """The object's schema itself instead of a reference to it."""
        schema = self.get(kind)
        reference = schema.get("$ref")
        return dict(self._components[reference.rpartition("/")[2]]) if isinstance(reference, str) else schema


def _build_operation(item: Described, schemas: _Schemas) -> dict[str, Any]:
    route = item.route
    operation: dict[str, Any] = {
        "operationId": f"{item.domain}.{route.handler.__name__}",
        "tags": [item.domain],
        "summary": route.summary,
        "description": f"{_describe_access(route.access)} {_describe_limit(route)}",
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas)],
        "responses": {
            str(route.status): _build_answer(route, schemas),
            "default": {"description": "Refused.", "content": _json({"$ref": _REF.format(name=FieldError.__name__)})},
        },
        "security": [{"token": []}, {"session": []}] if route.access.signed_in else [{}],
    }
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas.get(route.body))}
    return operation


def _build_answer(route: Route, schemas: _Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": http.HTTPStatus(route.status).phrase}
    if route.answer is not None and route.status != 204:
        answer["content"] = _json(schemas.get(route.answer))
    return answer


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _SNOWFLAKE if name.endswith("_id") else {"type": "string"},
        }
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route, schemas: _Schemas) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = schemas.resolved(route.query)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _describe_access(access: Access) -> str:
    if access.owner:
        return "Only the owner of this server."
    if access.permission:
        return f"Needs the permission bits {access.permission} in the place that the path names."
    return "Needs a sign-in." if access.signed_in else "Open to anyone."


def _describe_limit(route: Route) -> str:
    bucket = route.bucket
    return f"At most {bucket.limit} calls in {bucket.per_s:g} s (bucket {bucket.name})."
