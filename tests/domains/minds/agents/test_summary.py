"""A summary in the place of old history: when it is made, that the prompt's beginning stays, and what ends it."""

from __future__ import annotations

import asyncio
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from agora.domains.minds.agents import pause_agent, resume_agent
from agora.domains.minds.agents.replay import replay_turn
from agora.domains.minds.agents.scene import Said, Scene
from agora.domains.minds.agents.summarising import MOST_USELESS, Summariser
from agora.domains.minds.agents.summary import Summary, cut
from agora.domains.minds.agents.summary_queries import list_summaries
from agora.inference.errors import GenerationFailed
from agora.inference.fake import FakeEngine
from agora.inference.ports import GenerationRequest, Priority
from agora.kernel.errors import Conflict
from tests.domains.minds.agents.stage import Stage, open_stage
from tests.domains.minds.models.test_talk import TALK, answer, start
from tests.kit.server import Person, open_kit

MOST = 16
TOLD = "Kofi likes the river"
CALM: dict[str, Any] = {"max_depth": 1, "transcript": MOST, "crowd": 1}


def said(count: int, first: int = 1) -> tuple[Said, ...]:
    return tuple(Said(number, 7, f"message {number}") for number in range(first, first + count))


def told(until: int, first: int = 1) -> Summary:
    return Summary(
        id=until,
        channel_id=1,
        style="chat",
        language="en",
        first_id=first,
        last_id=until - 1,
        until_id=until,
        text="told",
        model="m",
        created_at=0,
    )


def test_a_short_channel_needs_none() -> None:
    shown = cut(Scene(said(6), None, 1), (), 8)
    assert (shown.summary, shown.wanted, len(shown.scene.lines)) == (None, None, 6)


def test_it_is_asked_for_before_the_transcript_is_too_long() -> None:
    shown = cut(Scene(said(8), None, 1), (), 8)
    assert len(shown.scene.lines) == 8
    assert shown.wanted is not None
    assert (shown.wanted.until_id, [one.id for one in shown.wanted.lines]) == (6, [1, 2, 3, 4, 5])


def test_with_it_the_beginning_stays_until_the_next_one_is_there() -> None:
    first = told(5)
    for newest in range(8, 13):
        shown = cut(Scene(said(9, newest - 8), None, newest - 8), (first,), 8)
        assert shown.summary == first
        assert [one.id for one in shown.scene.lines] == list(range(5, newest + 1))
    assert shown.wanted is not None
    assert (shown.wanted.until_id, [one.id for one in shown.wanted.lines]) == (10, [5, 6, 7, 8, 9])
    assert shown.wanted.before == first
    late = cut(Scene(said(9, 5), None, 5), (first,), 8)
    assert late.summary is None, "it did not come in time: on without"
    assert 4 < len(late.scene.lines) <= 8
    second = cut(Scene(said(9, 4), None, 4), (told(9), first), 8)
    assert second.summary == told(9)
    assert [one.id for one in second.scene.lines] == [9, 10, 11, 12]


def test_one_with_a_gap_behind_it_is_not_used() -> None:
    assert cut(Scene(said(9, 40), None, 40), (told(5),), 8).summary is None


def is_summary(request: GenerationRequest) -> bool:
    return request.priority == Priority.BACKGROUND and request.owner == "summaries"


def system_of(request: GenerationRequest) -> str:
    return request.messages[0].content


def tell(stage: Stage) -> None:
    stage.engine.answer_with(lambda request: f"- {TOLD}" if is_summary(request) else None)


async def fill(stage: Stage, count: int, word: str = "message") -> list[int]:
    """Messages that nobody answers, then one that Kofi does, and the summary if one is due."""
    kofi = stage.agent("Kofi").id
    await pause_agent(stage.kit.ctx(), kofi)  # so that he does not join in by chance
    ids = [await stage.say(f"{word} {number}") for number in range(count - 1)]
    await stage.kit.settle()
    await resume_agent(stage.kit.ctx(), kofi)
    ids.append(await stage.say(f"{word} for Kofi, what now?"))
    await stage.quiet()
    await stage.kit.app.get(Summariser).settle()
    return ids


async def kept(stage: Stage) -> list[Summary]:
    return await stage.kit.app.db.read(list_summaries, stage.channel_id)


def of_turns(stage: Stage) -> list[GenerationRequest]:
    return [request for request in stage.engine.requests if not is_summary(request)]


async def test_one_summary_a_page_and_the_prompts_begin_alike(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        await fill(stage, MOST)
        (made,) = await kept(stage)
        assert (made.text, made.model, made.style) == (f"{TOLD}.", "fake", "chat")
        every = [row.id for row in await stage.messages()]
        assert made.until_id in every
        assert (made.first_id, made.last_id) == (every[0], every[every.index(made.until_id) - 1])
        asked = [request for request in stage.engine.requests if is_summary(request)]
        assert len(asked) == 1
        assert asked[0].scope == f"channel:{stage.channel_id}"
        before = len(of_turns(stage))
        await stage.say("and now, Kofi?")
        await stage.quiet()
        await stage.say("and then, Kofi?")
        await stage.quiet()
        first, *others = [system_of(request) for request in of_turns(stage)[before:]]
        assert others
        assert TOLD in first
        assert all(other.startswith(first) for other in others), "the beginning stays"
        assert len([request for request in stage.engine.requests if is_summary(request)]) == 1, "not one a message"
        for number in range(MOST):
            await stage.say(f"and {number}, Kofi?")
            await stage.quiet()
            await stage.kit.app.get(Summariser).settle()
        second = (await kept(stage))[-2]
        assert second.until_id > made.until_id
        assert second.first_id == made.first_id, "it tells of what the first one told"
        asked = [request for request in stage.engine.requests if is_summary(request)]
        assert TOLD in system_of(asked[1])
        assert len(asked) <= len(await stage.messages()) / 6 + 1, "one a page"


async def test_it_survives_a_restart_and_a_turn_with_it_is_written_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        await fill(stage, MOST)
        channel_id, guild_id, owner = stage.channel_id, stage.guild_id, stage.owner
    async with open_stage(tmp_path, **CALM) as stage:
        stage.channel_id, stage.guild_id, stage.owner = channel_id, guild_id, owner
        (made,) = await kept(stage)
        await stage.say("and now, Kofi?")
        await stage.quiet()
        assert TOLD in system_of(stage.engine.requests[-1])
        answer = (await stage.by_agents())[-1]
        receipt = await stage.kit.request("GET", f"/api/agora/messages/{answer.id}/receipt", owner)
        assert receipt.json["summary_id"] == str(made.id)
        assert TOLD not in receipt.text, "its words are in one place only"
        assert (await replay_turn(stage.kit.app, answer.id)).same
        path = f"/api/agora/channels/{channel_id}/summaries"
        assert (await stage.kit.request("DELETE", path, owner)).json == {"dropped": 1}
        with pytest.raises(Conflict, match="summary of older messages"):
            await replay_turn(stage.kit.app, answer.id)


async def change(stage: Stage, method: str, message_id: int, **json: Any) -> None:
    path = f"/api/v10/channels/{stage.channel_id}/messages/{message_id}"
    answer = await stage.kit.request(method, path, stage.owner, json=json or None)
    assert answer.status in (200, 204), answer.text


async def test_a_deleted_message_does_not_live_on_and_the_summary_is_made_anew(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        ids = await fill(stage, MOST)
        assert await kept(stage)
        await change(stage, "DELETE", ids[1])
        assert await kept(stage) == []
        await stage.say("and now, Kofi?")
        await stage.quiet()
        await stage.kit.app.get(Summariser).settle()
        made = (await kept(stage))[0]
        assert "message 1\n" not in system_of([r for r in stage.engine.requests if is_summary(r)][-1])
        await change(stage, "DELETE", (await stage.messages())[-1].id)
        assert await kept(stage) == [made], "a newer message is not in it"


async def test_edited_and_bulk_deleted_messages_take_it_along_and_a_pin_does_not(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        ids = await fill(stage, MOST)
        made = await kept(stage)
        pin = f"/api/v10/channels/{stage.channel_id}/messages/pins/{ids[1]}"
        assert (await stage.kit.request("PUT", pin, stage.owner)).status == 204
        await stage.kit.settle()
        assert await kept(stage) == made
        await change(stage, "PATCH", ids[1], content="something else")
        await stage.kit.settle()
        assert await kept(stage) == []
        await fill(stage, 2)
        assert await kept(stage)
        path = f"/api/v10/channels/{stage.channel_id}/messages/bulk-delete"
        gone = await stage.kit.request("POST", path, stage.owner, json={"messages": [str(ids[1]), str(ids[2])]})
        assert gone.status == 204
        assert await kept(stage) == []


async def test_a_message_deleted_while_it_is_summed_up_is_not_in_a_stored_summary(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        reached = asyncio.Event()
        summariser = stage.kit.app.get(Summariser)

        def script(request: GenerationRequest) -> str | None:
            if not is_summary(request):
                return None
            reached.set()
            stage.engine.stall()
            return f"- {TOLD}"

        stage.engine.answer_with(script)
        await pause_agent(stage.kit.ctx(), stage.agent("Kofi").id)
        ids = [await stage.say(f"message {number}") for number in range(MOST - 1)]
        await stage.kit.settle()
        await resume_agent(stage.kit.ctx(), stage.agent("Kofi").id)
        await stage.say("and now, Kofi?")
        await asyncio.wait_for(reached.wait(), 20)
        await change(stage, "DELETE", ids[0])
        stage.engine.resume()
        await summariser.settle()
        assert await kept(stage) == []


async def test_a_channel_that_ends_leaves_none(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        await fill(stage, MOST)
        assert await kept(stage)
        assert (await stage.kit.request("DELETE", f"/api/v10/channels/{stage.channel_id}", stage.owner)).status == 200
        await stage.kit.settle()
        assert await kept(stage) == []


async def test_without_it_and_when_the_model_fails_all_goes_on_as_before(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "off", "Kofi", **CALM, summaries=False) as stage:
        tell(stage)
        await fill(stage, 2 * MOST)
        assert await kept(stage) == []
        assert not any(is_summary(request) for request in stage.engine.requests)
    async with open_stage(tmp_path / "fails", "Kofi", **CALM) as stage:
        stage.engine.answer_with(lambda request: GenerationFailed("no") if is_summary(request) else None)
        await fill(stage, 2 * MOST)
        answers = len(await stage.by_agents())
        await stage.say("and now, Kofi?")
        await stage.quiet()
        assert len(await stage.by_agents()) > answers
        assert await kept(stage) == []
        assert len([request for request in stage.engine.requests if is_summary(request)]) == 1, "it rests after a failure"


async def test_who_may_not_read_the_channel_does_not_read_its_summary(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        await fill(stage, MOST)
        path = f"/api/agora/channels/{stage.channel_id}/summaries"
        own = await stage.kit.request("GET", path, stage.owner)
        assert [one["text"] for one in own.json["items"]] == [f"{TOLD}."]
        stranger: Person = await stage.kit.person("mallory")
        for method, where in (("GET", path), ("DELETE", path), ("GET", "/api/agora/summaries")):
            refused = await stage.kit.request(method, where, stranger)
            assert refused.status in (403, 404), (method, where)
            assert TOLD not in refused.text
        state = await stage.kit.request("GET", "/api/agora/summaries", stage.owner)
        assert {key: state.json[key] for key in ("on", "kept", "channels", "making")} == {
            "on": True,
            "kept": 1,
            "channels": 1,
            "making": 0,
        }
        assert state.json["items"][0]["channel"] == "general"


async def test_two_channels_never_share_one(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        tell(stage)
        await fill(stage, MOST, "canary")
        private = await stage.kit.channel(stage.owner, stage.guild_id, "other")
        stage.channel_id = private
        await fill(stage, MOST, "plain")
        assert len(await kept(stage)) == 1
        for request in stage.engine.requests:
            if request.scope == f"channel:{private}":
                assert "canary" not in system_of(request)


async def test_the_shipped_model_gets_one(tmp_path: Path) -> None:
    flags = {"inference.engine": "llama", "inference.try_models": False, "inference.context": 2048, "inference.threads": 1}
    async with open_kit(tmp_path / "data", flags={**TALK, **flags, "agents.max_depth": 1}) as kit:
        stage = Stage(kit, FakeEngine())
        await start(stage)
        for number in range(10):
            await stage.say(f"the bridges over the river are {number} years old")
        assert await answer(stage, "hello Kofi, what do you think of the river?")
        await stage.quiet()
        await kit.app.get(Summariser).settle()
        made = (await kept(stage))[0]
        assert made.style == "starter"
        assert made.text


async def test_a_model_that_cannot_is_not_asked_for_ever(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", **CALM) as stage:
        stage.engine.answer_with(lambda request: "- \n- \n" if is_summary(request) else None)
        for _ in range(4):
            await fill(stage, MOST)
        made = await kept(stage)
        assert len(made) >= 4
        assert all(one.text.startswith(("alice and Kofi", "alice spoke")) and one.model == "" for one in made)
        assert len([request for request in stage.engine.requests if is_summary(request)]) == MOST_USELESS


def count_alike(words: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, other, strict=False)))


async def count_read(folder: Path, *, summaries: bool, turns: int, most: int) -> tuple[int, int]:
    """Words that all prompts of a talk have, and how many of them no earlier prompt began with; those of summaries count."""
    async with open_stage(folder, "Kofi", **(CALM | {"transcript": most}), summaries=summaries) as stage:
        stage.engine.answer_with(lambda request: f"- {TOLD}" if is_summary(request) else None)
        for number in range(turns):
            await stage.say(f"{number} is what I have to say about the river and the bridges today, Kofi")
            await stage.quiet()
            await stage.kit.app.get(Summariser).settle()
        known: list[list[str]] = []
        every = read = 0
        for request in stage.engine.requests:
            words = system_of(request).split()
            read += len(words) - max((count_alike(words, other) for other in known), default=0)
            every += len(words)
            known.append(words)
        return every, read


async def test_less_is_read_with_summaries_than_without(tmp_path: Path) -> None:
    """What `docs/agents.md` says of it: there with 80 turns and transcripts of 40 and 10 messages."""
    _, without = await count_read(tmp_path / "without", summaries=False, turns=24, most=12)
    every, read = await count_read(tmp_path / "with", summaries=True, turns=24, most=12)
    assert read < without
    assert read < every / 2
