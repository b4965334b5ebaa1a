"""Hooks run in order, may change the value and may refuse."""

from pathlib import Path

import pytest

from agora.kernel.app import App
from agora.kernel.ctx import Ctx, system
from agora.kernel.domain import Domain
from agora.kernel.errors import Forbidden
from agora.kernel.hooks import Hook, On

GREET: Hook[str] = Hook("test.greet")
OTHER: Hook[str] = Hook("test.other")


async def loud(ctx: Ctx, text: str) -> str:
    return text.upper()


async def polite(ctx: Ctx, text: str) -> str:
    return f"{text}, please"


async def refuse(ctx: Ctx, text: str) -> str:
    raise Forbidden("not here")


def ctx_with(tmp_path: Path, *offers: On) -> Ctx:
    return system(App(root=tmp_path, data=tmp_path, domains=[Domain(name="test", offers=offers)]))


async def test_runs_in_order_and_only_its_own(tmp_path: Path) -> None:
    ctx = ctx_with(tmp_path, On(GREET, loud, order=2), On(OTHER, refuse), On(GREET, polite, order=1))
    assert await GREET.run(ctx, "hi") == "HI, PLEASE"


async def test_may_refuse(tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        await GREET.run(ctx_with(tmp_path, On(GREET, refuse)), "hi")


async def test_without_offers_nothing_changes(tmp_path: Path) -> None:
    assert await GREET.run(ctx_with(tmp_path), "hi") == "hi"
