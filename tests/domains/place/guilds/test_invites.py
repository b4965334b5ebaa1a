"""Invitations: made, looked at, taken, ended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from agora.kernel.clock import FrozenClock
from agora.protocol.permissions import Permission
from tests.domains.place.conftest import API, Town
from tests.kit.server import open_kit


async def make(town: Town, **body: Any) -> str:
    answer = await town.call("POST", f"/channels/{town.room}/invites", json=body, events=("InviteCreated",))
    code: str = answer.json["code"]
    return code


async def test_a_second_person_joins(town: Town) -> None:
    code = await make(town)
    seen = await town.call("GET", f"/invites/{code}?with_counts=true", town.eve)
    assert (seen.json["guild"]["name"], seen.json["approximate_member_count"]) == ("Town", 2)
    assert "uses" not in seen.json
    joined = await town.call("POST", f"/invites/{code}", town.eve, events=("MemberJoined",))
    assert joined.json["new_member"] is True
    again = await town.call("POST", f"/invites/{code}", town.eve)
    assert again.json["new_member"] is False
    await town.call("GET", f"/channels/{town.room}", town.eve)
    listed = await town.call("GET", f"/guilds/{town.guild}/invites")
    assert [(each["code"], each["uses"]) for each in listed.json] == [(code, 1)]
    assert (await town.call("GET", f"/channels/{town.room}/invites")).json[0]["code"] == code


async def test_used_up(town: Town) -> None:
    code = await make(town, max_uses=1)
    people = [town.eve, *[await town.kit.person(f"guest{n}") for n in range(3)]]
    town.kit.take_events()
    answers = await asyncio.gather(*(town.kit.request("POST", f"{API}/invites/{code}", p) for p in people))
    assert sorted(answer.status for answer in answers) == [200, 404, 404, 404]
    await town.call("GET", f"/invites/{code}", status=404, code=10006)


async def test_too_old(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = await kit.channel(ada, guild)
        codes = []
        for age in (60, 0):
            answer = await kit.request("POST", f"{API}/channels/{room}/invites", ada, json={"max_age": age})
            codes.append(answer.json["code"])
        clock.advance(60_000)
        assert (await kit.request("GET", f"{API}/invites/{codes[0]}", ada)).status == 404
        endless = await kit.request("GET", f"{API}/invites/{codes[1]}", ada)
        assert endless.json["expires_at"] is None


async def test_withdrawn_by_who_may(town: Town) -> None:
    own = (await town.call("POST", f"/channels/{town.room}/invites", town.ben, json={}, events=("InviteCreated",))).json
    other = await make(town)
    await town.call("DELETE", f"/invites/{other}", town.ben, status=403, code=50013)
    await town.call("DELETE", f"/invites/{own['code']}", town.ben, events=("InviteDeleted",))
    await town.role("keepers", Permission.MANAGE_GUILD, holders=(town.ben,))
    await town.call("DELETE", f"/invites/{other}", town.ben, events=("InviteDeleted",))
    await town.call("DELETE", f"/invites/{other}", town.ben, status=404, code=10006)


async def test_who_may_not_invite(town: Town) -> None:
    deny = {"type": 0, "deny": str(int(Permission.CREATE_INSTANT_INVITE))}
    await town.call("PUT", f"/channels/{town.room}/permissions/{town.guild}", json=deny, status=204, events=("ChannelUpdated",))
    path = f"/channels/{town.room}/invites"
    await town.call("POST", path, town.ben, json={}, status=403, code=50013)
    await town.call("POST", path, town.eve, json={}, status=404, code=10003)
    await town.call("GET", path, town.ben, status=403, code=50013)
    await town.call("GET", f"/guilds/{town.guild}/invites", town.ben, status=403, code=50013)
    await town.call("POST", "/channels/99/invites", json={}, status=404, code=10003)


BAD_INVITATIONS: list[dict[str, Any]] = [{"max_age": -1}, {"max_uses": 101}, {"max_age": "long"}]


async def test_bad_invitations(town: Town) -> None:
    for body in BAD_INVITATIONS:
        await town.call("POST", f"/channels/{town.room}/invites", json=body, status=400, code=50035)


async def test_bots_are_put_and_not_invited(town: Town) -> None:
    robot = await town.kit.person("robot", bot=True)
    code = await make(town)
    await town.call("POST", f"/invites/{code}", robot, status=403, code=20001)
