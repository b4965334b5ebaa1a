"""The owner of the first start, and one-time links."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agora.domains.place import accounts
from agora.kernel.clock import FrozenClock
from agora.kernel.errors import NotFound
from tests.kit.server import Kit, open_kit


def secret_of(kit: Kit) -> str:
    (line,) = [line for line in kit.lines if "/welcome/" in line]
    return line.rpartition("/welcome/")[2]


async def test_the_first_start_makes_an_owner_with_a_link(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        owner = kit.app.get(accounts.Users).owner()
        assert owner is not None
        assert owner.owner
        assert (await accounts.find_link(kit.ctx(), secret_of(kit))) == owner
        session = await accounts.take_link(kit.ctx(), secret_of(kit))
        assert session.user_id == owner.id
        assert await accounts.find_link(kit.ctx(), secret_of(kit)) is None
        with pytest.raises(NotFound):
            await accounts.take_link(kit.ctx(), secret_of(kit))
    async with open_kit(tmp_path / "data") as kit:
        assert kit.lines == (), "only once in the life of a data folder"
        assert len(kit.app.get(accounts.Users).all()) == 1


async def test_one_of_two_who_come_at_once_gets_in(agora: Kit) -> None:
    secret = secret_of(agora)
    results = await asyncio.gather(*(accounts.take_link(agora.ctx(), secret) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, accounts.Session) for result in results) == 1


async def test_links_end_after_a_day(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        clock.advance(24 * 3_600_000 - 1)
        assert await accounts.find_link(kit.ctx(), secret_of(kit)) is not None
        clock.advance(1)
        assert await accounts.find_link(kit.ctx(), secret_of(kit)) is None
        with pytest.raises(NotFound):
            await accounts.take_link(kit.ctx(), secret_of(kit))


async def test_other_secrets_are_no_links(agora: Kit) -> None:
    ada = await agora.person("ada")
    assert await accounts.find_link(agora.ctx(), ada.token) is None
    assert await accounts.find_link(agora.ctx(), "nonsense") is None


@pytest.mark.parametrize("password_hash", [None, "$argon2id$"])
async def test_an_owner_made_before_stays_the_owner(tmp_path: Path, password_hash: str | None) -> None:
    """Who cannot sign in otherwise is told a link: nobody is locked out by a crash at the wrong moment."""
    from agora.app import open_app
    from agora.kernel.ctx import system

    async with open_app(None, tmp_path / "data") as app:
        boss = accounts.NewUser(username="boss", owner=True, password_hash=password_hash)
        await accounts.create_user(system(app), boss)
    async with open_kit(tmp_path / "data") as kit:
        assert len(kit.lines) == (1 if password_hash is None else 0)
        (owner,) = kit.app.get(accounts.Users).all()
        assert owner.username == "boss"
