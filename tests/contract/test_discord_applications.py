"""discord.py asks for and changes its application, lists the bots of a community and removes one."""

from __future__ import annotations

import discord
import pytest

from tests.contract.description import Description
from tests.contract.discord_client import connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import guild_of, make_set
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit


@pytest.fixture
def story(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


async def test_an_application_and_its_integration(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        info = await client.application_info()
        assert (info.name, info.description, info.owner.id) == ("librarian", "", made.owner.id)
        edited = await info.edit(description="Lends books", icon=png(16, 16))
        assert edited is not None and edited.description == "Lends books" and edited.icon is not None
        assert (await client.application_info()).description == "Lends books"
        guild = guild_of(client, made)
        assert (await client.fetch_guild_preview(guild.id)).approximate_member_count == 2
        (integration,) = await guild.integrations()
        assert isinstance(integration, discord.BotIntegration)
        assert integration.application.user is not None and integration.application.user.id == made.bot.id
        await integration.delete()
        await client.wait_event("guild_remove", lambda gone: gone.id == guild.id)
