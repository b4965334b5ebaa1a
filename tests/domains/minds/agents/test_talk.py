"""Agents among people and among themselves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agora.domains.minds.agents import TurnClass, speaking
from agora.domains.minds.agents.roster import act_as
from agora.domains.minds.agents.service import ask_to_speak
from agora.domains.minds.agents.turns import NewTurn, do_queue_turn
from agora.domains.place.channels import open_dm
from agora.domains.talk.messages import Draft, send
from agora.inference.fake import FakeEngine
from agora.kernel.ids import created_ms
from tests.domains.minds.agents.stage import NAMES, open_stage


@pytest.mark.parametrize("how", ["mention", "name", "reply"])
async def test_an_addressed_agent_answers_and_nobody_else_does(tmp_path: Path, how: str) -> None:
    async with open_stage(tmp_path, *NAMES, max_depth=1) as stage:
        kofi = stage.agent("Kofi")
        stage.engine.answer("I was born by a river.")
        if how == "reply":
            ctx = stage.kit.ctx().acting_as(act_as(kofi))
            first = (await send(ctx, stage.channel_id, Draft(content="A river."))).id
            await stage.quiet()
            asked = await stage.say("and then?", message_reference={"message_id": str(first)})
        else:
            asked = await stage.say(f"<@{kofi.user_id}> hello" if how == "mention" else "hello kofi")
        await stage.quiet()
        answers = [row for row in await stage.by_agents() if row.id > asked]
        assert [(row.author_id, row.content) for row in answers] == [(kofi.user_id, "I was born by a river.")]
        (turn,) = await stage.turns("done")
        assert (turn.urgency, turn.reason, turn.message_id, turn.sent_id) == (
            TurnClass.WAITING_PERSON,
            how,
            asked,
            answers[0].id,
        )


async def test_a_person_alone_in_the_room_is_answered_by_somebody(tmp_path: Path) -> None:
    async with open_stage(tmp_path, *NAMES, max_depth=1) as stage:
        await stage.say("good morning everybody")
        await stage.quiet()
        assert len(await stage.by_agents()) >= 1


async def test_five_agents_alone_fall_silent(tmp_path: Path) -> None:
    async with open_stage(tmp_path, *NAMES) as stage:
        for name in NAMES:
            await ask_to_speak(stage.kit.ctx(), stage.agent(name).id, stage.channel_id)
            await stage.quiet()
        said = await stage.by_agents()
        assert len(NAMES) < len(said) <= len(NAMES) * 17
        assert max(turn.depth for turn in await stage.turns("done")) < 8


async def test_an_exchange_never_grows_beyond_its_budget(tmp_path: Path) -> None:
    async with open_stage(tmp_path, *NAMES, exchange=3, max_depth=50) as stage:
        stage.engine.answer_with(lambda request: f"Kofi, Yuna, Idris, Soledad, Maëlle: {len(stage.engine.requests)}")
        await stage.say("hello Kofi")
        await stage.quiet()
        assert len(await stage.by_agents()) == 3


async def test_two_agents_alone_in_a_direct_message_come_to_an_end(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna") as stage:
        kofi, yuna = stage.agent("Kofi"), stage.agent("Yuna")
        channel_id = await open_dm(stage.kit.ctx().acting_as(act_as(kofi)), [kofi.user_id, yuna.user_id])
        await ask_to_speak(stage.kit.ctx(), kofi.id, channel_id)
        await stage.quiet()
        authors = [row.author_id for row in await stage.by_agents(channel_id)]
        assert authors[:2] == [kofi.user_id, yuna.user_id]
        assert len(authors) <= 9


async def test_a_person_in_a_direct_message_is_answered_every_time(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        kofi = stage.agent("Kofi")
        channel_id = await open_dm(stage.kit.ctx(stage.owner), [stage.owner.id, kofi.user_id])
        for number in range(5):
            await stage.say(f"number {number}", channel_id=channel_id)
            await stage.quiet()
        assert len(await stage.by_agents(channel_id)) == 5


async def test_an_agent_never_sees_a_channel_it_may_not_view(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        kofi = stage.agent("Kofi")
        deny = [{"id": str(stage.guild_id), "type": 0, "allow": "0", "deny": str(1 << 10)}]
        hidden = await stage.kit.channel(stage.owner, stage.guild_id, "hidden", permission_overwrites=deny)
        await stage.say(f"<@{kofi.user_id}> the code is swordfish", channel_id=hidden)
        await stage.say("hello Kofi, what is the code?")
        await stage.quiet()
        assert await stage.by_agents(hidden) == []
        assert all(turn.channel_id == stage.channel_id for turn in await stage.turns())
        prompts = "".join(repr(request) for request in stage.engine.requests)
        assert "what is the code" in prompts
        assert "swordfish" not in prompts


async def test_a_message_that_is_withdrawn_is_not_answered(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        await stage.kit.request("POST", "/api/agora/override/pause", stage.owner)
        asked = await stage.say("hello Kofi")
        await stage.kit.settle()
        path = f"/api/v10/channels/{stage.channel_id}/messages/{asked}"
        assert (await stage.kit.request("DELETE", path, stage.owner)).status == 204
        await stage.kit.request("POST", "/api/agora/override/resume", stage.owner)
        await stage.quiet()
        assert await stage.by_agents() == []
        (turn,) = await stage.turns()
        assert (turn.state, turn.outcome) == ("cancelled", "the message was withdrawn")


async def test_triggers_that_come_while_a_turn_waits_are_merged(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        await stage.kit.request("POST", "/api/agora/override/pause", stage.owner)
        for text in ("Kofi?", "Kofi, are you there?", "Kofi!"):
            last = await stage.say(text)
        await stage.kit.settle()
        await stage.kit.request("POST", "/api/agora/override/resume", stage.owner)
        await stage.quiet()
        assert len(await stage.by_agents()) == 1
        (turn,) = await stage.turns()
        assert (turn.merged, turn.message_id) == (2, last)


async def test_the_queue_of_an_agent_is_bounded(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", queue=2) as stage:
        await stage.kit.request("POST", "/api/agora/override/pause", stage.owner)
        for number in range(4):
            channel_id = await stage.kit.channel(stage.owner, stage.guild_id, f"room-{number}")
            await stage.say("Kofi?", channel_id=channel_id)
        await stage.kit.settle()
        assert len(await stage.turns("waiting")) == 2
        dropped = await stage.turns("cancelled")
        assert [turn.outcome for turn in dropped] == ["the agent's queue was full"] * 2


async def test_every_agent_that_sees_a_channel_shares_the_first_part_of_its_prompt(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna", max_depth=1) as stage:
        await stage.say("hello Kofi, hello Yuna")
        await stage.quiet()
        first, second = stage.engine.requests
        assert first.messages[0] == second.messages[0]
        assert first.messages[1] != second.messages[1]
        assert first.scope == second.scope


async def test_empty_and_repeated_lines_are_not_posted(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=2) as stage:
        stage.engine.answer("The river is wide.")
        await stage.say("hello Kofi")
        await stage.quiet()
        stage.engine.answer("", "  the river is WIDE", "The river is deep.")
        await stage.say("and Kofi?")
        await stage.quiet()
        assert [row.content for row in await stage.by_agents()] == ["The river is wide.", "The river is deep."]


@pytest.mark.parametrize(("replies", "posted"), [
    (("I like cups.", "Bridges are best."), "Bridges are best."),
    (("I like cups.", "I like hats.", "I like caps.", "Bridges are best."), "I like caps."),
])  # fmt: skip
async def test_the_starter_model_writes_anew_what_is_beside_the_matter_and_posts_the_third_try_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replies: tuple[str, ...], posted: str
) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:

        async def find(*_: object) -> tuple[FakeEngine, str]:
            return stage.engine, "starter"

        monkeypatch.setattr(speaking, "find_engine", find)
        stage.engine.answer(*replies)
        await stage.say("hello Kofi, what of the bridges?")
        await stage.quiet()
        assert [row.content for row in await stage.by_agents()] == [posted]


async def test_others_see_typing_and_the_text_as_it_grows(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1, pace="lively") as stage:
        kofi = stage.agent("Kofi")
        stage.engine.answer("one two three four five six seven eight nine ten eleven twelve")
        await stage.say("hello Kofi")
        await stage.quiet()
        (turn,) = await stage.turns("done")
        typing = [body for name, body in stage.whispers if name == "TYPING_START"]
        assert typing[0]["user_id"] == str(kofi.user_id)
        partial = [body for name, body in stage.whispers if name == "AGORA_MESSAGE_PARTIAL"]
        texts = [body["text"] for body in partial]
        assert texts
        assert all("one two three four five six seven eight nine ten eleven twelve".startswith(text) for text in texts)
        assert texts == sorted(texts, key=len)
        assert {body["nonce"] for body in partial} == {str(turn.id)}
        (answer,) = await stage.by_agents()
        assert answer.nonce == str(turn.id)
        assert created_ms(answer.id) - turn.created_at < 3_000


async def test_every_message_of_an_agent_has_a_receipt(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        asked = await stage.say("hello Kofi")
        await stage.quiet()
        (answer,) = await stage.by_agents()
        path = f"/api/agora/messages/{answer.id}/receipt"
        found = await stage.kit.request("GET", path, stage.owner)
        assert found.status == 200
        receipt = found.json
        assert receipt["message_ids"] == [str(asked)]
        assert receipt["memory_ids"] == []
        assert len(receipt["model_hash"]) == len(receipt["prompt_hash"]) == 64
        assert receipt["seed"] == stage.engine.requests[0].seed
        assert receipt["sampler"] == msgspec.to_builtins(stage.engine.requests[0].sampler)
        assert receipt["timings"]["total_ms"] >= 0
        stranger = await stage.kit.person("mallory")
        assert (await stage.kit.request("GET", path, stranger)).status == 404
        assert (await stage.kit.request("GET", f"/api/agora/messages/{asked}/receipt", stage.owner)).status == 404


async def test_an_agent_that_chats_stops_when_a_person_calls_upon_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        kofi = stage.agent("Kofi")
        stage.engine.stall()
        chat = NewTurn(
            agent_id=kofi.id,
            channel_id=stage.channel_id,
            guild_id=stage.guild_id,
            urgency=TurnClass.BACKGROUND,
            reason="own clock",
        )
        await stage.kit.ctx().write(do_queue_turn, chat, room=8, exchange=8)
        await stage.until(lambda: stage.engine.requests)
        await stage.say("Kofi, do you hear me?")
        await stage.until(lambda: len(stage.engine.requests) == 2)
        stage.engine.resume()
        await stage.quiet()
        (answer,) = await stage.by_agents()
        (done,) = await stage.turns("done")
        (left,) = await stage.turns("cancelled")
        assert (done.reason, done.sent_id) == ("name", answer.id)
        assert (left.reason, left.outcome) == ("own clock", "a person called upon the agent")


async def test_nobody_answers_that_somebody_left_a_group(tmp_path: Path) -> None:
    """Alone with a person in it an agent answers every word, but not the line that tells of the group."""
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        kofi, third = stage.agent("Kofi"), await stage.kit.person("third")
        group = await open_dm(stage.kit.ctx(stage.owner), [kofi.user_id, third.id])
        path = f"/api/v10/channels/{group}"
        assert (await stage.kit.request("DELETE", f"{path}/recipients/{third.id}", stage.owner)).status == 204
        named = await stage.kit.request("PATCH", path, stage.owner, json={"name": "Kofi and I"})
        assert named.status == 200, named.text
        await stage.quiet()
        assert await stage.turns() == []
        asked = await stage.say("are you there?", channel_id=group)
        await stage.quiet()
        assert [row.author_id for row in await stage.by_agents(group) if row.id > asked] == [kofi.user_id]
