"""Commands and answers over HTTP: what is refused, who may do what, what one person alone sees, and what survives a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agora.domains.place import guilds
from agora.domains.talk.interactions.events import InteractionCreated
from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.kit.asker import asking
from tests.kit.server import Answer, Kit, Person, open_kit

SAY = {"name": "say", "description": "Says", "options": [{"type": 3, "name": "what", "description": "What"}]}
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "B", "custom_id": "b"}]}


async def make_bot(kit: Kit, guild_id: int, name: str = "helper") -> Person:
    """A bot in a community."""
    bot = await kit.person(name, bot=True)
    await guilds.add_member(kit.ctx(), guild_id, bot.id)
    return bot


def commands(bot: Person) -> str:
    """The path of an app's commands."""
    return f"/api/v10/applications/{bot.id}/commands"


async def put(kit: Kit, bot: Person, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """Set all commands of an app."""
    answer = await kit.request("PUT", commands(bot), bot, json=list(bodies))
    assert answer.status == 200, answer.text
    made: list[dict[str, Any]] = answer.json
    return made


def heard(kit: Kit) -> Any:
    """What the app was told last."""
    events = [each.event for each in kit.take_recorded() if isinstance(each.event, InteractionCreated)]
    return msgspec.json.decode(events[-1].wire)


async def use(kit: Kit, person: Person, channel: int, command: dict[str, Any], **more: Any) -> Answer:
    """Use a command."""
    data = {"id": command["id"], "name": command["name"], "type": command["type"], **more}
    body = {"type": 2, "application_id": command["application_id"], "channel_id": str(channel), "data": data}
    return await kit.request("POST", "/api/v10/interactions", person, json=body)


async def answer(kit: Kit, asked: Any, kind: int, **data: Any) -> Answer:
    """Answer as the app."""
    path = f"/api/v10/interactions/{asked['id']}/{asked['token']}/callback?with_response=true"
    return await kit.request("POST", path, json={"type": kind, "data": data})


@pytest.mark.parametrize(
    "change",
    [
        {"name": "With Blank"},
        {"name": "UPPER"},
        {"name": ""},
        {"name": "x" * 33},
        {"description": ""},
        {"description": "x" * 101},
        {"type": 4},
        {"type": 2},
        {"name_localizations": {"fr": "Deux Mots"}},
        {"default_member_permissions": "many"},
        {"options": [{"type": 12, "name": "a", "description": "A"}]},
        {"options": [{"type": 3, "name": "a", "description": "A"}, {"type": 3, "name": "a", "description": "A"}]},
        {"options": [{"type": 3, "name": "a", "description": "A"}, {"type": 3, "name": "b", "description": "B", "required": True}]},
        {"options": [{"type": 1, "name": "a", "description": "A"}, {"type": 3, "name": "b", "description": "B"}]},
        {"options": [{"type": 4, "name": "a", "description": "A", "choices": [{"name": "one", "value": "1"}]}]},
        {"options": [{"type": 3, "name": "a", "description": "A", "options": [{"type": 3, "name": "b", "description": "B"}]}]},
        {"options": [{"type": 3, "name": f"a{n}", "description": "A"} for n in range(26)]},
    ],
)
async def test_what_discord_refuses_in_a_description(room: Room, change: dict[str, Any]) -> None:
    bot = await make_bot(room.kit, room.guild)
    await room.kit.scenario("POST", commands(bot), bot, json=SAY | change, status=400, has=["50035"])


async def test_commands_are_the_apps_own(room: Room) -> None:
    bot, other = await make_bot(room.kit, room.guild), await room.kit.person("other-bot", bot=True)
    (made,) = await put(room.kit, bot, SAY)
    for person in (room.ada, other):
        await room.kit.scenario("GET", commands(bot), person, status=403, has=["20012"])
        await room.kit.scenario("DELETE", f"{commands(bot)}/{made['id']}", person, status=403, has=["20012"])
    await room.kit.scenario("GET", f"{commands(other)}/{made['id']}", other, status=404, has=["10063"])
    guild = f"/api/v10/applications/{other.id}/guilds/{room.guild}/commands"
    await room.kit.scenario("PUT", guild, other, json=[SAY], status=404, has=["10004"])
    await put(room.kit, other, SAY)
    async with asking(room.kit, room.ben, room.channel) as ben:
        assert {each["application_id"] for each in (await ben.index()).values()} >= {str(bot.id)}
        assert str(other.id) not in {each["application_id"] for each in (await ben.index()).values()}
    foreign = (await room.kit.request("GET", commands(other), other)).json[0]
    assert (await use(room.kit, room.ben, room.channel, foreign)).json["code"] == 10063
    assert (await use(room.kit, room.eve, room.channel, made)).json["code"] == 10003


async def test_who_may_use_a_command(room: Room) -> None:
    bot = await make_bot(room.kit, room.guild)
    (made,) = await put(room.kit, bot, SAY | {"default_member_permissions": str(1 << 13)})
    assert (await use(room.kit, room.ben, room.channel, made)).status == 403
    assert (await use(room.kit, room.ada, room.channel, made)).status == 204
    rules = f"/api/v10/applications/{bot.id}/guilds/{room.guild}/commands/{made['id']}/permissions"
    allow = {"permissions": [{"id": str(room.ben.id), "type": 2, "permission": True}]}
    await room.kit.scenario("PUT", rules, bot, json=allow, status=403, has=["20001"])
    await room.kit.scenario("PUT", rules, room.ben, json=allow, status=403, has=["50013"])
    await room.kit.scenario("PUT", rules, room.ada, json=allow)
    assert (await use(room.kit, room.ben, room.channel, made)).status == 204
    nowhere = {"permissions": [*allow["permissions"], {"id": str(room.guild - 1), "type": 3, "permission": False}]}
    await room.kit.scenario("PUT", rules, room.ada, json=nowhere)
    assert (await use(room.kit, room.ben, room.channel, made)).status == 403
    async with asking(room.kit, room.ben, room.channel) as ben:
        assert "say" not in await ben.index()
    strange = {"permissions": [{"id": str(room.eve.id), "type": 2, "permission": True}]}
    await room.kit.scenario("PUT", rules, room.ada, json=strange, status=400)


async def test_an_answer_is_given_once_and_in_time(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        channel, bot = await kit.channel(ada, guild), await make_bot(kit, guild)
        (made,) = await put(kit, bot, SAY)
        await use(kit, ada, channel, made)
        asked = heard(kit)
        hook = f"/api/v10/webhooks/{bot.id}/{asked['token']}"
        wrong = asked | {"token": asked["token"][:-1] + "_"}
        assert (await answer(kit, wrong, 4, content="x")).json["code"] == 10062
        assert (await kit.request("POST", hook, json={"content": "too soon"})).json["code"] == 10015
        assert (await answer(kit, asked, 8, choices=[])).status == 400
        assert (await answer(kit, asked, 7, content="no message to change")).status == 400
        assert (await answer(kit, asked, 4, content="")).json["code"] == 50006
        assert (await answer(kit, asked, 4, content="first")).status == 200
        assert (await answer(kit, asked, 4, content="second")).json["code"] == 40060
        assert (await kit.request("POST", hook, json={"content": "more"})).status == 200
        stranger = await kit.request("POST", f"/api/v10/channels/{channel}/messages", ada, json={"content": "mine"})
        for method in ("GET", "DELETE"):
            assert (await kit.request(method, f"{hook}/messages/{stranger.json['id']}")).json["code"] == 10008
        clock.advance(15 * 60_000 + 1)
        assert (await kit.request("POST", hook, json={"content": "late"})).json["code"] == 50027
        await use(kit, ada, channel, made)
        asked = heard(kit)
        clock.advance(15 * 60_000 + 1)
        assert (await answer(kit, asked, 4, content="late")).json["code"] == 10062


async def test_what_one_person_sees_is_closed_to_others(room: Room) -> None:
    bot = await make_bot(room.kit, room.guild)
    (made,) = await put(room.kit, bot, SAY)
    await use(room.kit, room.ben, room.channel, made)
    shown = (await answer(room.kit, heard(room.kit), 4, content="yours", flags=64, components=[BUTTON])).json["resource"]["message"]
    assert room.kit.take_events() == [], "nothing is stored, not even in the ledger"
    press = {
        "type": 3,
        "application_id": str(bot.id),
        "channel_id": str(room.channel),
        "message_id": shown["id"],
        "data": {"component_type": 2, "custom_id": "b"},
    }
    pressed = await room.kit.request("POST", "/api/v10/interactions", room.ada, json=press)
    assert pressed.json["code"] == 10008
    assert (await room.kit.request("GET", f"{room.path}/{shown['id']}", room.ben)).json["code"] == 10008
    assert (await room.kit.request("POST", "/api/v10/interactions", room.ben, json=press)).status == 204
    asked = heard(room.kit)
    assert asked["message"]["content"] == "yours" and asked["member"]["user"]["id"] == str(room.ben.id)
    assert (await answer(room.kit, asked, 7, content="changed")).json["resource"]["message"]["content"] == "changed"


async def test_buttons_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        channel, bot = await kit.channel(ada, guild), await make_bot(kit, guild)
        (made,) = await put(kit, bot, SAY)
        path = f"/api/v10/channels/{channel}/messages"
        message = (await kit.request("POST", path, bot, json={"content": "press", "components": [BUTTON]})).json
        await use(kit, ada, channel, made, options=[{"type": 3, "name": "what", "value": "x"}])
        asked = heard(kit)
    async with open_kit(tmp_path / "data") as kit:
        assert (await answer(kit, asked, 4, content="after the restart")).status == 200
        press = {
            "type": 3,
            "application_id": str(bot.id),
            "channel_id": str(channel),
            "message_id": message["id"],
            "data": {"component_type": 2, "custom_id": "b"},
        }
        kit.take_recorded()
        assert (await kit.request("POST", "/api/v10/interactions", ada, json=press)).status == 204
        assert (await answer(kit, heard(kit), 7, content="pressed", components=[])).status == 200
        changed = (await kit.request("GET", f"{path}/{message['id']}", ada)).json
        assert (changed["content"], changed["components"]) == ("pressed", [])
        async with asking(kit, ada, channel) as asker:
            assert (await asker.index())["say"]["id"] == made["id"]


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 2, "style": 1, "label": "B", "custom_id": "b"}],
        [{"type": 1, "components": []}],
        [BUTTON, BUTTON],
        [BUTTON] * 6,
        [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "b"}]}],
        [{"type": 1, "components": [{"type": 2, "style": 5, "label": "L"}]}],
        [{"type": 1, "components": [{"type": 2, "style": 5, "label": "L", "url": "javascript:alert(1)"}]}],
        [{"type": 1, "components": [{"type": 3, "custom_id": "s", "options": []}]}],
        [{"type": 1, "components": [{"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "1"}] * 2}]}],
        [{"type": 10, "content": "needs the flag"}],
        [{"type": 99}],
    ],
)
async def test_components_that_discord_refuses(room: Room, components: list[Any]) -> None:
    bot = await make_bot(room.kit, room.guild)
    assert (await room.post({"content": "x", "components": components}, bot)).status == 400


async def test_components_are_for_bots_and_the_new_layout_holds_its_text(room: Room) -> None:
    bot = await make_bot(room.kit, room.guild)
    assert (await room.post({"content": "x", "components": [BUTTON]}, room.ben)).status == 400
    box = {"type": 17, "accent_color": 255, "components": [{"type": 10, "content": "**bold** <script>"}, BUTTON]}
    answer = await room.post({"flags": 1 << 15, "components": [box]}, bot)
    assert answer.status == 200, answer.text
    text = answer.json["components"][0]["components"][0]
    assert "<strong>bold</strong>" in text["content_html"] and "<script>" not in text["content_html"]
    assert [box["id"] for box in answer.json["components"]] == [1]
    assert (await room.post({"flags": 1 << 15, "content": "words", "components": [box]}, bot)).status == 400
