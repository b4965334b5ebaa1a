"""The real discord.py follows an announcement channel and publishes in it."""

from __future__ import annotations

import discord
import pytest

from tests.contract.description import Description
from tests.contract.discord_client import connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import guild_of, make_set
from tests.kit.server import Kit


@pytest.fixture
def library(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


async def test_a_bot_follows_and_publishes(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        guild = guild_of(client, made)
        news, target = await guild.create_text_channel("news", news=True), guild.text_channels[0]
        assert news.is_news()
        hook = await news.follow(destination=target, reason="to hear of it")
        assert (await client.wait_event("webhooks_update", lambda c: c.id == target.id)).id == target.id
        notice = await client.wait_event("message", lambda m: m.type is discord.MessageType.channel_follow_add)
        assert notice.content == f"{guild.name} #news"
        assert notice.reference is not None and notice.reference.channel_id == news.id
        listed = (await target.webhooks())[0]
        assert (listed.id, listed.type, listed.token) == (hook.id, discord.WebhookType.channel_follower, None)
        assert listed.source_channel is not None and listed.source_channel.id == news.id
        assert listed.source_guild is not None and listed.source_guild.id == guild.id
        message = await news.send("hear", embed=discord.Embed(title="T"))
        await message.publish()
        assert (await news.fetch_message(message.id)).flags.crossposted
        copy = await client.wait_event("message", lambda m: m.channel.id == target.id and m.webhook_id == hook.id)
        assert copy.flags.is_crossposted and not copy.flags.crossposted
        assert (copy.content, copy.embeds[0].title, copy.author.name) == ("hear", "T", f"{guild.name} #news")
        assert copy.reference is not None
        assert (copy.reference.message_id, copy.reference.channel_id) == (message.id, news.id)
        with pytest.raises(discord.HTTPException) as twice:
            await message.publish()
        assert twice.value.code == 40033
        await message.edit(content="changed")
        await client.wait_event("message_edit", lambda _, after: (after.id, after.content) == (copy.id, "changed"))
        await message.delete()
        _, gone = await client.wait_event("message_edit", lambda _, after: after.id == copy.id and after.content != "changed")
        assert gone.flags.source_message_deleted and gone.content == "[Original Message Deleted]"
        await listed.delete()
        assert await target.webhooks() == []
