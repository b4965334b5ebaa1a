"""Usernames made of whatever people call their agents."""

from __future__ import annotations

import pytest

from agora.domains.place import accounts
from agora.domains.place.accounts.names import check_username, free_username
from agora.kernel.errors import BadRequest
from agora.kernel.tx import Tx
from tests.kit.server import Kit


def names(tx: Tx, wanted: list[str]) -> list[str]:
    return [free_username(tx, each) for each in wanted]


async def test_a_free_name_is_found_for_anything(agora: Kit) -> None:
    await agora.person("elise_roy")
    wanted = ["Élise Roy", "Théo", "", "漢字", "a", "x" * 80, "everyone"]
    made = await agora.app.db.read(names, wanted)
    assert made[:4] == ["elise_roy2", "theo", "user", "user"]
    for name in made:
        assert check_username(name) == name


@pytest.mark.parametrize("name", ["ab", "Ada", "ada.lovelace", "a-b_c", "Zoë", "Ольга", "x" * 32, " ada "])
def test_good_names(name: str) -> None:
    assert check_username(name) == name.strip()


@pytest.mark.parametrize("name", ["a", "x" * 33, "a b", "a@b", "#ab", "<ab>", "a:b", ".ab", "ab.", "here", "a\nb", "a\u202eb"])
def test_bad_names(name: str) -> None:
    with pytest.raises(BadRequest):
        check_username(name)


async def test_a_name_is_found_whatever_its_capitals(agora: Kit) -> None:
    ada = await agora.person("Ada")
    found = agora.app.get(accounts.Users).by_name("aDA")
    assert found is not None
    assert found.id == ada.id
