"""The real discord.py uploads, reads, changes and downloads files."""

from __future__ import annotations

import io
from typing import Any

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


def file(content: bytes, name: str, **more: Any) -> discord.File:
    """A file as discord.py sends it."""
    return discord.File(io.BytesIO(content), name, **more)


async def test_uploads_and_downloads(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        picture = file(png(64, 32), "été 1.png", description="A blue field", spoiler=True)
        sent = await channel.send("two files", files=[file(b"# Notes", "notes.md"), picture], nonce="f1")
        notes, image = sent.attachments
        assert (notes.filename, notes.size, notes.content_type) == ("notes.md", 7, "text/markdown; charset=utf-8")
        assert (image.filename, image.width, image.height, image.description) == ("SPOILER_été_1.png", 64, 32, "A blue field")
        assert image.is_spoiler() and not notes.is_spoiler()
        assert await image.read() == png(64, 32)
        assert (await notes.to_file()).fp.read() == b"# Notes"
        heard = await client.wait_event("message", lambda m: m.id == sent.id)
        assert [each.id for each in heard.attachments] == [notes.id, image.id]
        fetched = await channel.fetch_message(sent.id)
        assert await fetched.attachments[1].read() == png(64, 32)
        again = await channel.send("two files", files=[file(b"# Notes", "notes.md")], nonce="f1")
        assert again.id == sent.id and len(again.attachments) == 2, "a nonce makes a retry safe"


async def test_edits(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        sent = await channel.send(file=file(b"one", "one.txt"))
        added = await sent.add_files(file(b"two", "two.txt"))
        assert [each.filename for each in added.attachments] == ["one.txt", "two.txt"]
        less = await added.remove_attachments(added.attachments[0])
        assert [each.filename for each in less.attachments] == ["two.txt"]
        _, after = await client.wait_event("message_edit", lambda _, after: len(after.attachments) == 1)
        assert await after.attachments[0].read() == b"two"
        swapped = await less.edit(attachments=[less.attachments[0], file(b"three", "three.txt")])
        assert [each.filename for each in swapped.attachments] == ["two.txt", "three.txt"]
        gone = swapped.attachments[0]
        await swapped.delete()
        with pytest.raises(discord.NotFound):
            await gone.read()


async def test_an_embed_shows_the_message_s_own_file(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        embed = discord.Embed(title="A field").set_image(url="attachment://field.png")
        sent = await channel.send(embed=embed, file=file(png(), "field.png"))
        assert sent.embeds[0].image.url == sent.attachments[0].url


async def test_a_post_in_a_forum_has_files(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        forum = await guild_of(client, made).create_forum("questions")
        thread, first = await forum.create_thread(name="How?", content="like this", file=file(b"steps", "steps.txt"))
        assert first.id == thread.id and first.channel.id == thread.id
        assert f"/attachments/{thread.id}/" in first.attachments[0].url
        assert await first.attachments[0].read() == b"steps"
        fetched = await thread.fetch_message(first.id)
        assert await fetched.attachments[0].read() == b"steps"


async def test_what_is_refused(library: Story) -> None:
    made = await make_set(library)
    async with connected(library, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        with pytest.raises(discord.HTTPException) as large:
            await channel.send(file=file(b"\x00" * ((25 << 20) + 1), "large.bin"))
        assert (large.value.status, large.value.code) == (413, 40005)
        with pytest.raises(discord.HTTPException) as huge:
            await channel.send(file=file(png(50_000, 50_000), "bomb.png"))
        assert huge.value.code == 50035 and "50000 × 50000" in huge.value.text
