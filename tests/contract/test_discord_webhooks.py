"""The real discord.py makes webhooks and speaks through them."""

from __future__ import annotations

import io

import aiohttp
import discord
import pytest

from tests.contract.description import Description
from tests.contract.discord_client import connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import guild_of, make_set
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit


@pytest.fixture
def library(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


async def test_a_bot_makes_and_uses_one(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        guild = guild_of(client, made)
        channel = guild.text_channels[0]
        hook = await channel.create_webhook(name="Herald", avatar=png(16, 16), reason="news")
        assert (await client.wait_event("webhooks_update")).id == channel.id
        assert [each.id for each in await channel.webhooks()] == [hook.id] == [each.id for each in await guild.webhooks()]
        assert hook.avatar is not None and await hook.avatar.read() == png(16, 16)
        sent = await hook.send("read all about it", username="Crier", wait=True)
        assert (sent.webhook_id, sent.author.name, sent.author.bot) == (hook.id, "Crier", True)
        heard = await client.wait_event("message", lambda m: m.id == sent.id)
        assert (heard.webhook_id, heard.author.name, heard.author.id) == (hook.id, "Crier", hook.id)
        changed = await sent.edit(content="changed", attachments=[discord.File(io.BytesIO(b"x"), "x.txt")])
        assert (changed.content, changed.attachments[0].filename) == ("changed", "x.txt")
        assert (await hook.fetch_message(sent.id)).content == "changed"
        await sent.delete()
        with pytest.raises(discord.NotFound) as gone:
            await hook.fetch_message(sent.id)
        assert gone.value.code == 10008
        thread = await channel.create_thread(name="news", type=discord.ChannelType.public_thread)
        inside = await hook.send("inside", wait=True, thread=thread)
        assert inside.channel.id == thread.id
        await hook.edit(name="Bell", reason="louder")
        assert (await client.fetch_webhook(hook.id)).name == "Bell"
        await hook.delete()
        with pytest.raises(discord.NotFound) as missing:
            await client.fetch_webhook(hook.id)
        assert missing.value.code == 10015


async def test_a_program_with_only_the_token(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client, aiohttp.ClientSession() as session:
        channel = guild_of(client, made).text_channels[0]
        hook = await channel.create_webhook(name="Herald")
        alone = discord.Webhook.partial(hook.id, hook.token or "", session=session)
        assert (await alone.fetch(prefer_auth=False)).name == "Herald"
        picture = discord.File(io.BytesIO(png(3, 3)), "a.png")
        embed = discord.Embed(title="T").set_image(url="attachment://a.png")
        sent = await alone.send("with a picture", embed=embed, file=picture, wait=True)
        assert sent.embeds[0].image.url == sent.attachments[0].url
        assert await alone.send("quiet") is None
        await client.wait_event("message", lambda m: m.content == "quiet")
