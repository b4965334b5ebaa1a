"""discord.py asks, hears votes, lists voters and ends a poll."""

from __future__ import annotations

import datetime

import discord
import pytest

from tests.contract.description import Description
from tests.contract.discord_client import connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import guild_of, make_set
from tests.kit.server import Kit


@pytest.fixture
def story(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


async def test_a_poll_from_question_to_result(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        poll = discord.Poll("Tea or coffee?", datetime.timedelta(hours=2), multiple=True)
        poll.add_answer(text="Tea", emoji="🍵")
        poll.add_answer(text="Coffee")
        message = await channel.send(poll=poll)
        heard = await client.wait_event("message", lambda m: m.id == message.id)
        assert heard.poll.question == "Tea or coffee?" and heard.poll.multiple
        assert str(heard.poll.answers[0].emoji) == "🍵"
        votes = f"/api/v10/channels/{channel.id}/polls/{message.id}/answers/@me"
        for ids in ([1, 2], [2]):
            assert (await story.kit.request("PUT", votes, made.owner, json={"answer_ids": ids})).status == 204
        added = await client.wait_event("raw_poll_vote_add", lambda raw: raw.answer_id == 1)
        assert (added.user_id, added.message_id) == (made.owner.id, message.id)
        await client.wait_event("raw_poll_vote_remove", lambda raw: raw.answer_id == 1)
        fetched = await channel.fetch_message(message.id)
        assert fetched.poll is not None
        assert [each.vote_count for each in fetched.poll.answers] == [0, 1]
        assert [user.id async for user in fetched.poll.answers[1].voters()] == [made.owner.id]
        ended = await fetched.poll.end()
        assert ended.is_finalised()
        result = await client.wait_event("message", lambda m: m.type is discord.MessageType.poll_result)
        assert result.reference is not None and result.reference.message_id == message.id
        told = {field.name: field.value for field in result.embeds[0].fields}
        assert (told["victor_answer_text"], told["total_votes"]) == ("Coffee", "1")
        with pytest.raises(discord.HTTPException) as over:
            await fetched.poll.end()
        assert over.value.code == 520001
