"""Templates: made, looked at, brought up to date, used, ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agora.domains.place import guilds
from agora.protocol.permissions import Permission
from tests.domains.place.conftest import API, Town
from tests.domains.talk.expressions.pictures import PICTURE
from tests.kit.server import Person, open_kit

VIEW, SEND = str(int(Permission.VIEW_CHANNEL)), str(int(Permission.SEND_MESSAGES))
TAG = {"name": "news", "emoji_name": "\N{THUMBS UP SIGN}", "moderated": True}


async def make(town: Town, **body: Any) -> dict[str, Any]:
    """The guild's template."""
    body = {"name": "A town", "description": "With a hall", **body}
    answer = await town.call("POST", f"/guilds/{town.guild}/templates", json=body, events=("TemplateCreated",))
    made: dict[str, Any] = answer.json
    return made


async def ask(town: Town, method: str, path: str, body: Any = None, person: Person | None = None) -> Any:
    """A call that works, whatever it fires."""
    answer = await town.kit.request(method, API + path, person or town.ada, json=body)
    assert answer.status < 300, answer.text
    return answer.json


async def furnish(town: Town) -> dict[str, str]:
    """A role, a category only it sees with a room and a forum in it, settings; returns their ids."""
    role = await ask(
        town, "POST", f"/guilds/{town.guild}/roles", {"name": "Keepers", "permissions": "8192", "color": 5, "hoist": True}
    )
    overwrites = [
        {"id": str(town.guild), "type": 0, "deny": VIEW},
        {"id": role["id"], "type": 0, "allow": VIEW},
        {"id": str(town.ben.id), "type": 1, "allow": SEND},
    ]
    channels = f"/guilds/{town.guild}/channels"
    hall = await ask(town, "POST", channels, {"name": "Hall", "type": 4, "permission_overwrites": overwrites})
    room = {"name": "desk", "type": 0, "topic": "Forms", "parent_id": hall["id"], "rate_limit_per_user": 5, "nsfw": True}
    desk = await ask(town, "POST", channels, room)
    forum = {"name": "ideas", "type": 15, "available_tags": [TAG], "flags": 16, "default_sort_order": 1}
    ideas = await ask(town, "POST", channels, forum | {"permission_overwrites": []})
    news = await ask(town, "POST", channels, {"name": "news", "type": 5})
    await ask(town, "PATCH", f"/guilds/{town.guild}/roles/{town.guild}", {"permissions": VIEW})
    await ask(
        town,
        "PATCH",
        f"/guilds/{town.guild}",
        {"description": "Ours", "system_channel_id": str(town.room), "preferred_locale": "fr"},
    )
    town.kit.take_events()
    return {"role": role["id"], "hall": hall["id"], "desk": desk["id"], "ideas": ideas["id"], "news": news["id"]}


def plain(channels: list[dict[str, Any]], guild: dict[str, Any]) -> list[dict[str, Any]]:
    """Channels with names in place of ids, and without what a template leaves out."""
    names = {each["id"]: each["name"] for each in (*channels, *guild["roles"])}
    shown = []
    for channel in channels:
        overwrites = [
            {"of": names[o["id"]], "allow": o["allow"], "deny": o["deny"]}
            for o in channel["permission_overwrites"]
            if o["type"] == 0
        ]
        tags = [{key: value for key, value in tag.items() if key != "id"} for tag in channel.get("available_tags") or ()]
        rest = {key: value for key, value in channel.items() if key not in ("id", "guild_id", "last_message_id", "available_tags")}
        parent = names.get(channel["parent_id"])
        shown.append(rest | {"parent_id": parent, "permission_overwrites": sorted(overwrites, key=str), "tags": tags})
    return shown


async def test_a_community_is_made_as_the_first_one_is(town: Town) -> None:
    made = await furnish(town)
    template = await make(town)
    shot = template["serialized_source_guild"]
    assert [role["name"] for role in shot["roles"]] == ["@everyone", "Keepers"]
    assert [one["type"] for one in shot["channels"]][:2] == [4, 4], "categories come first"
    assert (template["usage_count"], template["is_dirty"], template["creator"]["id"]) == (0, False, str(town.ada.id))
    assert not any(id in str(shot) for id in made.values()), "ids of the source"
    path = f"/guilds/templates/{template['code']}"
    town.kit.take_events()
    second = await ask(town, "POST", path, {"name": "Second", "icon": PICTURE}, town.eve)
    fired = town.kit.take_events()
    assert fired[0] == "GuildCreated" and fired[-1] == "TemplateUsed"
    first = await ask(town, "GET", f"/guilds/{town.guild}")
    assert second["owner_id"] == str(town.eve.id) and second["icon"]
    assert (
        (second["description"], second["preferred_locale"]) == ("Ours", "fr") == (first["description"], first["preferred_locale"])
    )
    for one, other in zip(first["roles"], second["roles"], strict=True):
        assert one["id"] != other["id"]
        assert {**one, "id": ""} == {**other, "id": ""}
    mine, theirs = [
        await ask(town, "GET", f"/guilds/{guild['id']}/channels", None, town.eve if guild is second else town.ada)
        for guild in (first, second)
    ]
    assert plain(mine, first) == plain(theirs, second)
    assert not {channel["id"] for channel in mine} & {channel["id"] for channel in theirs}
    tags = [channel["available_tags"][0]["id"] for channel in (*mine, *theirs) if channel["type"] == 15]
    assert len(set(tags)) == 2
    system = next(channel["name"] for channel in theirs if channel["id"] == second["system_channel_id"])
    assert system == next(channel["name"] for channel in mine if channel["id"] == str(town.room))
    seen = await ask(town, "GET", path, None, town.eve)
    assert (seen["usage_count"], seen["is_dirty"]) == (1, None)
    # the new community works
    room = next(channel["id"] for channel in theirs if channel["name"] == "desk")
    await ask(town, "POST", f"/channels/{room}/messages", {"content": "hello"}, town.eve)


async def test_changed_renamed_deleted(town: Town) -> None:
    template = await make(town)
    path, public = f"/guilds/{town.guild}/templates/{template['code']}", f"/guilds/templates/{template['code']}"
    await town.call("POST", f"/guilds/{town.guild}/templates", json={"name": "x"}, status=400, code=30031)
    await ask(town, "POST", f"/guilds/{town.guild}/channels", {"name": "pier", "type": 0})
    town.kit.take_events()
    [listed] = (await town.call("GET", f"/guilds/{town.guild}/templates")).json
    assert listed["is_dirty"] is True
    assert "pier" not in str(listed["serialized_source_guild"])
    synced = (await town.call("PUT", path, events=("TemplateSynced",))).json
    assert synced["is_dirty"] is False and "pier" in str(synced["serialized_source_guild"])
    edited = (await town.call("PATCH", path, json={"name": " New  name ", "description": None}, events=("TemplateUpdated",))).json
    assert (edited["name"], edited["description"]) == ("New name", None)
    await town.call("PATCH", path, json={"name": "New name"})
    await town.call("DELETE", path, events=("TemplateDeleted",))
    for gone in (path, public):
        await town.call(
            "PATCH" if gone is path else "GET", gone, json={"name": "x"} if gone is path else None, status=404, code=10057
        )
    await town.call("POST", public, town.eve, json={"name": "Late"}, status=404, code=10057)
    assert (await town.call("GET", f"/guilds/{town.guild}/templates")).json == []


async def test_who_may(town: Town) -> None:
    template = await make(town)
    path, public = f"/guilds/{town.guild}/templates/{template['code']}", f"/guilds/templates/{template['code']}"
    for person, status, code in ((town.ben, 403, 50013), (town.eve, 404, 10004)):
        await town.call("GET", f"/guilds/{town.guild}/templates", person, status=status, code=code)
        await town.call("POST", f"/guilds/{town.guild}/templates", person, json={"name": "x"}, status=status, code=code)
        for method, body in (("PUT", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
            await town.call(method, path, person, json=body, status=status, code=code)
    await town.role("Managers", int(Permission.MANAGE_GUILD), holders=(town.ben,))
    town.kit.take_events()
    await town.call("PATCH", path, town.ben, json={"name": "Ours"}, events=("TemplateUpdated",))
    # the code of one community under the address of another one
    other = await town.kit.guild(town.eve, name="Elsewhere")
    town.kit.take_events()
    for method, body in (("PUT", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        await town.call(method, f"/guilds/{other}/templates/{template['code']}", town.eve, json=body, status=404, code=10057)
    bot = await town.kit.person("robot", bot=True)
    await guilds.add_member(town.kit.ctx(), town.guild, bot.id)
    town.kit.take_events()
    await town.call("POST", public, bot, json={"name": "Mine"}, status=403, code=20001)
    assert (await town.kit.request("GET", API + public)).status == 401


async def test_what_its_maker_may_not_see_is_left_out(town: Town) -> None:
    await furnish(town)
    await town.role("Managers", int(Permission.MANAGE_GUILD), holders=(town.ben,))
    town.kit.take_events()
    answer = await town.call("POST", f"/guilds/{town.guild}/templates", town.ben, json={"name": "x"}, events=("TemplateCreated",))
    names = {channel["name"] for channel in answer.json["serialized_source_guild"]["channels"]}
    assert {"Hall", "desk"}.isdisjoint(names) and "news" in names


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "  "}, {"name": "x" * 101}, {"name": "x", "description": "x" * 121}])
async def test_bad_bodies(town: Town, body: dict[str, Any]) -> None:
    await town.call("POST", f"/guilds/{town.guild}/templates", json=body, status=400, code=50035)


async def test_a_bad_name_or_picture_makes_nothing(town: Town) -> None:
    template = await make(town)
    for body in ({"name": "x"}, {"name": "Fine", "icon": "data:image/png;base64,!!!"}):
        await town.call("POST", f"/guilds/templates/{template['code']}", town.eve, json=body, status=400, code=50035)
    assert (await ask(town, "GET", "/users/@me/guilds", None, town.eve)) == []


async def test_the_end_of_a_community_ends_its_template(town: Town) -> None:
    template = await make(town)
    await town.call("DELETE", f"/guilds/{town.guild}", status=204, events=("GuildDeleted",))
    await town.call("GET", f"/guilds/templates/{template['code']}", town.eve, status=404, code=10057)


async def test_roles_of_bots_and_emojis_of_tags_stay(town: Town) -> None:
    """They belong to the community alone."""
    emoji = await ask(town, "POST", f"/guilds/{town.guild}/emojis", {"name": "wave", "image": PICTURE})
    forum = {"name": "ideas", "type": 15, "available_tags": [{"name": "news", "emoji_id": emoji["id"]}]}
    await ask(town, "POST", f"/guilds/{town.guild}/channels", forum)
    town.kit.take_events()
    shot = (await make(town))["serialized_source_guild"]
    [tag] = next(channel for channel in shot["channels"] if channel["type"] == 15)["available_tags"]
    assert (tag["name"], tag["emoji_id"], tag["emoji_name"]) == ("news", None, None)


async def test_a_restart_and_the_log_of_the_server(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada = await kit.person("ada", owner=True)
        guild = await kit.guild(ada, name="Town")
        made = await kit.request("POST", f"{API}/guilds/{guild}/templates", ada, json={"name": "A town"})
        await kit.settle()
    async with open_kit(tmp_path / "data") as kit:
        path = f"{API}/guilds/templates/{made.json['code']}"
        assert (await kit.request("GET", path, ada)).json == made.json
        assert (await kit.request("POST", path, ada, json={"name": "Second"})).status == 201
        await kit.settle()
        log = (await kit.request("GET", "/api/agora/audit", ada)).json["items"]
        assert [each["action"] for each in log if each["action"].startswith("template")] == ["template.used", "template.created"]


async def test_as_many_channels_and_roles_as_there_may_be(town: Town) -> None:
    """Made in one write, without asking for each channel where its category stands."""
    category = await ask(town, "POST", f"/guilds/{town.guild}/channels", {"name": "C", "type": 4})
    for n in range(60):
        await ask(town, "POST", f"/guilds/{town.guild}/channels", {"name": f"c{n}", "type": 0, "parent_id": category["id"]})
    town.kit.take_events()
    template = await make(town)
    made = await ask(town, "POST", f"/guilds/templates/{template['code']}", {"name": "Second"}, town.eve)
    channels = await ask(town, "GET", f"/guilds/{made['id']}/channels", None, town.eve)
    assert len(channels) == len(await ask(town, "GET", f"/guilds/{town.guild}/channels"))
    assert (
        len({channel["parent_id"] for channel in channels if channel["name"].startswith("c") and channel["name"][1:].isdigit()})
        == 1
    )
