"""Read marks."""

from __future__ import annotations

from agora.domains.talk.notifications import ChannelRead
from agora.domains.talk.notifications.service import read_state
from agora.kernel.events import Reach
from tests.domains.talk.conftest import Room


async def test_marks_are_kept_and_told_to_ones_own_devices(room: Room) -> None:
    kit = room.kit
    first, second = await room.say("one"), await room.say("two")
    await kit.scenario("POST", f"{room.path}/{second['id']}/ack", room.ben, json={"token": None}, events=["ChannelRead"])
    await kit.scenario("POST", f"{room.path}/{second['id']}/ack", room.ben, json={}, events=[])
    marks = [{"id": str(room.channel), "last_message_id": second["id"]}]
    assert await read_state(kit.ctx(room.ben)) == marks
    assert await read_state(kit.ctx(room.ada)) == []
    kit.take_recorded()
    await kit.request("POST", f"{room.path}/{first['id']}/ack", room.ben, json={"manual": True})
    (recorded,) = kit.take_recorded()
    assert isinstance(recorded.event, ChannelRead)
    assert recorded.audience.reach == Reach.USERS
    assert recorded.audience.users == (room.ben.id,)
    await kit.scenario("POST", f"{room.path}/{first['id']}/ack", room.eve, json={}, status=403, has=['"code":50001'])
