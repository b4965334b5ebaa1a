"""discord.py makes, renames, uses and deletes a community's emoji and sticker, and hears of it."""

from __future__ import annotations

import io

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


async def test_an_emoji_from_upload_to_deletion(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        emoji = await guild.create_custom_emoji(name="wave", image=png(16, 16), reason="hello")
        assert (emoji.name, emoji.animated, emoji.user) == ("wave", False, client.user)
        _, _, after = await client.wait_event("guild_emojis_update", lambda _, __, after: [e.id for e in after] == [emoji.id])
        assert after[0].is_usable()
        assert await emoji.read() == png(16, 16)
        channel = guild.text_channels[0]
        message = await channel.send(f"hello {emoji}")
        await message.add_reaction(emoji)
        raw = await client.wait_event("raw_reaction_add", lambda raw: raw.message_id == message.id)
        assert raw.emoji == discord.PartialEmoji(name="wave", id=emoji.id)
        [reaction] = (await channel.fetch_message(message.id)).reactions
        assert reaction.emoji == emoji and reaction.me
        assert [user.id async for user in reaction.users()] == [made.bot.id]
        await message.remove_reaction(emoji, discord.Object(made.bot.id))
        await client.wait_event("raw_reaction_remove", lambda raw: raw.emoji.id == emoji.id)
        renamed = await emoji.edit(name="hello")
        assert renamed.name == "hello"
        assert [each.name for each in await guild.fetch_emojis()] == ["hello"]
        assert (await guild.fetch_emoji(emoji.id)).user == client.user
        await client.wait_event("guild_emojis_update", lambda _, __, after: [e.name for e in after] == ["hello"])
        await emoji.delete(reason="done")
        await client.wait_event("guild_emojis_update", lambda _, before, after: len(before) == 1 and len(after) == 0)
        with pytest.raises(discord.NotFound) as gone:
            await guild.fetch_emoji(emoji.id)
        assert gone.value.code == 10014
    async with connected(story, made.bot) as client:
        entries = [entry async for entry in guild_of(client, made).audit_logs(action=discord.AuditLogAction.emoji_create)]
        assert [entry.reason for entry in entries] == ["hello"]


async def test_an_applications_own_emoji(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        emoji = await client.create_application_emoji(name="wave", image=png(16, 16))
        assert emoji.is_application_owned() and emoji.user == client.user
        assert await emoji.read() == png(16, 16)
        assert [each.id for each in await client.fetch_application_emojis()] == [emoji.id]
        message = await guild_of(client, made).text_channels[0].send(f"hello {emoji}")
        await message.add_reaction(emoji)
        raw = await client.wait_event("raw_reaction_add", lambda raw: raw.message_id == message.id)
        assert raw.emoji.id == emoji.id
        assert (await emoji.edit(name="hello")).name == "hello"
        assert (await client.fetch_application_emoji(emoji.id)).name == "hello"
        await emoji.delete()
        with pytest.raises(discord.NotFound) as gone:
            await client.fetch_application_emoji(emoji.id)
        assert gone.value.code == 10014


async def test_a_sticker_from_upload_to_deletion(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        file = discord.File(io.BytesIO(png(16, 16)), "face.png")
        sign = "\N{WAVING HAND SIGN}"
        sticker = await guild.create_sticker(name="Hello", description="A face", emoji=sign, file=file, reason="why not")
        assert (sticker.name, sticker.format) == ("Hello", discord.StickerFormatType.png)
        await client.wait_event("guild_stickers_update", lambda _, __, after: [each.id for each in after] == [sticker.id])
        assert await sticker.read() == png(16, 16)
        channel = guild.text_channels[0]
        message = await channel.send(stickers=[sticker])
        heard = await client.wait_event("message", lambda m: m.id == message.id)
        assert [item.name for item in heard.stickers] == ["Hello"]
        assert (await heard.stickers[0].fetch()).id == sticker.id
        renamed = await sticker.edit(name="Other", reason="better")
        assert renamed.name == "Other"
        assert [each.name for each in await guild.fetch_stickers()] == ["Other"]
        assert (await guild.fetch_sticker(sticker.id)).user == client.user
        await sticker.delete(reason="done")
        await client.wait_event("guild_stickers_update", lambda _, before, after: len(before) == 1 and len(after) == 0)
        with pytest.raises(discord.NotFound) as gone:
            await guild.fetch_sticker(sticker.id)
        assert gone.value.code == 10060
        with pytest.raises(discord.HTTPException) as refused:
            await channel.send(stickers=[sticker])
        assert refused.value.code == 50081
