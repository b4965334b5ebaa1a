"""The real discord.py logs in, sees, writes, hears and resumes; every REST answer it gets has Discord's shape."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import utils as discord_utils

from agora.gateway.gateway import Gateway
from agora.protocol.close_codes import CloseCode
from tests.contract.description import Description, load
from tests.contract.discord_client import Recorder, connected, redirect
from tests.contract.story import Story
from tests.kit.server import Kit, Person, open_kit

COMPRESSIONS = [c for c in ("_ZstdDecompressionContext", "_ZlibDecompressionContext") if hasattr(discord_utils, c)]


@pytest.fixture
def story(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


class Set:
    """A community with an owner and a bot."""

    def __init__(self, owner: Person, bot: Person, guild_id: int) -> None:
        self.owner = owner
        self.bot = bot
        self.guild_id = guild_id


async def make_set(story: Story) -> Set:
    """Made over REST, as contract.md says."""
    owner = await story.kit.person("the-owner")
    guild = await story.call(owner, "POST", "/guilds", {"name": "Library"})
    answer = await story.kit.request("POST", "/api/agora/bots", owner, json={"name": "librarian", "guild_id": guild["id"]})
    bot = Person(int(answer.json["id"]), "librarian", answer.json["token"])
    # the bot may do everything, so that one client can show all of REST
    role = await story.call(owner, "POST", f"/guilds/{guild['id']}/roles", {"name": "Admins", "permissions": "8"})
    await story.call(owner, "PATCH", f"/guilds/{guild['id']}/roles", [{"id": role["id"], "position": 5}])
    await story.call(owner, "PUT", f"/guilds/{guild['id']}/members/{bot.id}/roles/{role['id']}", status=204)
    return Set(owner, bot, int(guild["id"]))


def guild_of(client: Recorder, made: Set) -> discord.Guild:
    """The community as the client sees it."""
    guild = client.get_guild(made.guild_id)
    assert guild is not None
    return guild


@pytest.mark.parametrize("context", COMPRESSIONS)
async def test_both_compressions(story: Story, monkeypatch: pytest.MonkeyPatch, context: str) -> None:
    monkeypatch.setattr(discord_utils, "_ActiveDecompressionContext", getattr(discord_utils, context))
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        assert guild.name == "Library"
        assert {m.name for m in guild.members} == {"the-owner", "librarian"}
        channel = guild.text_channels[0]
        await story.call(made.owner, "POST", f"/channels/{channel.id}/messages", {"content": "été ☀️ " * 100})
        message = await client.wait_event("message")
        assert message.content == ("été ☀️ " * 100).strip()


async def test_users_guilds_and_channels(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        assert client.user is not None and client.user.name == "librarian" and client.user.bot
        assert (await client.fetch_user(made.owner.id)).name == "the-owner"
        guild = await client.fetch_guild(made.guild_id)
        assert guild.owner_id == made.owner.id
        guild = guild_of(client, made)
        await guild.edit(name="Library II", description="Books")
        await client.wait_event("guild_update", lambda _, after: after.name == "Library II")
        category = await guild.create_category("Stacks")
        channel = await guild.create_text_channel("reading", topic="Quiet", category=category)
        assert channel.category_id == category.id
        await client.wait_event("guild_channel_create", lambda c: c.id == channel.id)
        await channel.edit(name="reading-room", topic="Whisper", slowmode_delay=5)
        _, after = await client.wait_event("guild_channel_update", lambda _, after: after.id == channel.id)
        assert after.name == "reading-room"
        assert {c.id for c in await guild.fetch_channels()} == {c.id for c in guild.channels}
        assert (await client.fetch_channel(channel.id)).id == channel.id
        await channel.delete()
        await client.wait_event("guild_channel_delete", lambda c: c.id == channel.id)
        with pytest.raises(discord.NotFound) as missing:
            await client.fetch_channel(channel.id)
        assert missing.value.code == 10003


async def test_messages(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        first = await channel.send("first", nonce="abc")
        heard = await client.wait_event("message", lambda m: m.id == first.id)
        assert (heard.content, heard.author.id, heard.guild.id) == ("first", made.bot.id, made.guild_id)
        assert (await channel.send("again", nonce="abc")).id == first.id, "a nonce makes a retry safe"
        reply = await first.reply(f"<@{made.owner.id}> look", embed=discord.Embed(title="T", description="D"))
        assert reply.type is discord.MessageType.reply
        assert reply.reference is not None and reply.reference.message_id == first.id
        assert [m.id for m in reply.mentions if m.id == made.owner.id]
        edited = await first.edit(content="changed")
        assert edited.content == "changed" and edited.edited_at is not None
        await client.wait_event("message_edit", lambda _, after: after.content == "changed")
        await first.delete()
        await client.wait_event("message_delete", lambda m: m.id == first.id)
        with pytest.raises(discord.NotFound) as missing:
            await channel.fetch_message(first.id)
        assert missing.value.code == 10008
        with pytest.raises(discord.HTTPException) as empty:
            await channel.send("")
        assert empty.value.code == 50006
        with pytest.raises(discord.HTTPException) as long:
            await channel.send("x" * 2001)
        assert long.value.code == 50035
        await reply.pin()
        assert [m.id async for m in channel.pins()] == [reply.id]
        await reply.unpin()


async def test_history_is_paged_before_after_and_around(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        sent = [await channel.send(f"number {n}") for n in range(12)]
        ids = [m.id for m in sent]
        assert [m.id async for m in channel.history(limit=5)] == ids[:-6:-1]
        assert [m.id async for m in channel.history(limit=3, before=sent[5])] == ids[4:1:-1]
        assert [m.id async for m in channel.history(limit=3, after=sent[5], oldest_first=True)] == ids[6:9]
        around = [m.id async for m in channel.history(limit=5, around=sent[5])]
        assert sorted(around) == ids[3:8]
        await channel.delete_messages(sent[:3])
        await client.wait_event("raw_bulk_message_delete", lambda raw: raw.message_ids == set(ids[:3]))


async def test_reactions_and_typing(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        message = await channel.send("react")
        await client.wait_event("message", lambda m: m.id == message.id)
        await message.add_reaction("👍")
        reaction, user = await client.wait_event("reaction_add")
        assert (str(reaction.emoji), user.id) == ("👍", made.bot.id)
        fetched = await channel.fetch_message(message.id)
        assert [(str(r.emoji), r.count, r.me) for r in fetched.reactions] == [("👍", 1, True)]
        assert [u.id async for u in fetched.reactions[0].users()] == [made.bot.id]
        await message.remove_reaction("👍", discord.Object(made.bot.id))
        await client.wait_event("reaction_remove")
        await message.add_reaction("🎉")
        await message.clear_reaction("🎉")
        await client.wait_event("raw_reaction_clear_emoji")
        await message.add_reaction("🎉")
        await message.clear_reactions()
        await client.wait_event("raw_reaction_clear")
        await story.call(made.owner, "POST", f"/channels/{channel.id}/typing", status=204)
        raw = await client.wait_event("raw_typing", lambda raw: raw.user_id == made.owner.id)
        assert raw.channel_id == channel.id
        async with channel.typing():
            pass


async def test_threads(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        channel = guild.text_channels[0]
        message = await channel.send("begin here")
        thread = await message.create_thread(name="Side talk", auto_archive_duration=60)
        assert (thread.id, thread.parent_id, thread.type) == (message.id, channel.id, discord.ChannelType.public_thread)
        await client.wait_event("thread_create", lambda t: t.id == thread.id)
        said = await thread.send("inside")
        assert (await client.wait_event("message", lambda m: m.id == said.id)).channel == thread
        path = f"/channels/{thread.id}/thread-members/@me"
        await story.call(made.owner, "PUT", path, status=204)
        joined = await client.wait_event("thread_member_join", lambda m: m.id == made.owner.id)
        assert joined.thread_id == thread.id
        assert {m.id for m in await thread.fetch_members()} == {made.owner.id, made.bot.id}
        await story.call(made.owner, "DELETE", path, status=204)
        await client.wait_event("thread_member_remove", lambda m: m.id == made.owner.id)
        assert [t.id for t in await guild.active_threads()] == [thread.id]
        await thread.edit(name="Other talk", slowmode_delay=5)
        await client.wait_event("thread_update", lambda _, after: after.name == "Other talk")
        await thread.edit(archived=True, locked=True)
        await client.wait_event("raw_thread_update", lambda raw: raw.data["thread_metadata"]["archived"])
        assert [t.id async for t in channel.archived_threads()] == [thread.id]
        other = await channel.create_thread(name="Private", type=discord.ChannelType.private_thread, invitable=False)
        await other.add_user(discord.Object(made.owner.id))
        await other.remove_user(discord.Object(made.owner.id))
        await other.leave()
        await other.delete()
        await client.wait_event("raw_thread_delete", lambda raw: raw.thread_id == other.id)


async def test_forums(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        forum = await guild.create_forum("questions", available_tags=[discord.ForumTag(name="Open", emoji="\N{HOURGLASS}")])
        await client.wait_event("guild_channel_create", lambda c: c.id == forum.id)
        tag = forum.available_tags[0]
        assert (tag.name, str(tag.emoji)) == ("Open", "\N{HOURGLASS}")
        thread, message = await forum.create_thread(name="How?", content="Tell me", applied_tags=[tag])
        assert (message.content, message.id) == ("Tell me", thread.id)
        heard = await client.wait_event("thread_create", lambda t: t.id == thread.id)
        assert heard.parent_id == forum.id
        assert [each.id for each in thread.applied_tags] == [tag.id]
        await thread.send("Like this")
        await thread.edit(applied_tags=[], pinned=True)
        await client.wait_event("thread_update", lambda _, after: after.id == thread.id and not after.applied_tags)


async def test_automod(story: Story) -> None:
    made, kinds = await make_set(story), discord.AuditLogAction
    guest = await story.kit.person("the-guest")
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        channel = guild.text_channels[0]
        invite = await channel.create_invite()
        await story.call(guest, "POST", f"/invites/{invite.code}", {})
        rule = await guild.create_automod_rule(
            name="Words",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(keyword_filter=["turnip"]),
            actions=[discord.AutoModRuleAction(custom_message="No"), discord.AutoModRuleAction(channel_id=channel.id)],
            enabled=True,
        )
        await client.wait_event("automod_rule_create", lambda r: r.id == rule.id)
        await rule.edit(name="Roots")
        await client.wait_event("automod_rule_update", lambda r: r.name == "Roots")
        assert [each.name for each in await guild.fetch_automod_rules()] == ["Roots"]
        await story.call(guest, "POST", f"/channels/{channel.id}/messages", {"content": "turnip"}, 400)
        execution = await client.wait_event("automod_action")
        assert (execution.user_id, execution.matched_keyword, execution.rule_id) == (guest.id, "turnip", rule.id)
        alert = await client.wait_event("message", lambda m: m.type is discord.MessageType.auto_moderation_action)
        assert alert.embeds[0].description == "turnip"
        blocked = await client.wait_event("audit_log_entry_create", lambda e: e.action is kinds.automod_block_message)
        assert (blocked.target.id, blocked.extra.automod_rule_name) == (guest.id, "Roots")
        await rule.delete()
        await client.wait_event("automod_rule_delete", lambda r: r.id == rule.id)


async def test_the_audit_log_is_heard(story: Story) -> None:
    made = await make_set(story)
    kinds = discord.AuditLogAction
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        role = await guild.create_role(name="Readers", reason="for the café")
        entry = await client.wait_event("audit_log_entry_create", lambda e: e.reason == "for the café")
        assert (entry.user_id, entry.target.id, entry.action, entry.guild) == (made.bot.id, role.id, kinds.role_create, guild)
        assert entry.after.name == "Readers"
        channel = await guild.create_text_channel("reading")
        await channel.edit(topic="Quiet")
        entry = await client.wait_event("audit_log_entry_create", lambda e: e.action is kinds.channel_update)
        assert (entry.target, entry.before.topic, entry.after.topic) == (channel, None, "Quiet")
        await channel.set_permissions(role, read_messages=False)
        entry = await client.wait_event("audit_log_entry_create", lambda e: e.action is kinds.overwrite_create)
        assert entry.extra == role and entry.after.deny.read_messages
        invite = await channel.create_invite()
        entry = await client.wait_event("audit_log_entry_create", lambda e: e.action is kinds.invite_create)
        assert entry.after.code == invite.code
        known = [each.id async for each in guild.audit_logs(limit=100)]
        assert entry.id in known


async def test_direct_messages(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        owner = guild_of(client, made).get_member(made.owner.id)
        assert owner is not None
        channel = await owner.create_dm()
        sent = await channel.send("between us")
        assert (await client.wait_event("message", lambda m: m.id == sent.id)).guild is None
        await story.call(made.owner, "POST", f"/channels/{channel.id}/messages", {"content": "yes"})
        answer = await client.wait_event("message", lambda m: m.content == "yes")
        assert isinstance(answer.channel, discord.DMChannel)
        assert answer.author.id == made.owner.id


async def test_members_roles_and_overwrites(story: Story) -> None:
    made = await make_set(story)
    guest = await story.kit.person("the-guest")
    async with connected(story, made.bot) as client:
        guild = guild_of(client, made)
        invite = await guild.text_channels[0].create_invite(max_age=3600, max_uses=2)
        assert (await client.fetch_invite(invite.code)).guild.id == guild.id
        await story.call(guest, "POST", f"/invites/{invite.code}", {})
        member = await client.wait_event("member_join", lambda m: m.id == guest.id)
        assert {m.id async for m in guild.fetch_members()} == {made.owner.id, made.bot.id, guest.id}
        assert [m.id for m in await guild.query_members("the-g")] == [guest.id]
        assert [m.id for m in await guild.query_members(user_ids=[guest.id, 1])] == [guest.id]
        await guild.chunk()
        role = await guild.create_role(name="Readers", colour=discord.Colour(0x336699), hoist=True, mentionable=True)
        await client.wait_event("guild_role_create", lambda r: r.id == role.id)
        await role.edit(name="Lenders", permissions=discord.Permissions(manage_messages=True))
        await client.wait_event("guild_role_update", lambda _, after: after.name == "Lenders")
        await member.add_roles(role)
        await client.wait_event("member_update", lambda _, after: role in after.roles)
        await member.edit(nick="Guest", timed_out_until=discord.utils.utcnow() + datetime.timedelta(minutes=5))
        await client.wait_event("member_update", lambda _, after: after.nick == "Guest" and after.is_timed_out())
        channel = guild.text_channels[0]
        await channel.set_permissions(role, view_channel=False, send_messages=True)
        await client.wait_event("guild_channel_update", lambda _, after: after.overwrites_for(role).view_channel is False)
        await channel.set_permissions(role, overwrite=None)
        await member.remove_roles(role)
        await role.delete()
        await client.wait_event("guild_role_delete", lambda r: r.id == role.id)
        await member.kick(reason="a test")
        await client.wait_event("member_remove", lambda m: m.id == guest.id)
        await guild.ban(discord.Object(guest.id), reason="a test")
        await client.wait_event("member_ban")
        assert [entry.user.id async for entry in guild.bans()] == [guest.id]
        await guild.unban(discord.Object(guest.id))
        await client.wait_event("member_unban")


async def test_what_is_forbidden_says_so(story: Story) -> None:
    made = await make_set(story)
    guest = await story.kit.person("the-guest")
    async with connected(story, guest) as client:
        with pytest.raises(discord.NotFound) as outside:
            await client.fetch_guild(made.guild_id)
        assert outside.value.code == 10004
    with pytest.raises(discord.LoginFailure):
        async with connected(story, Person(1, "nobody", "forged.token.here")):
            pass


async def test_presence_is_seen_and_shown(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as bot, connected(story, made.owner) as owner:
        await bot.wait_event("presence_update", lambda _, after: after.id == made.owner.id)
        await owner.change_presence(status=discord.Status.dnd, activity=discord.Game("chess"))
        _, after = await bot.wait_event("presence_update", lambda _, after: after.status is discord.Status.dnd)
        assert after.activity is not None and after.activity.name == "chess"
        custom = {"custom_status": {"text": "Tea", "emoji_name": "🍵"}}
        assert (await story.kit.request("PATCH", "/api/v10/users/@me/settings", made.owner, json=custom)).status == 200
        _, after = await bot.wait_event("presence_update", lambda _, after: len(after.activities) == 2)
        shown = next(each for each in after.activities if isinstance(each, discord.CustomActivity))
        assert (shown.name, str(shown.emoji), after.status) == ("Tea", "🍵", discord.Status.dnd)


async def test_a_broken_connection_is_resumed(story: Story) -> None:
    made = await make_set(story)
    async with connected(story, made.bot) as client:
        channel = guild_of(client, made).text_channels[0]
        session_id = client.ws.session_id
        client.forget()
        await _cut(story.kit)
        await client.wait_event("disconnect")
        await story.call(made.owner, "POST", f"/channels/{channel.id}/messages", {"content": "while away"})
        await client.wait_event("resumed")
        assert (await client.wait_event("message")).content == "while away"
        assert client.ws.session_id == session_id
        assert not [name for name, _ in client.seen if name == "ready"]


async def _cut(kit: Kit) -> None:
    """Close every gateway connection with a code that allows to resume."""
    connections: list[Any] = list(kit.app.get(Gateway).connections)
    await asyncio.gather(*(c.close(CloseCode.UNKNOWN_ERROR) for c in connections))


async def test_an_autosharded_client_asks_where_the_gateway_is(story: Story) -> None:
    made = await make_set(story)
    answer = await story.call(made.bot, "GET", "/gateway/bot")
    assert answer["shards"] == 1
    assert (await story.call(made.bot, "GET", "/gateway"))["url"] == answer["url"]


async def test_a_call_that_comes_too_soon_is_repeated_by_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_kit(tmp_path / "data", flags={"security.rate_limits": True}) as kit:
        redirect(monkeypatch, kit)
        story = Story(kit, load())
        made = await make_set(story)
        async with connected(story, made.bot) as client:
            channel = guild_of(client, made).text_channels[0]
            path = f"/channels/{channel.id}/messages"
            posts = [kit.request("POST", f"/api/v10{path}", made.bot, json={"content": "again"}) for _ in range(8)]
            answers = await asyncio.gather(*posts)  # another program with the same token uses up the bucket
            answer = next(each for each in answers if each.status == 429)
            story.check("POST", f"/api/v10{path}", 429, answer.json)
            assert answer.headers["X-RateLimit-Remaining"] == "0"
            before = asyncio.get_running_loop().time()
            assert (await channel.send("patient")).content == "patient"
            waited = asyncio.get_running_loop().time() - before
            assert waited >= answer.json["retry_after"] / 2
