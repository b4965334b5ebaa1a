"""The description names every route, is valid, and the answers are as it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from agora.domains.operations.reference.document import PREFIX, build_document
from agora.kernel.domain import load_domains

if TYPE_CHECKING:
    from tests.kit.server import Kit


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document(load_domains())


def walk(value: Any) -> Any:
    """Every dictionary in the document."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from walk(part)


def test_every_route_of_agora_is_in_it(document: dict[str, Any]) -> None:
    routes = [route for domain in load_domains() for route in domain.routes if route.path.startswith(PREFIX)]
    wanted = {(route.method.lower(), re.sub(r":[^}]+}", "}", route.path)) for route in routes}
    found = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert found == wanted
    assert ("post", "/api/agora/backups") in found


def test_operations_are_told_apart_and_references_lead_somewhere(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    references = [part["$ref"] for part in walk(document) if isinstance(part.get("$ref"), str)]
    assert references
    assert [r for r in references if r.rpartition("/")[2] not in document["components"]["schemas"]] == []


def test_schemas_are_json_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_answers_are_as_described(agora: Kit) -> None:
    document = (await agora.scenario("GET", "/api/agora/openapi.json", status=200)).json
    owner = await agora.person("root", owner=True)
    for path in ("/api/agora/admin/system", "/api/agora/admin/config", "/api/agora/models", "/api/agora/agents"):
        answer = await agora.request("GET", path, owner)
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json, {**schema, "components": document["components"]})
    refused = await agora.request("GET", "/api/agora/admin/system")
    error = document["components"]["schemas"]["FieldError"]
    jsonschema.validate(refused.json, error)
