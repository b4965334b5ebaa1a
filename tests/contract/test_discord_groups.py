"""Groups as the released discord.py sees them: who is in one, what is told there, and leaving it."""

from __future__ import annotations

import discord
import pytest

from agora.domains.place.guilds import add_member
from tests.contract.description import Description
from tests.contract.discord_client import connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import make_set
from tests.kit.server import Kit


@pytest.fixture
def story(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


async def test_people_of_a_group_come_and_go(story: Story) -> None:
    made = await make_set(story)
    third = await story.kit.person("the-third")
    await add_member(story.kit.ctx(), made.guild_id, third.id)
    people = [str(made.bot.id), str(third.id)]
    group = (await story.call(made.owner, "POST", "/users/@me/channels", {"recipients": people}))["id"]
    path = f"/channels/{group}/recipients/{third.id}"
    async with connected(story, made.bot) as client:
        channel = await client.fetch_channel(int(group))
        assert isinstance(channel, discord.GroupChannel)
        assert {each.name for each in channel.recipients} == {"the-owner", "the-third"}
        await story.call(made.owner, "DELETE", path, status=204)
        told = await client.wait_event("message", lambda m: m.type is discord.MessageType.recipient_remove)
        assert (told.author.name, [each.name for each in told.mentions]) == ("the-owner", ["the-third"])
        channel = await client.fetch_channel(int(group))
        assert isinstance(channel, discord.GroupChannel)
        assert [each.name for each in channel.recipients] == ["the-owner"]
        await story.call(made.owner, "PUT", path, {}, 204)
        told = await client.wait_event("message", lambda m: m.type is discord.MessageType.recipient_add)
        assert (told.author.name, [each.name for each in told.mentions]) == ("the-owner", ["the-third"])
        [newest] = [each async for each in channel.history(limit=1)]
        assert newest.system_content == "the-owner added the-third to the group."
        await channel.send("welcome")
        await channel.leave()
        with pytest.raises(discord.NotFound):
            await client.fetch_channel(channel.id)
