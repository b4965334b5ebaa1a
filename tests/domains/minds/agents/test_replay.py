"""A turn run again: the same text where it must be, and the reason where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora.domains.minds.agents.replay import replay_turn
from agora.domains.minds.agents.scene import find_scene
from agora.domains.minds.agents.turn_cli import describe
from agora.inference.fake import FakeEngine
from agora.inference.pages import find_start, mark
from agora.kernel.errors import Conflict, NotFound
from tests.domains.minds.agents.stage import Stage, open_stage
from tests.domains.minds.models.test_talk import TALK, answer, start
from tests.kit.server import open_kit


async def talk(stage: Stage) -> tuple[int, int]:
    """A few messages and an agent's answer: the ids of the turn and of what was asked."""
    for text in ("good morning", "the river is high today"):
        await stage.say(text)
    asked = await stage.say("what do you think, Kofi?")
    await stage.quiet()
    answers = await stage.by_agents()
    return int(answers[-1].nonce or 0), asked


async def test_a_turn_is_written_again_with_the_same_text(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        turn_id, _ = await talk(stage)
        before = len(stage.engine.requests)
        done = await replay_turn(stage.kit.app, turn_id)
        assert (done.same, done.differs, done.deterministic) == (True, (), True)
        assert describe(done) == "The text is the same, byte for byte."
        answer = (await stage.by_agents())[-1]
        assert (await replay_turn(stage.kit.app, answer.id)).turn_id == str(turn_id)
        assert len(stage.engine.requests) == before, "an engine of its own, nothing of the server's"
        assert len(await stage.by_agents()) == len(await stage.by_agents())


async def test_what_was_changed_since_is_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        turn_id, asked = await talk(stage)
        path = f"/api/v10/channels/{stage.channel_id}/messages/{asked}"
        edited = await stage.kit.request("PATCH", path, stage.owner, json={"content": "something else, Kofi?"})
        assert edited.status == 200
        done = await replay_turn(stage.kit.app, turn_id)
        assert not done.same
        assert "messages, names, rules or topic were changed" in describe(done)
        assert (await stage.kit.request("DELETE", path, stage.owner)).status == 204
        with pytest.raises(Conflict, match="deleted since"):
            await replay_turn(stage.kit.app, turn_id)
        with pytest.raises(NotFound, match="no turn and no agent's message"):
            await replay_turn(stage.kit.app, asked)


async def test_another_text_of_the_same_prompt_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        turn_id, _ = await talk(stage)
        monkeypatch.setattr(FakeEngine, "_choose_reply", lambda *_: "words that nobody wrote")
        done = await replay_turn(stage.kit.app, turn_id)
        assert (done.same, done.differs, done.text) == (False, (), "words that nobody wrote")
        assert "although model, prompt and seed are" in describe(done)


async def test_the_receipt_that_others_see_does_not_tell_what_the_agent_alone_was_told(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        await talk(stage)
        answer = (await stage.by_agents())[-1]
        found = await stage.kit.request("GET", f"/api/agora/messages/{answer.id}/receipt", stage.owner)
        assert found.status == 200
        assert "replay" not in found.json
        assert "Be brief." not in found.text
        assert found.json["deterministic"] is True


async def test_a_long_channel_is_cut_where_all_its_messages_say(tmp_path: Path) -> None:
    """The scene reads only the newest messages; that it goes on before them must not move its beginning with every new one."""
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        ids = [await stage.say(f"message {number}") for number in range(24)]
        await stage.quiet()
        every = [row.id for row in await stage.messages()]
        assert set(ids) <= set(every)
        scene = await stage.kit.app.db.read(find_scene, stage.channel_id, 10, ids[-1])
        start = find_start([mark(message_id) for message_id in every], 10)
        assert [said.id for said in scene.lines] == every[start:]
        assert 5 < len(scene.lines) <= 10


async def test_the_shipped_model_repeats_byte_for_byte_in_deterministic_mode(tmp_path: Path) -> None:
    flags = {
        **TALK,
        "inference.engine": "llama",
        "inference.deterministic": True,
        "inference.try_models": False,
        "inference.context": 2048,
        "inference.threads": 1,
    }
    async with open_kit(tmp_path / "data", flags=flags) as kit:
        stage = Stage(kit, FakeEngine())
        await start(stage)
        assert await answer(stage, "hello Kofi, what do you think of the river?")
        await stage.quiet()
        for turn in await stage.turns("done"):
            done = await replay_turn(kit.app, turn.id)
            assert (done.same, done.differs, done.deterministic) == (True, (), True)
            assert done.text
