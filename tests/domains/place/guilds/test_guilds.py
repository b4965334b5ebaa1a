"""Founding, reading, changing, handing over, leaving and ending communities."""

from __future__ import annotations

from typing import Any

from agora.domains.place import accounts, guilds
from agora.domains.place.accounts.avatars import draw_default
from agora.domains.place.permissions import Directory
from agora.protocol.permissions import Permission
from tests.contract import description
from tests.domains.place.accounts.test_self import data_uri
from tests.domains.place.conftest import API, Town
from tests.kit.server import Kit


async def test_found_a_community(agora: Kit) -> None:
    ada = await agora.person("ada")
    events = ["GuildCreated", "ChannelCreated", "ChannelCreated"]
    answer = await agora.scenario("POST", f"{API}/guilds", ada, json={"name": " My  Town "}, status=201, events=events)
    known = description.load()
    assert known is None or known.check_named("GuildResponse", answer.json) == []
    guild = answer.json
    assert guild["name"] == "My Town"
    assert guild["owner_id"] == str(ada.id)
    assert [role["id"] for role in guild["roles"]] == [guild["id"]]
    channels = (await agora.request("GET", f"{API}/guilds/{guild['id']}/channels", ada)).json
    assert [(c["type"], c["name"]) for c in channels] == [(4, "Text channels"), (0, "general")]
    mine = (await agora.request("GET", f"{API}/users/@me/guilds", ada)).json
    assert [(each["id"], each["owner"]) for each in mine] == [(guild["id"], True)]


async def test_a_french_community_has_french_channels(agora: Kit) -> None:
    ada = await agora.person("ada")
    body = {"name": "Maison", "preferred_locale": "fr"}
    guild = (await agora.request("POST", f"{API}/guilds", ada, json=body)).json
    channels = (await agora.request("GET", f"{API}/guilds/{guild['id']}/channels", ada)).json
    assert [c["name"] for c in channels] == ["Salons textuels", "général"]


BAD_COMMUNITIES: list[tuple[dict[str, Any], str]] = [
    ({}, "name"),
    ({"name": "x"}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"name": 7}, "name"),
    ({"name": "ok", "icon": "no"}, "icon"),
]


async def test_bad_communities(agora: Kit) -> None:
    ada = await agora.person("ada")
    for body, field in BAD_COMMUNITIES:
        answer = await agora.scenario("POST", f"{API}/guilds", ada, json=body, status=400)
        assert field in answer.json["errors"]


async def test_bots_found_no_communities(agora: Kit) -> None:
    robot = await agora.person("robot", bot=True)
    answer = await agora.scenario("POST", f"{API}/guilds", robot, json={"name": "Bots"}, status=403)
    assert answer.json["code"] == 20001


async def test_read_by_members_alone(town: Town) -> None:
    answer = await town.call("GET", f"/guilds/{town.guild}?with_counts=true", town.ben)
    assert answer.json["approximate_member_count"] == 2
    await town.call("GET", f"/guilds/{town.guild}", town.eve, status=404, code=10004)
    await town.call("GET", "/guilds/999", town.ada, status=404, code=10004)


async def test_change_and_check_permission(town: Town) -> None:
    path = f"/guilds/{town.guild}"
    body = {"name": "New Town", "description": "by the sea", "preferred_locale": "fr", "icon": data_uri(draw_default(1))}
    answer = await town.call("PATCH", path, json=body, events=("GuildUpdated",))
    assert (answer.json["name"], answer.json["description"]) == ("New Town", "by the sea")
    assert answer.json["preferred_locale"] == "fr"
    icon = await town.kit.request("GET", f"/icons/{town.guild}/{answer.json['icon']}.png")
    assert icon.body == draw_default(1)
    await town.call("PATCH", path, json={"name": "New Town"})
    await town.call("PATCH", path, town.ben, json={"name": "Mine"}, status=403, code=50013)
    await town.call("PATCH", path, town.eve, json={"name": "Mine"}, status=404, code=10004)
    await town.call("PATCH", path, json={"system_channel_id": "5"}, status=400, code=50035)
    set_to = await town.call("PATCH", path, json={"system_channel_id": str(town.room)}, events=("GuildUpdated",))
    assert set_to.json["system_channel_id"] == str(town.room)


async def test_hand_over(town: Town) -> None:
    path = f"/guilds/{town.guild}"
    await town.role("managers", Permission.MANAGE_GUILD, holders=(town.ben,))
    await town.call("PATCH", path, town.ben, json={"owner_id": str(town.ben.id)}, status=403, code=50013)
    await town.call("PATCH", path, json={"owner_id": str(town.eve.id)}, status=404, code=10007)
    await town.call("PATCH", path, json={"owner_id": str(town.ben.id)}, events=("GuildUpdated",))
    await town.call("DELETE", path, town.ada, status=403, code=50013)
    await town.call("DELETE", f"/users/@me/guilds/{town.guild}", town.ben, status=400, code=50055)
    await town.call("DELETE", f"/users/@me/guilds/{town.guild}", town.ada, status=204, events=("MemberLeft",))
    await town.call("DELETE", path, town.ben, status=204, events=("GuildDeleted",))


async def test_an_end_leaves_nothing_behind(town: Town) -> None:
    await town.call("DELETE", f"/guilds/{town.guild}", town.ben, status=403, code=50013)
    await town.call("DELETE", f"/guilds/{town.guild}", status=204, events=("GuildDeleted",))
    await town.call("GET", f"/guilds/{town.guild}", status=404, code=10004)
    await town.call("GET", f"/channels/{town.room}", status=404, code=10003)
    assert (await town.call("GET", "/users/@me/guilds")).json == []
    assert town.kit.app.get(Directory).visible_channels(town.ada.id) == []

    def count_rows(tx: Any) -> int:
        from sqlalchemy import func, select

        from agora.domains.place.channels import tables as c
        from agora.domains.place.guilds import tables as g

        return sum(tx.execute(select(func.count()).select_from(table)).scalar() for table in (*g.ALL, *c.ALL))

    assert await town.kit.app.db.read(count_rows) == 0


async def test_memory_after_a_restart_is_what_it_was(tmp_path: Any) -> None:
    from tests.kit.server import open_kit

    async with open_kit(tmp_path / "data") as kit:
        ada, ben = await kit.person("ada"), await kit.person("ben")
        guild = await kit.guild(ada, ben)
        room = await kit.channel(ada, guild)
        role = await kit.request("POST", f"{API}/guilds/{guild}/roles", ada, json={"name": "r", "permissions": "16"})
        await kit.request("PUT", f"{API}/guilds/{guild}/members/{ben.id}/roles/{role.json['id']}", ada)
        deny = {"type": 0, "deny": str(int(Permission.SEND_MESSAGES))}
        await kit.request("PUT", f"{API}/channels/{room}/permissions/{guild}", ada, json=deny)
        await kit.request("POST", f"{API}/users/@me/channels", ada, json={"recipient_id": str(ben.id)})
        before = snapshot(kit.app.get(Directory), ada.id, ben.id)
    async with open_kit(tmp_path / "data") as kit:
        assert snapshot(kit.app.get(Directory), ada.id, ben.id) == before


def snapshot(directory: Directory, *user_ids: int) -> list[Any]:
    found: list[Any] = []
    for guild in directory.guilds():
        found += [guild, directory.roles(guild.id), directory.channels(guild.id), dict(directory.member_facts(guild.id))]
    for user_id in user_ids:
        found += [directory.private_of(user_id), directory.visible_channels(user_id)]
        found += [directory.permissions(user_id, c) for c in directory.visible_channels(user_id)]
    return found


async def test_people_who_register_join_the_open_communities(agora: Kit) -> None:
    owner = agora.app.get(accounts.Users).owner()
    assert owner is not None
    guild = await guilds.create_guild(agora.ctx(), "Everybody", owner_id=owner.id, open=True)
    body = {"login": "newcomer", "password": "correct horse"}
    events = ["UserCreated", "MemberJoined", "CredentialIssued"]
    answer = await agora.scenario("POST", f"{API}/auth/register", json=body, status=201, events=events)
    assert agora.app.get(Directory).member(guild, int(answer.json["user_id"])) is not None
    robot = await agora.person("robot", bot=True)
    assert agora.app.get(Directory).member(guild, robot.id) is None


async def test_only_the_servers_owner_opens_a_community(town: Town) -> None:
    await town.call("PATCH", f"/guilds/{town.guild}", json={"open": True}, status=403, code=50013)


async def test_a_bot_is_a_member_at_once(town: Town) -> None:
    body = {"name": "Robo Cop", "guild_id": str(town.guild)}
    events = ["UserCreated", "MemberJoined", "CredentialIssued"]
    made = await town.kit.scenario("POST", "/api/agora/bots", town.ada, json=body, status=201, events=events)
    token = {"Authorization": f"Bot {made.json['token']}"}
    me = await town.kit.request("GET", f"{API}/users/@me", headers=token)
    assert (me.json["id"], me.json["bot"], me.json["global_name"]) == (made.json["id"], True, "Robo Cop")
    assert me.json["username"] == "robo_cop"
    mine = await town.kit.request("GET", f"{API}/users/@me/guilds", headers=token)
    assert [each["id"] for each in mine.json] == [str(town.guild)]
    for path in ("/oauth2/applications/@me", "/applications/@me"):
        answer = await town.kit.request("GET", API + path, headers=token)
        assert answer.status == 200
        known = description.load()
        assert known is None or known.check("GET", path, 200, answer.json) == []
        assert answer.json["owner"]["id"] == str(town.ada.id)
        assert answer.json["approximate_guild_count"] == 1
    for person, status in ((town.ben, 403), (town.eve, 404)):
        await town.kit.scenario("POST", "/api/agora/bots", person, json=body, status=status)
    again = await town.kit.request("POST", "/api/agora/bots", town.ada, json=body | {"name": "robo_cop"})
    assert again.status == 201, "a name that is taken gets a number"


async def test_list_pages_by_id(agora: Kit) -> None:
    ada = await agora.person("ada")
    made = [str(await agora.guild(ada, name=f"Guild {n}")) for n in range(4)]

    async def page(query: str) -> list[str]:
        return [each["id"] for each in (await agora.request("GET", f"{API}/users/@me/guilds?{query}", ada)).json]

    assert await page("") == made
    assert await page("limit=2") == made[:2]
    assert await page(f"limit=2&after={made[1]}") == made[2:]
    assert await page(f"limit=1&before={made[2]}") == [made[1]]
    assert (await agora.request("GET", f"{API}/users/@me/guilds?limit=0", ada)).status == 400
