"""The table of Discord's paths says what the routes say."""

from __future__ import annotations

import json

from agora.domains.operations.reference.cli import PAGE, all_routes
from agora.domains.operations.reference.paths import build_rows, build_table, read_description, read_table
from agora.kernel.http import Request, Route
from tests.contract.description import FILE


async def answer(request: Request) -> None:
    """A handler."""


def route(method: str, path: str) -> Route:
    """A route."""
    return Route(method=method, path=path, handler=answer, summary="A route.")


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = read_table(text)
    assert len(listed) == 150
    assert text == build_table(build_rows(listed, all_routes())), "run: agora reference paths"


def test_the_page_lists_every_path_of_the_description() -> None:
    if FILE.exists():
        described = read_description(json.loads(FILE.read_text("utf-8")))
        assert read_table(PAGE.read_text(encoding="utf-8")) == described


def test_whole_part_none_and_out() -> None:
    described = {"/a/{a_id}": ("GET", "PATCH"), "/b": ("GET",), "/c": ("PUT",), "/skus/{sku_id}": ("GET",)}
    routes = [route("GET", "/api/v10/a/{other}"), route("GET", "/api/v10/b"), route("GET", "/api/agora/c")]
    rows = {row.path: row for row in build_rows(described, routes)}
    assert {path: row.state for path, row in rows.items()} == {
        "/a/{a_id}": "part",
        "/b": "yes",
        "/c": "no",
        "/skus/{sku_id}": "out",
    }
    assert rows["/a/{a_id}"].why == "PATCH: not yet"
    assert rows["/skus/{sku_id}"].why == "GET: payments: nothing is sold here"
    assert "4 paths: 1 yes, 1 in part, 1 no, 1 out of scope." in build_table(rows.values())


def test_a_parameter_may_have_a_pattern() -> None:
    (row,) = build_rows({"/x/{code}": ("GET",)}, [route("GET", r"/api/v10/x/{name:[a-z]{2,5}}")])
    assert row.state == "yes"
