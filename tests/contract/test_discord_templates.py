"""discord.py makes, looks up, uses, renames, brings up to date and deletes a community's template."""

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


async def test_a_template_from_making_to_deletion(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        channel = guild.text_channels[0]
        await channel.set_permissions(guild.default_role, send_messages=False)
        template = await guild.create_template(name="A library", description="With stacks")
        assert (template.name, template.description, template.uses) == ("A library", "With stacks", 0)
        assert template.creator == client.user and template.is_dirty is False
        assert [one.code for one in await guild.templates()] == [template.code]
        found = await client.fetch_template(template.code)
        source = found.source_guild
        assert (source.id, source.name) == (guild.id, "Library")
        assert {role.name for role in source.roles} == {"@everyone", "Admins"}
        assert [one.name for one in source.text_channels] == [channel.name]
        [(role, overwrite)] = source.text_channels[0].overwrites.items()
        assert (role.name, overwrite.send_messages) == ("@everyone", False)
        assert source.text_channels[0].category is not None
        await guild.create_text_channel("annex")
        assert (await client.fetch_template(template.code)).is_dirty is True
        synced = await template.sync()
        assert synced.is_dirty is False
        assert {one.name for one in synced.source_guild.text_channels} == {channel.name, "annex"}
        renamed = await template.edit(name="Two rooms", description=None)
        assert (renamed.name, renamed.description) == ("Two rooms", None)
        with pytest.raises(discord.Forbidden) as refused, pytest.warns(DeprecationWarning):
            await template.create_guild("Mine")
        assert refused.value.code == 20001
    async with connected(story, made.owner) as client:
        template = await client.fetch_template(template.code)
        with pytest.warns(DeprecationWarning):
            second = await template.create_guild("Second library")
        joined = await client.wait_event("guild_join", lambda guild: guild.id == second.id)
        assert joined.owner_id == made.owner.id
        assert {one.name for one in joined.text_channels} == {channel.name, "annex"}
        assert [role.name for role in joined.roles] == ["@everyone", "Admins"]
        assert {one.name for one in (await joined.fetch_channels())} >= {channel.name, "annex"}
        assert (await client.fetch_template(template.code)).uses == 1
        await template.delete()
        with pytest.raises(discord.NotFound) as gone:
            await client.fetch_template(template.code)
        assert gone.value.code == 10057
