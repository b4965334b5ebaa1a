"""Roles: nobody makes, changes, moves or ends what stands at or above their own highest, or gives what they lack."""

from __future__ import annotations

from typing import Any

from agora.protocol.permissions import ALL, Permission
from tests.domains.place.conftest import Town

KICK, MANAGE = int(Permission.KICK_MEMBERS), int(Permission.MANAGE_ROLES)


async def test_make_change_and_end(town: Town) -> None:
    path = f"/guilds/{town.guild}/roles"
    body = {"name": "Cooks", "permissions": str(KICK), "color": 0xAA5500, "hoist": True, "mentionable": True}
    made = await town.call("POST", path, json=body, events=("RoleCreated",))
    assert (made.json["name"], made.json["color"], made.json["position"]) == ("Cooks", 0xAA5500, 1)
    role = made.json["id"]
    changed = await town.call("PATCH", f"{path}/{role}", json={"name": "Chefs", "color": 1}, events=("RoleUpdated",))
    assert (changed.json["name"], changed.json["permissions"]) == ("Chefs", str(KICK))
    await town.call("PATCH", f"{path}/{role}", json={"name": "Chefs"})
    assert [each["name"] for each in (await town.call("GET", path)).json] == ["@everyone", "Chefs"]
    assert (await town.call("GET", f"{path}/{role}")).json["name"] == "Chefs"
    await town.call("DELETE", f"{path}/{role}", status=204, events=("RoleDeleted",))
    await town.call("DELETE", f"{path}/{role}", status=404, code=10011)
    await town.call("GET", f"{path}/{role}", status=404, code=10011)


async def test_a_role_without_words_is_like_everyones(town: Town) -> None:
    made = await town.call("POST", f"/guilds/{town.guild}/roles", json={}, events=("RoleCreated",))
    everyone = (await town.call("GET", f"/guilds/{town.guild}/roles/{town.guild}")).json
    assert (made.json["name"], made.json["permissions"]) == ("new role", everyone["permissions"])


BAD_ROLES: list[tuple[dict[str, Any], str]] = [
    ({"name": "x" * 101}, "name"),
    ({"color": -1}, "color"),
    ({"color": 1 << 24}, "color"),
    ({"permissions": "many"}, "permissions"),
    ({"permissions": "-1"}, "permissions"),
    ({"permissions": str(1 << 70)}, "permissions"),
    ({"hoist": "yes"}, "hoist"),
]


async def test_bad_roles(town: Town) -> None:
    for body, field in BAD_ROLES:
        answer = await town.call("POST", f"/guilds/{town.guild}/roles", json=body, status=400, code=50035)
        assert field in answer.json["errors"], answer.text


async def test_nobody_gives_what_they_lack(town: Town) -> None:
    await town.role("staff", MANAGE, KICK, position=5, holders=(town.ben,))
    path = f"/guilds/{town.guild}/roles"
    made = await town.call("POST", path, town.ben, json={"permissions": str(KICK)}, events=("RoleCreated",))
    role = made.json["id"]
    for bits in (int(Permission.ADMINISTRATOR), int(Permission.BAN_MEMBERS), ALL):
        await town.call("POST", path, town.ben, json={"permissions": str(bits)}, status=403, code=50013)
        await town.call("PATCH", f"{path}/{role}", town.ben, json={"permissions": str(bits)}, status=403, code=50013)
    await town.call("PATCH", f"{path}/{role}", town.ben, json={"permissions": "0"}, events=("RoleUpdated",))
    banners = await town.role("banners", int(Permission.BAN_MEMBERS), position=2)
    await town.call("PATCH", f"{path}/{banners}", town.ben, json={"permissions": "0"}, status=403, code=50013)
    await town.call("PATCH", f"{path}/{banners}", town.ben, json={"name": "guards"}, events=("RoleUpdated",))


async def test_nobody_reaches_up(town: Town) -> None:
    own = await town.role("staff", MANAGE, position=5, holders=(town.ben,))
    above, below = await town.role("elders", position=7), await town.role("juniors", position=2)
    path = f"/guilds/{town.guild}/roles"
    for role in (own, above):
        await town.call("PATCH", f"{path}/{role}", town.ben, json={"name": "x"}, status=403, code=50013)
        await town.call("DELETE", f"{path}/{role}", town.ben, status=403, code=50013)
    move = [{"id": str(below), "position": 5}]
    await town.call("PATCH", path, town.ben, json=move, status=403, code=50013)
    await town.call("PATCH", path, town.ben, json=[{"id": str(above), "position": 1}], status=403, code=50013)
    moved = await town.call("PATCH", path, town.ben, json=[{"id": str(below), "position": 4}], events=("RoleUpdated",))
    assert [each["id"] for each in moved.json] == [str(town.guild), str(below), str(own), str(above)]
    await town.call("DELETE", f"{path}/{below}", town.ben, status=204, events=("RoleDeleted",))
    await town.call("POST", path, town.eve, json={}, status=404, code=10004)


async def test_everyones_role_stays(town: Town) -> None:
    path = f"/guilds/{town.guild}/roles"
    await town.call("DELETE", f"{path}/{town.guild}", status=400, code=50028)
    await town.call("PATCH", path, json=[{"id": str(town.guild), "position": 3}], status=400, code=50035)
    answer = await town.call("PATCH", f"{path}/{town.guild}", json={"name": "all", "permissions": "1024"}, events=("RoleUpdated",))
    assert (answer.json["name"], answer.json["permissions"]) == ("@everyone", "1024")


async def test_an_order_with_an_unknown_role_changes_nothing(town: Town) -> None:
    role = await town.role("one")
    body = [{"id": str(role), "position": 3}, {"id": "12345", "position": 2}]
    await town.call("PATCH", f"/guilds/{town.guild}/roles", json=body, status=404, code=10011)
    await town.call("PATCH", f"/guilds/{town.guild}/roles", json=[{"id": "x"}], status=400, code=50035)
    assert (await town.call("GET", f"/guilds/{town.guild}/roles/{role}")).json["position"] == 1


async def test_an_ended_role_is_gone_from_members_and_channels(town: Town) -> None:
    role = await town.role("temps", int(Permission.MANAGE_CHANNELS), holders=(town.ben,))
    allow = {"type": 0, "allow": "1024"}
    await town.call("PUT", f"/channels/{town.room}/permissions/{role}", json=allow, status=204, events=("ChannelUpdated",))
    events = ("RoleDeleted", "ChannelUpdated")
    await town.call("DELETE", f"/guilds/{town.guild}/roles/{role}", status=204, events=events)
    assert (await town.call("GET", f"/guilds/{town.guild}/members/{town.ben.id}")).json["roles"] == []
    assert (await town.call("GET", f"/channels/{town.room}")).json["permission_overwrites"] == []
    await town.call("POST", f"/guilds/{town.guild}/channels", town.ben, json={"name": "x"}, status=403, code=50013)


async def test_there_are_at_most_250(town: Town) -> None:
    from agora.domains.place.guilds import NewRole, create_role

    ctx = town.kit.ctx()
    for number in range(249):
        await create_role(ctx, town.guild, NewRole(name=str(number)))
    await town.call("POST", f"/guilds/{town.guild}/roles", json={}, status=400, code=30005)
