"""Bots of a community as integrations, applications as their bots and owners change them, a community in short, roles counted."""

from __future__ import annotations

from pathlib import Path

from tests.domains.place.conftest import API, Town
from tests.domains.talk.expressions.pictures import PICTURE
from tests.kit.gateway import gateway_client
from tests.kit.server import Kit, Person, open_kit


async def _bot(kit: Kit, owner: Person, guild_id: int, name: str = "Helper") -> Person:
    made = await kit.request("POST", "/api/agora/bots", owner, json={"name": name, "guild_id": str(guild_id)})
    assert made.status == 201, made.text
    kit.take_events()
    return Person(int(made.json["id"]), name.lower(), made.json["token"])


async def test_bots_are_integrations(town: Town) -> None:
    bot = await _bot(town.kit, town.ada, town.guild)
    path = f"/guilds/{town.guild}/integrations"
    (found,) = (await town.call("GET", path)).json
    assert (found["id"], found["type"], found["name"], found["scopes"]) == (
        str(bot.id),
        "discord",
        "Helper",
        ["applications.commands", "bot"],
    )
    assert (found["user"]["username"], found["application"]["bot"]["id"]) == ("ada", str(bot.id))
    for method, tail in (("GET", ""), ("DELETE", f"/{bot.id}")):
        await town.call(method, path + tail, town.ben, status=403, code=50013)
        await town.call(method, path + tail, town.eve, status=404, code=10004)
    for other in (town.ben.id, town.eve.id, 404):
        await town.call("DELETE", f"{path}/{other}", status=404, code=10005)
    await town.call("DELETE", f"{path}/{bot.id}", status=204, events=("MemberLeft",))
    assert (await town.call("GET", path)).json == []
    assert (await town.kit.request("GET", f"{API}/guilds/{town.guild}", bot)).status == 404


async def test_an_application_is_changed_by_its_bot_and_its_owner(town: Town) -> None:
    bot = await _bot(town.kit, town.ada, town.guild)
    one = f"/applications/{bot.id}"
    assert (await town.call("GET", one)).json["description"] == ""
    mine = await town.call("PATCH", "/applications/@me", bot, json={"description": " Helps "}, events=("ApplicationUpdated",))
    assert mine.json["description"] == "Helps"
    await town.call("PATCH", one, json={"description": {"default": "Helps"}})
    drawn = await town.call("PATCH", one, json={"icon": PICTURE}, events=("UserUpdated",))
    assert drawn.json["icon"] == drawn.json["bot"]["avatar"] is not None
    assert (await town.call("PATCH", one, json={"icon": None}, events=("UserUpdated",))).json["icon"] is None
    assert (await town.call("GET", f"/guilds/{town.guild}/integrations")).json[0]["application"]["description"] == "Helps"
    assert (await town.call("PATCH", one, json={"description": None}, events=("ApplicationUpdated",))).json["description"] == ""
    for body in (
        {"description": "x" * 401},
        {"icon": "data:image/png;base64,AAAA"},
        {"interactions_endpoint_url": "https://example.org"},
    ):
        await town.call("PATCH", one, json=body, status=400, code=50035)
    for person in (town.ben, town.eve):
        for target in (one, f"/applications/{town.ada.id}", "/applications/404"):
            await town.call("GET", target, person, status=403, code=20012)
            await town.call("PATCH", target, person, json={"description": "Mine"}, status=403, code=20012)
        await town.call("PATCH", "/applications/@me", person, json={"description": "Mine"}, status=403, code=20012)


async def test_whose_bots_are_whose(town: Town) -> None:
    bot = await _bot(town.kit, town.ada, town.guild)
    for person, ids in ((town.ada, [str(bot.id)]), (town.ben, []), (bot, [])):
        answer = await town.kit.request("GET", "/api/agora/bots", person)
        assert [each["id"] for each in answer.json["items"]] == ids


async def test_what_an_application_says_outlives_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada = await kit.person("ada")
        bot = await _bot(kit, ada, await kit.guild(ada))
        await kit.request("PATCH", f"{API}/applications/@me", bot, json={"description": "Still here"})
    async with open_kit(tmp_path / "data") as kit:
        answer = await kit.request("GET", f"{API}/applications/{bot.id}", ada)
        assert answer.json["description"] == "Still here"


async def test_a_community_in_short(town: Town) -> None:
    path = f"/guilds/{town.guild}/preview"
    await town.call("PATCH", f"/guilds/{town.guild}", json={"description": "Ours"}, events=("GuildUpdated",))
    await town.call(
        "POST", f"/guilds/{town.guild}/emojis", json={"name": "wave", "image": PICTURE}, status=201, events=("EmojiCreated",)
    )
    seen = (await town.call("GET", path, town.ben)).json
    assert (seen["name"], seen["description"], [each["name"] for each in seen["emojis"]]) == ("Town", "Ours", ["wave"])
    assert (seen["approximate_member_count"], seen["approximate_presence_count"]) == (2, 0)
    async with gateway_client(town.kit.session, town.kit.url) as client, gateway_client(town.kit.session, town.kit.url) as other:
        await client.identify(town.ben.token)
        await other.identify(town.eve.token)
        assert (await town.call("GET", path)).json["approximate_presence_count"] == 1
    await town.call("GET", path, town.eve, status=404, code=10004)


async def test_roles_are_counted(town: Town) -> None:
    both, one = await town.role("Both", holders=(town.ada, town.ben)), await town.role("One", holders=(town.ben,))
    none = await town.role("None")
    town.kit.take_events()
    path = f"/guilds/{town.guild}/roles/member-counts"
    assert (await town.call("GET", path, town.ben)).json == {str(both): 2, str(one): 1, str(none): 0}
    await town.call("GET", path, town.eve, status=404, code=10004)
