"""Polls over HTTP: their limits, votes, and that they end by themselves, also while the server was down."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.kit.server import Kit, Person, open_kit

HOUR_MS = 3_600_000


def question(*answers: str, **more: Any) -> dict[str, Any]:
    """The body of a message with a poll."""
    media = [{"poll_media": {"text": text}} for text in answers]
    return {"poll": {"question": {"text": "What?"}, "answers": media, **more}}


async def ask(room: Room, *answers: str, **more: Any) -> str:
    """Ask; returns the message's id."""
    answer = await room.post(question(*answers, **more))
    assert answer.status == 200, answer.text
    return str(answer.json["id"])


def votes_path(channel: int, message_id: str) -> str:
    """Where one votes."""
    return f"/api/v10/channels/{channel}/polls/{message_id}/answers/@me"


async def results(kit: Kit, person: Person, channel: int, message_id: str) -> dict[int, tuple[int, bool]]:
    """Counts and own votes by answer."""
    message = (await kit.request("GET", f"/api/v10/channels/{channel}/messages/{message_id}", person)).json
    return {each["id"]: (each["count"], each["me_voted"]) for each in message["poll"]["results"]["answer_counts"]}


async def test_votes_are_counted_per_reader(room: Room) -> None:
    message = await ask(room, "a", "b")
    path = votes_path(room.channel, message)
    await room.kit.scenario("PUT", path, room.ada, json={"answer_ids": [1]}, status=204, events=["VoteCast"])
    await room.kit.scenario("PUT", path, room.ben, json={"answer_ids": ["2"]}, status=204, events=["VoteCast"])
    await room.kit.scenario("PUT", path, room.ben, json={"answer_ids": [2]}, status=204)
    changed = ["VoteTakenBack", "VoteCast"]
    await room.kit.scenario("PUT", path, room.ben, json={"answer_ids": [1]}, status=204, events=changed)
    assert await results(room.kit, room.ben, room.channel, message) == {1: (2, True)}
    await room.kit.scenario("PUT", path, room.ada, json={"answer_ids": []}, status=204, events=["VoteTakenBack"])
    assert await results(room.kit, room.ada, room.channel, message) == {1: (1, False)}


@pytest.mark.parametrize(
    "body",
    [
        question(),
        question(*"abcdefghijk"),
        question("x" * 56),
        question("  "),
        question("a", duration=0),
        question("a", duration=769),
        question("a", layout_type=2),
        {"poll": {"question": {"text": "x" * 301}, "answers": [{"poll_media": {"text": "a"}}]}},
    ],
)
async def test_what_discord_refuses(room: Room, body: dict[str, Any]) -> None:
    assert (await room.post(body)).status == 400


async def test_who_may_vote_and_for_what(room: Room) -> None:
    message = await ask(room, "a", "b")
    path = votes_path(room.channel, message)
    for answers in ([3], [0], [1, 2], ["x"]):
        await room.kit.scenario("PUT", path, room.ben, json={"answer_ids": answers}, status=400)
    await room.kit.scenario("PUT", path, room.eve, json={"answer_ids": [1]}, status=404, has=["10003"])
    plain = str((await room.say("no poll"))["id"])
    await room.kit.scenario("PUT", votes_path(room.channel, plain), room.ben, json={"answer_ids": [1]}, status=400, has=["520006"])
    end = f"/api/v10/channels/{room.channel}/polls/{message}/expire"
    await room.kit.scenario("POST", end, room.ben, status=403, has=["50005"])
    await room.kit.scenario("POST", end, room.ada, events=["MessageEdited", "MessageSent"], has=['"is_finalized":true'])
    await room.kit.scenario("PUT", path, room.ben, json={"answer_ids": [1]}, status=400, has=["520001"])
    voters = f"/api/v10/channels/{room.channel}/polls/{message}/answers"
    await room.kit.scenario("GET", f"{voters}/1?limit=5", room.ben, has=['"users":[]'])
    await room.kit.scenario("GET", f"{voters}/9", room.ben, status=400)


async def test_a_role_without_polls_asks_nothing(room: Room) -> None:
    base = f"/api/v10/guilds/{room.guild}/roles/{room.guild}"
    await room.kit.request("PATCH", base, room.ada, json={"permissions": str(1 << 10 | 1 << 11)})
    assert (await room.post(question("a"), room.ben)).status == 403


async def test_a_poll_goes_with_its_message(room: Room) -> None:
    message = await ask(room, "a")
    await room.kit.request("PUT", votes_path(room.channel, message), room.ben, json={"answer_ids": [1]})
    await room.kit.scenario("DELETE", f"{room.path}/{message}", room.ada, status=204, events=["MessageDeleted"])
    voters = f"/api/v10/channels/{room.channel}/polls/{message}/answers/1"
    await room.kit.scenario("GET", voters, room.ben, status=404, has=["10008"])


async def test_a_poll_ends_while_the_server_is_down(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        channel = await kit.channel(ada, await kit.guild(ada))
        path = f"/api/v10/channels/{channel}/messages"
        message = (await kit.request("POST", path, ada, json=question("a", "b", duration=1))).json
        await kit.request("PUT", votes_path(channel, message["id"]), ada, json={"answer_ids": [2]})
    clock.advance(HOUR_MS + 1)
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        async with asyncio.timeout(20):
            while len(found := (await kit.request("GET", path, ada)).json) < 2:
                await asyncio.sleep(0.05)
        assert [each["type"] for each in found] == [46, 0]
        assert found[1]["poll"]["results"] == {"answer_counts": [{"id": 2, "count": 1, "me_voted": True}], "is_finalized": True}
        assert found[0]["referenced_message"]["id"] == message["id"]
