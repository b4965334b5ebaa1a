"""Members: listing, searching, changing, timing out, kicking, banning; nobody acts on who stands above them."""

from __future__ import annotations

import pytest

from agora.kernel.clock import iso
from agora.protocol.permissions import Permission
from tests.domains.place.conftest import Town


async def test_list_and_find(town: Town) -> None:
    path = f"/guilds/{town.guild}/members"
    everybody = [str(town.ada.id), str(town.ben.id)]
    listed = await town.call("GET", f"{path}?limit=10", town.ben)
    assert [each["user"]["id"] for each in listed.json] == everybody
    assert len((await town.call("GET", path)).json) == 1
    after = await town.call("GET", f"{path}?limit=10&after={town.ada.id}")
    assert [each["user"]["id"] for each in after.json] == everybody[1:]
    found = await town.call("GET", f"{path}/search?query=B&limit=5")
    assert [each["user"]["username"] for each in found.json] == ["ben"]
    assert (await town.call("GET", f"{path}/search?query=nobody")).json == []
    await town.call("GET", f"{path}/search", status=400, code=50035)
    one = await town.call("GET", f"{path}/{town.ben.id}")
    assert one.json["user"]["username"] == "ben"
    await town.call("GET", f"{path}/{town.eve.id}", status=404, code=10007)
    await town.call("GET", f"{path}?limit=10", town.eve, status=404, code=10004)
    await town.call("GET", f"{path}?limit=1001", status=400, code=50035)
    own = await town.call("GET", f"/users/@me/guilds/{town.guild}/member", town.ben)
    assert int(own.json["permissions"]) & Permission.SEND_MESSAGES


async def test_nicknames(town: Town) -> None:
    path = f"/guilds/{town.guild}/members"
    mine = await town.call("PATCH", f"{path}/@me", town.ben, json={"nick": " Benny "}, events=("MemberUpdated",))
    assert mine.json["nick"] == "Benny"
    found = await town.call("GET", f"{path}/search?query=benn")
    assert found.json[0]["user"]["username"] == "ben"
    await town.call("PATCH", f"{path}/{town.ada.id}", town.ben, json={"nick": "Boss"}, status=403, code=50013)
    theirs = await town.call("PATCH", f"{path}/{town.ben.id}", json={"nick": None}, events=("MemberUpdated",))
    assert theirs.json["nick"] is None
    await town.call("PATCH", f"{path}/@me", town.ben, json={"nick": "x" * 33}, status=400, code=50035)


async def test_give_and_take_roles(town: Town) -> None:
    low, high = await town.role("low"), await town.role("high", position=5)
    await town.role("staff", Permission.MANAGE_ROLES, position=3, holders=(town.ben,))
    members = f"/guilds/{town.guild}/members"
    await town.call("PUT", f"{members}/{town.ben.id}/roles/{low}", town.ben, status=204, events=("MemberUpdated",))
    await town.call("PUT", f"{members}/{town.ben.id}/roles/{low}", town.ben, status=204)
    await town.call("PUT", f"{members}/{town.ben.id}/roles/{high}", town.ben, status=403, code=50013)
    await town.call("PUT", f"{members}/{town.ben.id}/roles/{town.guild}", status=400, code=50028)
    await town.call("PUT", f"{members}/{town.ben.id}/roles/77", status=404, code=10011)
    await town.call("PUT", f"{members}/{town.eve.id}/roles/{low}", status=404, code=10007)
    all_of_them = {"roles": [str(high), str(low)]}
    answer = await town.call("PATCH", f"{members}/{town.ada.id}", json=all_of_them, events=("MemberUpdated",))
    assert answer.json["roles"] == [str(low), str(high)]
    await town.call("DELETE", f"{members}/{town.ada.id}/roles/{high}", town.ben, status=403, code=50013)
    await town.call("DELETE", f"{members}/{town.ada.id}/roles/{high}", status=204, events=("MemberUpdated",))
    await town.call("PATCH", f"{members}/{town.ada.id}", json={"roles": ["x"]}, status=400, code=50035)


async def test_timeouts(town: Town) -> None:
    path = f"/guilds/{town.guild}/members/{town.ben.id}"
    now = town.kit.app.clock.now_ms()
    until = {"communication_disabled_until": iso(now + 60_000)}
    answer = await town.call("PATCH", path, json=until, events=("MemberUpdated",))
    assert answer.json["communication_disabled_until"] is not None
    rename = f"/guilds/{town.guild}/members/@me"
    await town.call("PATCH", rename, town.ben, json={"nick": "Quiet"}, status=403, code=50013)
    too_long = {"communication_disabled_until": iso(now + 29 * 86_400_000)}
    await town.call("PATCH", path, json=too_long, status=400, code=50035)
    await town.call("PATCH", path, json={"communication_disabled_until": "soon"}, status=400, code=50035)
    ended = await town.call("PATCH", path, json={"communication_disabled_until": None}, events=("MemberUpdated",))
    assert ended.json["communication_disabled_until"] is None
    await town.role("admins", Permission.ADMINISTRATOR, holders=(town.ben,))
    await town.call("PATCH", path, json=until, status=403, code=50013)


async def test_kick(town: Town) -> None:
    path = f"/guilds/{town.guild}/members"
    await town.enter(town.eve)
    await town.call("DELETE", f"{path}/{town.eve.id}", town.ben, status=403, code=50013)
    await town.role("guards", Permission.KICK_MEMBERS, position=2, holders=(town.ben,))
    await town.role("elders", position=4, holders=(town.eve,))
    await town.call("DELETE", f"{path}/{town.eve.id}", town.ben, status=403, code=50013)
    await town.call("DELETE", f"{path}/{town.ada.id}", town.ben, status=403, code=50013)
    await town.call("DELETE", f"{path}/{town.eve.id}", status=204, events=("MemberLeft",))
    await town.call("DELETE", f"{path}/{town.eve.id}", status=404, code=10007)
    await town.call("GET", f"/channels/{town.room}", town.eve, status=404, code=10003)


async def test_ban_and_unban(town: Town) -> None:
    bans = f"/guilds/{town.guild}/bans"
    invite = (await town.call("POST", f"/channels/{town.room}/invites", json={}, events=("InviteCreated",))).json["code"]
    reason = {"X-Audit-Log-Reason": "spam%20and%20noise"}
    events = ("MemberLeft", "MemberBanned")
    await town.call("PUT", f"{bans}/{town.ben.id}", json={}, status=204, events=events, headers=reason)
    await town.call("PUT", f"{bans}/{town.ben.id}", json={}, status=204)
    await town.call("PUT", f"{bans}/{town.eve.id}", json={}, status=204, events=("MemberBanned",))
    listed = await town.call("GET", bans)
    assert {each["user"]["username"]: each["reason"] for each in listed.json} == {"ben": "spam and noise", "eve": None}
    assert (await town.call("GET", f"{bans}/{town.ben.id}")).json["reason"] == "spam and noise"
    await town.call("POST", f"/invites/{invite}", town.ben, status=403, code=40007)
    await town.call("DELETE", f"{bans}/{town.ben.id}", status=204, events=("MemberUnbanned",))
    await town.call("DELETE", f"{bans}/{town.ben.id}", status=404, code=10026)
    await town.call("GET", f"{bans}/{town.ben.id}", status=404, code=10026)
    await town.call("POST", f"/invites/{invite}", town.ben, events=("MemberJoined",))
    await town.call("GET", bans, town.ben, status=403, code=50013)
    await town.call("PUT", f"{bans}/404", json={}, status=404, code=10013)
    await town.call("PUT", f"{bans}/{town.ada.id}", town.ben, json={}, status=403, code=50013)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_strangers_change_nobody(town: Town, method: str) -> None:
    path = f"/guilds/{town.guild}/members/{town.ben.id}"
    body = {"nick": "x"} if method == "PATCH" else None
    await town.call(method, path, town.eve, json=body, status=404, code=10004)


async def test_leave_and_come_back_without_roles(town: Town) -> None:
    role = await town.role("regulars", holders=(town.ben,))
    await town.call("DELETE", f"/users/@me/guilds/{town.guild}", town.ben, status=204, events=("MemberLeft",))
    await town.call("DELETE", f"/users/@me/guilds/{town.guild}", town.ben, status=404, code=10004)
    await town.enter(town.ben)
    back = await town.call("GET", f"/guilds/{town.guild}/members/{town.ben.id}")
    assert str(role) not in back.json["roles"]
