"""The other rules of ``agora doctor --self``: each finds its break, and the program itself keeps them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from alembic.operations import Operations

from agora.domains.operations.doctor.routes import find_route_faults
from agora.domains.operations.doctor.schema import find_schema_faults
from agora.domains.operations.doctor.self_check import check_self
from agora.domains.operations.doctor.sizes import find_long_files
from agora.domains.operations.doctor.texts import find_text_faults
from agora.kernel.access import needs
from agora.kernel.domain import Domain, load_domains
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.i18n import Text, Texts
from agora.kernel.sources import ROOT
from agora.kernel.tables import metadata


class Body(msgspec.Struct):
    name: str


async def answer(request: Request) -> None:
    return None


async def answer_body(request: Request) -> Any:
    return request.body


def route(**fields: Any) -> Route:
    return Route(**{"method": "GET", "path": "/x", "handler": answer, "summary": "Does it.", **fields})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"summary": "does it"}, "no summary"),
        ({"summary": ""}, "no summary"),
        ({"bucket": Bucket("b", 0, 1.0)}, "no rate bucket"),
        ({"bucket": Bucket("b", 1, 1.0, by="channel_id")}, "not in the path"),
        ({"handler": answer_body, "method": "POST"}, "reads a body"),
        ({"body": object}, "its body cannot be described"),
        ({"access": needs(8)}, "names no channel or guild"),
    ],
)
def test_undocumented_routes_are_found(fields: dict[str, Any], said: str) -> None:
    (fault,) = find_route_faults([route(**fields)])
    assert said in fault


def test_good_routes_have_no_fault_and_twins_do() -> None:
    good = route(method="POST", handler=answer_body, body=Body, path="/guilds/{guild_id}", access=needs(8))
    assert find_route_faults([good]) == []
    twins = [route(path="/a/{x}"), route(path="/a/{y}")]
    assert find_route_faults(twins) == ["GET /a/{y}: another route answers this path too"]


def test_tables_and_migrations_that_differ_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    table = sa.Table("cellar_bottle", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("year", sa.Integer))
    try:

        def create_bottles(op: Operations) -> None:
            op.create_table("cellar_bottle", sa.Column("id", sa.Integer, primary_key=True))
            op.execute("CREATE VIRTUAL TABLE cellar_fts USING fts5(label)")

        def add_year(op: Operations) -> None:
            op.add_column("cellar_bottle", sa.Column("year", sa.Integer))

        def faults(*steps: Any) -> list[str]:
            found = find_schema_faults([Domain(name="cellar", tables=(table,), migrations=steps)])
            return [fault for fault in found if "cellar" in fault]

        assert faults(create_bottles, add_year) == []
        (missing,) = faults(create_bottles)
        assert "add_column" in missing
        assert "year" in missing
        stray = find_schema_faults([Domain(name="attic", tables=(table,), migrations=(create_bottles, add_year))])
        assert "table cellar_bottle of attic does not begin with attic_" in stray
    finally:
        metadata.remove(table)


def test_keys_in_use_that_no_catalogue_has_are_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "agora").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{{ t("a.known") }}\n{{ t("a.lost", n=1) }}{{ t("a.part_" ~ x) }}\n')
    (tmp_path / "agora" / "a.py").write_text('x = t(ctx.locale, "a.gone")\ny = get("a.other")\n')
    texts = Texts({"en": {"a.known": Text(("Known",))}, "fr": {"a.known": Text(("Connu",))}}, {})
    assert find_text_faults(texts, tmp_path) == [
        "agora/a.py line 1: no catalogue has a.gone",
        "templates/a.html line 2: no catalogue has a.lost",
    ]


def test_long_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "agora").mkdir()
    (tmp_path / "agora" / "long.py").write_text("x\n" * 501)
    (tmp_path / "agora" / "right.py").write_text("x\n" * 500)
    assert find_long_files(tmp_path) == ["agora/long.py has 501 lines"]


def test_agora_keeps_its_own_rules() -> None:
    broken = [f"{finding.check}: {finding.what}" for finding in check_self(ROOT, load_domains()) if finding.state == "failed"]
    assert broken == []
