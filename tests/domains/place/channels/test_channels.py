"""Channels: made, changed, ordered, ended, and seen only by who may."""

from __future__ import annotations

from typing import Any

from agora.protocol.permissions import Permission
from tests.domains.place.conftest import Town

VIEW, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
MANAGE, ROLES = int(Permission.MANAGE_CHANNELS), int(Permission.MANAGE_ROLES)


async def make(town: Town, **body: Any) -> dict[str, Any]:
    answer = await town.call("POST", f"/guilds/{town.guild}/channels", json=body, status=201, events=("ChannelCreated",))
    made: dict[str, Any] = answer.json
    return made


async def test_make_read_change_and_end(town: Town) -> None:
    made = await make(town, name="Big Ideas", topic=" what if ", type=0, rate_limit_per_user=5, nsfw=True)
    assert (made["name"], made["topic"], made["nsfw"]) == ("big-ideas", "what if", True)
    path = f"/channels/{made['id']}"
    assert (await town.call("GET", path, town.ben)).json == made
    change = {"name": "Café", "topic": None, "rate_limit_per_user": 0, "nsfw": False}
    changed = await town.call("PATCH", path, json=change, events=("ChannelUpdated",))
    assert (changed.json["name"], changed.json["topic"], changed.json["rate_limit_per_user"]) == ("café", None, 0)
    await town.call("PATCH", path, json=change)
    ended = await town.call("DELETE", path, events=("ChannelDeleted",))
    assert ended.json["id"] == made["id"]
    for method in ("GET", "DELETE"):
        await town.call(method, path, status=404, code=10003)


async def test_categories(town: Town) -> None:
    category = await make(
        town, name="Back Room", type=4, permission_overwrites=[{"id": str(town.guild), "type": 0, "deny": str(VIEW)}]
    )
    assert category["name"] == "Back Room"
    inside = await make(town, name="secret", parent_id=category["id"])
    assert inside["permission_overwrites"] == category["permission_overwrites"], "it takes its category's"
    await town.call("GET", f"/channels/{inside['id']}", town.ben, status=403, code=50001)
    seen = (await town.call("GET", f"/guilds/{town.guild}/channels", town.ben)).json
    assert {each["id"] for each in seen}.isdisjoint({category["id"], inside["id"]})
    assert inside["id"] in {each["id"] for each in (await town.call("GET", f"/guilds/{town.guild}/channels")).json}
    bad = {"name": "x", "parent_id": str(town.room)}
    await town.call("POST", f"/guilds/{town.guild}/channels", json=bad, status=400, code=50035)
    await town.call("PATCH", f"/channels/{town.room}", json={"parent_id": "8"}, status=400, code=50035)
    await town.call("DELETE", f"/channels/{category['id']}", events=("ChannelUpdated", "ChannelDeleted"))
    assert (await town.call("GET", f"/channels/{inside['id']}")).json["parent_id"] is None


async def test_order(town: Town) -> None:
    path = f"/guilds/{town.guild}/channels"
    one, two = await make(town, name="one"), await make(town, name="two")
    assert one["position"] < two["position"]
    category = await make(
        town, name="Group", type=4, permission_overwrites=[{"id": str(town.ben.id), "type": 1, "deny": str(SEND)}]
    )
    moves = [
        {"id": two["id"], "position": 0},
        {"id": one["id"], "position": 9, "parent_id": category["id"], "lock_permissions": True},
    ]
    await town.call("PATCH", path, json=moves, status=204, events=("ChannelUpdated", "ChannelUpdated"))
    moved = {each["id"]: each for each in (await town.call("GET", path)).json}
    assert moved[two["id"]]["position"] == 0
    assert moved[one["id"]]["parent_id"] == category["id"]
    assert moved[one["id"]]["permission_overwrites"] == category["permission_overwrites"]
    await town.call("PATCH", path, town.ben, json=moves, status=403, code=50013)
    await town.call("PATCH", path, json=[{"id": "5", "position": 1}], status=404, code=10003)
    inside_itself = [{"id": category["id"], "parent_id": category["id"]}]
    await town.call("PATCH", path, json=inside_itself, status=400, code=50035)


BAD_CHANNELS: list[tuple[dict[str, Any], str]] = [
    ({}, "name"),
    ({"name": ""}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"name": "x", "type": 2}, "type"),
    ({"name": "x", "topic": "t" * 1025}, "topic"),
    ({"name": "x", "rate_limit_per_user": -1}, "rate_limit_per_user"),
    ({"name": "x", "rate_limit_per_user": 21_601}, "rate_limit_per_user"),
    ({"name": "x", "position": -1}, "position"),
    ({"name": "x", "parent_id": "none"}, "parent_id"),
    ({"name": "x", "permission_overwrites": [{"id": "1", "type": 5}]}, "permission_overwrites"),
]


async def test_bad_channels(town: Town) -> None:
    for body, field in BAD_CHANNELS:
        answer = await town.call("POST", f"/guilds/{town.guild}/channels", json=body, status=400, code=50035)
        assert field in answer.json["errors"], answer.text


async def test_who_may_not(town: Town) -> None:
    path = f"/guilds/{town.guild}/channels"
    await town.call("POST", path, town.ben, json={"name": "x"}, status=403, code=50013)
    await town.call("POST", path, town.eve, json={"name": "x"}, status=404, code=10004)
    await town.call("PATCH", f"/channels/{town.room}", town.ben, json={"name": "x"}, status=403, code=50013)
    await town.call("DELETE", f"/channels/{town.room}", town.ben, status=403, code=50013)
    await town.call("GET", f"/channels/{town.room}", town.eve, status=404, code=10003)
    await town.call("GET", path, town.eve, status=404, code=10004)
    await town.call("GET", "/channels/77", status=404, code=10003)


async def test_overwrites_decide_who_sees(town: Town) -> None:
    path = f"/channels/{town.room}/permissions"
    hide = {"type": 0, "deny": str(VIEW)}
    await town.call("PUT", f"{path}/{town.guild}", json=hide, status=204, events=("ChannelUpdated",))
    await town.call("GET", f"/channels/{town.room}", town.ben, status=403, code=50001)
    show = {"type": 1, "allow": VIEW}
    await town.call("PUT", f"{path}/{town.ben.id}", json=show, status=204, events=("ChannelUpdated",))
    await town.call("PUT", f"{path}/{town.ben.id}", json=show, status=204)
    seen = await town.call("GET", f"/channels/{town.room}", town.ben)
    assert {each["id"]: (each["allow"], each["deny"]) for each in seen.json["permission_overwrites"]} == {
        str(town.guild): ("0", str(VIEW)),
        str(town.ben.id): (str(VIEW), "0"),
    }
    await town.call("DELETE", f"{path}/{town.ben.id}", status=204, events=("ChannelUpdated",))
    await town.call("DELETE", f"{path}/{town.ben.id}", status=404, code=10009)
    await town.call("GET", f"/channels/{town.room}", town.ben, status=403, code=50001)


async def test_nobody_gives_what_they_lack_in_a_channel(town: Town) -> None:
    staff = await town.role("staff", ROLES, MANAGE, position=3, holders=(town.ben,))
    path = f"/channels/{town.room}/permissions"
    ban = str(int(Permission.BAN_MEMBERS))
    for body in ({"type": 0, "allow": ban}, {"type": 0, "deny": ban}):
        await town.call("PUT", f"{path}/{town.guild}", town.ben, json=body, status=403, code=50013)
        replaced = {"permission_overwrites": [{"id": str(town.guild), **body}]}
        await town.call("PATCH", f"/channels/{town.room}", town.ben, json=replaced, status=403, code=50013)
    fine = {"type": 0, "deny": str(SEND)}
    await town.call("PUT", f"{path}/{town.guild}", town.ben, json=fine, status=204, events=("ChannelUpdated",))
    await town.call("PUT", f"{path}/{staff}", json={"type": 0, "deny": ban}, status=204, events=("ChannelUpdated",))
    await town.call("DELETE", f"{path}/{staff}", town.ben, status=403, code=50013)
    await town.call("PATCH", f"/channels/{town.room}", town.ben, json={"permission_overwrites": []}, status=403, code=50013)
    await town.call("PUT", f"{path}/4242", json={"type": 0, "deny": "0"}, status=404, code=10011)
    await town.call("PUT", f"{path}/{town.guild}", json={"type": 3}, status=400, code=50035)
    await town.call("PUT", f"{path}/{town.guild}", json={"type": 0, "allow": "x"}, status=400, code=50035)


async def test_administrator_by_overwrite_is_not_given(town: Town) -> None:
    body = {"type": 1, "allow": str(int(Permission.ADMINISTRATOR))}
    path = f"/channels/{town.room}/permissions/{town.ben.id}"
    await town.call("PUT", path, json=body, status=204, events=("ChannelUpdated",))
    (made,) = (await town.call("GET", f"/channels/{town.room}")).json["permission_overwrites"]
    assert made["allow"] == "0"


async def test_hidden_from_who_manages_channels_elsewhere(town: Town) -> None:
    """MANAGE_CHANNELS in the guild is worth nothing where one does not see the channel."""
    await town.role("keepers", MANAGE, holders=(town.ben,))
    path = f"/channels/{town.room}"
    hide = {"type": 1, "deny": str(VIEW)}
    await town.call("PUT", f"{path}/permissions/{town.ben.id}", json=hide, status=204, events=("ChannelUpdated",))
    await town.call("PATCH", path, town.ben, json={"name": "mine"}, status=403, code=50001)
    await town.call("DELETE", path, town.ben, status=403, code=50001)


async def test_what_leaned_on_a_channel_goes_with_it(town: Town) -> None:
    code = (await town.call("POST", f"/channels/{town.room}/invites", json={}, events=("InviteCreated",))).json["code"]
    notices = {"system_channel_id": str(town.room)}
    await town.call("PATCH", f"/guilds/{town.guild}", json=notices, events=("GuildUpdated",))
    await town.call("DELETE", f"/channels/{town.room}", events=("GuildUpdated", "ChannelDeleted"))
    assert (await town.call("GET", f"/guilds/{town.guild}")).json["system_channel_id"] is None
    await town.call("GET", f"/invites/{code}", town.eve, status=404, code=10006)
