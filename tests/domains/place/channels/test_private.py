"""Direct messages: one channel for two, a new one for each group, seen by nobody else."""

from __future__ import annotations

import asyncio

from agora.domains.place.channels import open_dm
from agora.domains.place.permissions import Directory
from tests.domains.place.conftest import API, Town

MINE = "/users/@me/channels"


async def test_two_people_have_one_channel(town: Town) -> None:
    body = {"recipient_id": str(town.ben.id)}
    made = await town.call("POST", MINE, json=body, events=("ChannelCreated",))
    assert (made.json["type"], [each["username"] for each in made.json["recipients"]]) == (1, ["ben"])
    assert (await town.call("POST", MINE, json=body)).json["id"] == made.json["id"]
    other = await town.call("POST", MINE, town.ben, json={"recipients": [str(town.ada.id)]})
    assert other.json["id"] == made.json["id"]
    assert [each["username"] for each in other.json["recipients"]] == ["ada"]
    assert [each["id"] for each in (await town.call("GET", MINE, town.ben)).json] == [made.json["id"]]
    assert (await town.call("GET", MINE, town.eve)).json == []
    await town.call("GET", f"/channels/{made.json['id']}", town.eve, status=404, code=10003)
    await town.call("DELETE", f"/channels/{made.json['id']}", status=400, code=50003)
    await town.call("PATCH", f"/channels/{made.json['id']}", json={"name": "x"}, status=400, code=50003)


async def test_opened_by_both_at_once_it_is_still_one(town: Town) -> None:
    calls = [(town.ada, town.ben), (town.ben, town.ada)] * 3
    answers = await asyncio.gather(*(town.kit.request("POST", API + MINE, a, json={"recipient_id": str(b.id)}) for a, b in calls))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1


async def test_an_administrator_elsewhere_sees_no_private_words(town: Town) -> None:
    owner = await town.kit.person("boss", owner=True)
    made = await town.call("POST", MINE, town.ben, json={"recipient_id": str(town.eve.id)}, events=("ChannelCreated",))
    for person in (town.ada, owner):
        await town.call("GET", f"/channels/{made.json['id']}", person, status=404, code=10003)


async def test_groups(town: Town) -> None:
    body = {"recipients": [str(town.ben.id), str(town.eve.id)]}
    made = await town.call("POST", MINE, json=body, events=("ChannelCreated",))
    assert (made.json["type"], made.json["owner_id"], len(made.json["recipients"])) == (3, str(town.ada.id), 2)
    path = f"/channels/{made.json['id']}"
    named = await town.call("PATCH", path, town.ben, json={"name": "Us three"}, events=("ChannelUpdated", "MessageSent"))
    assert named.json["name"] == "Us three"
    await town.call("DELETE", path, events=("ChannelUpdated", "MessageSent"))
    await town.call("GET", path, status=404, code=10003)
    rest = await town.call("GET", path, town.ben)
    assert rest.json["owner_id"] in {str(town.ben.id), str(town.eve.id)}
    await town.call("DELETE", path, town.ben, events=("ChannelUpdated", "MessageSent"))
    await town.call("DELETE", path, town.eve, events=("ChannelDeleted",))
    await town.call("GET", path, town.eve, status=404, code=10003)
    again = await town.call("POST", MINE, json=body, events=("ChannelCreated",))
    assert again.json["id"] != made.json["id"]


async def test_with_whom_it_cannot_be(town: Town) -> None:
    await town.call("POST", MINE, json={"recipient_id": "404"}, status=404, code=10013)
    await town.call("POST", MINE, json={"recipient_id": str(town.ada.id)}, status=400, code=50033)
    await town.call("POST", MINE, json={}, status=400, code=50035)
    await town.call("POST", MINE, json={"recipient_id": "x"}, status=400, code=50035)
    many = [str((await town.kit.person(f"many{n}")).id) for n in range(10)]
    town.kit.take_events()
    await town.call("POST", MINE, json={"recipients": many}, status=400, code=50033)


async def test_the_server_opens_one_for_two_others(town: Town) -> None:
    channel_id = await open_dm(town.kit.ctx(), [town.ben.id, town.eve.id])
    channel = town.kit.app.get(Directory).channel(channel_id)
    assert channel is not None
    assert channel.recipients == tuple(sorted((town.ben.id, town.eve.id)))
