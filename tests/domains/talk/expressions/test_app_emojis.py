"""Emojis of applications: for the application alone, used wherever it speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agora.domains.place import guilds
from agora.domains.talk.expressions import applications
from agora.domains.talk.files.jobs import sweep
from agora.kernel.clock import FrozenClock
from agora.kernel.files import Files
from tests.domains.talk.conftest import Room
from tests.domains.talk.expressions.pictures import GIF, PICTURE, data_uri
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Person, open_kit


async def robot(room: Room, name: str = "robot") -> Person:
    """A bot in the room."""
    bot = await room.kit.person(name, bot=True)
    await guilds.add_member(room.kit.ctx(), room.guild, bot.id)
    room.kit.take_events()
    return bot


def path(bot: Person, emoji: dict[str, Any] | None = None) -> str:
    """Its emojis, or one of them."""
    return f"/api/v10/applications/{bot.id}/emojis" + (f"/{emoji['id']}" if emoji else "")


async def make(room: Room, bot: Person, name: str = "wave") -> dict[str, Any]:
    """Make one over HTTP."""
    body = {"name": name, "image": PICTURE}
    answer = await room.kit.scenario("POST", path(bot), bot, json=body, status=201, events=["AppEmojiCreated"])
    made: dict[str, Any] = answer.json
    return made


async def test_made_read_renamed_and_deleted(room: Room) -> None:
    kit, bot = room.kit, await robot(room)
    emoji = await make(room, bot)
    check_shape("EmojiResponse", emoji)
    assert (emoji["name"], emoji["animated"], emoji["user"]["id"]) == ("wave", False, str(bot.id))
    assert (await kit.request("GET", path(bot), bot)).json == {"items": [emoji]}
    renamed = await kit.scenario("PATCH", path(bot, emoji), bot, json={"name": "hello"}, events=["AppEmojiUpdated"])
    await kit.scenario("PATCH", path(bot, emoji), bot, json={"name": "hello"}, events=[])
    await kit.scenario("PATCH", path(bot, emoji), bot, json={}, events=[])
    assert (await kit.request("GET", path(bot, emoji), bot)).json == renamed.json
    assert (await kit.request("GET", f"/emojis/{emoji['id']}.png")).status == 200
    await kit.scenario("DELETE", path(bot, emoji), bot, status=204, events=["AppEmojiDeleted"])
    await kit.scenario("GET", path(bot, emoji), bot, status=404, has=["10014"])
    assert (await kit.request("GET", f"/emojis/{emoji['id']}.png")).status == 404


async def test_who_made_the_bot_manages_them_too(room: Room) -> None:
    """And nobody else in the community, whatever they may there."""
    kit = room.kit
    body = {"name": "Helper", "guild_id": str(room.guild)}
    made = (await kit.request("POST", "/api/agora/bots", room.ada, json=body)).json
    bot = Person(int(made["id"]), "helper", made["token"])
    kit.take_events()
    emoji = (
        await kit.scenario(
            "POST", path(bot), room.ada, json={"name": "wave", "image": PICTURE}, status=201, events=["AppEmojiCreated"]
        )
    ).json
    assert emoji["user"]["id"] == str(bot.id)
    assert (
        (await kit.request("GET", path(bot), room.ada)).json
        == (await kit.request("GET", path(bot), bot)).json
        == {"items": [emoji]}
    )
    await kit.scenario("PATCH", path(bot, emoji), room.ada, json={"name": "hello"}, events=["AppEmojiUpdated"])
    for person in (room.ben, room.eve):
        await kit.scenario("GET", path(bot), person, status=403, has=["20012"])
        await kit.scenario("DELETE", path(bot, emoji), person, status=403, has=["20012"])
    await kit.scenario("DELETE", path(bot, emoji), room.ada, status=204, events=["AppEmojiDeleted"])


async def test_nobody_else_reads_or_changes_them(room: Room) -> None:
    kit, bot, other = room.kit, await robot(room), await robot(room, "other")
    emoji = await make(room, bot)
    for person in (other, room.ada, room.eve):
        for method, address, body in (
            ("GET", path(bot), None),
            ("POST", path(bot), {"name": "mine", "image": "not looked at"}),
            ("GET", path(bot, emoji), None),
            ("PATCH", path(bot, emoji), {"name": "mine"}),
            ("DELETE", path(bot, emoji), None),
        ):
            await kit.scenario(method, address, person, json=body, status=403, has=["20012"])
    await kit.scenario("GET", path(other, emoji), other, status=404, has=["10014"])
    await kit.scenario("DELETE", path(other, emoji), other, status=404, has=["10014"])
    # a person is no application, and no community has it
    await kit.scenario("GET", path(room.ada), room.ada, status=403, has=["20012"])
    await kit.scenario("GET", f"/api/v10/guilds/{room.guild}/emojis/{emoji['id']}", room.ada, status=404, has=["10014"])
    assert (await kit.request("GET", f"/api/v10/guilds/{room.guild}/emojis", room.ada)).json == []
    await kit.scenario("GET", "/api/v10/guilds/0/emojis", bot, status=404, has=["10004"])


async def test_the_bot_uses_them_and_others_join_its_reactions(room: Room) -> None:
    kit, bot = room.kit, await robot(room)
    emoji = await make(room, bot)
    said = await room.say(f"hi <:wave:{emoji['id']}>", bot)
    assert f"/emojis/{emoji['id']}" in str(said["content_html"])
    plain = await room.say(f"hi <:wave:{emoji['id']}>")
    assert "<img" not in str(plain["content_html"])
    sign = f"{room.path}/{plain['id']}/reactions/wave:{emoji['id']}/@me"
    assert (await kit.request("PUT", sign, room.ben)).status == 400
    assert (await kit.request("PUT", sign, bot)).status == 204
    assert (await kit.request("PUT", sign, room.ben)).status == 204


@pytest.mark.parametrize("name", ["x", "with space", "x" * 33])
async def test_names(room: Room, name: str) -> None:
    bot = await robot(room)
    await room.kit.scenario("POST", path(bot), bot, json={"name": name, "image": PICTURE}, status=400, has=["50035"])


async def test_a_name_and_the_number_are_limited(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    kit, bot, other = room.kit, await robot(room), await robot(room, "other")
    await make(room, bot)
    body = {"name": "wave", "image": PICTURE}
    await kit.scenario("POST", path(bot), bot, json=body, status=400, has=["ALREADY_TAKEN"])
    second = await make(room, bot, "second")
    await kit.scenario("PATCH", path(bot, second), bot, json={"name": "wave"}, status=400, has=["ALREADY_TAKEN"])
    await make(room, other)
    monkeypatch.setattr(applications, "MAX_EMOJIS", 2)
    await kit.scenario("POST", path(bot), bot, json={"name": "third", "image": PICTURE}, status=400, has=["30008"])


async def test_a_restart_and_the_sweep(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        bot = await kit.person("robot", bot=True)
        made = await kit.request("POST", path(bot), bot, json={"name": "wave", "image": data_uri(GIF, "image/gif")})
        assert made.json["animated"] is True
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        assert (await kit.request("GET", path(bot), bot)).json == {"items": [made.json]}
        clock.advance(86_400_000)
        await sweep(kit.ctx())
        assert len(list(kit.app.get(Files).list_hashes())) == 1
        assert (await kit.request("DELETE", path(bot, made.json), bot)).status == 204
        clock.advance(86_400_000)
        await sweep(kit.ctx())
        assert list(kit.app.get(Files).list_hashes()) == []
