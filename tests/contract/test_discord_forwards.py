"""discord.py forwards a message and hears what it carries."""

from __future__ import annotations

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


async def test_a_forward_between_channels(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        source, target = guild.text_channels[0], await guild.create_text_channel("elsewhere")
        first = await source.send("carry this", embed=discord.Embed(title="T"))
        sent = await first.forward(target)
        heard = await client.wait_event("message", lambda m: m.id == sent.id)
        for message in (sent, heard, await target.fetch_message(sent.id)):
            assert message.flags.forwarded
            assert message.reference is not None
            assert message.reference.type is discord.MessageReferenceType.forward
            assert (message.reference.message_id, message.reference.channel_id) == (first.id, source.id)
            [snapshot] = message.message_snapshots
            assert (snapshot.content, snapshot.created_at, snapshot.embeds[0].title) == ("carry this", first.created_at, "T")
        await first.delete()
        assert (await target.fetch_message(sent.id)).message_snapshots[0].content == "carry this"
        with pytest.raises(discord.HTTPException) as gone:
            await first.forward(target)
        assert gone.value.code == 50035
