"""What gateway clients hear of threads, and what they are told when they connect.

https://discord.com/developers/docs/topics/threads#gateway-events
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agora.domains.place.channels import build_thread, build_thread_member
from agora.domains.place.guilds import build_member
from agora.domains.place.permissions import ChannelFacts, Directory, ThreadMember
from agora.domains.talk.threads import events as e
from agora.gateway.ports import Dispatch, GuildPart, SightChange, Spread, ThreadObjects
from agora.kernel.events import Audience, Recorded, to_users
from agora.kernel.http import encode
from agora.protocol.channel_types import ChannelType
from agora.protocol.intents import Intent
from agora.protocol.payloads import Thread

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx

Payloads = Sequence[tuple[Audience, bytes]]


async def threads_part(ctx: Ctx, guild_id: int) -> list[Thread]:
    """GUILD_CREATE's ``threads``: the open ones the reader sees, with the reader's memberships."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    return [build_thread(each, directory.thread_members(each.id).get(user_id)) for each in directory.threads_in(guild_id, user_id)]


def created(app: App, recorded: Recorded) -> bytes:
    """THREAD_CREATE."""
    event = recorded.event
    assert isinstance(event, e.ThreadCreated)
    return encode(msgspec.structs.replace(build_thread(event.thread), newly_created=True))


def updated(app: App, recorded: Recorded) -> bytes:
    """THREAD_UPDATE: clients forget a thread that is archived, and know it again when it opens."""
    event = recorded.event
    assert isinstance(event, e.ThreadUpdated)
    return encode(build_thread(event.thread))


def deleted(app: App, recorded: Recorded) -> bytes:
    """THREAD_DELETE."""
    event = recorded.event
    assert isinstance(event, e.ThreadDeleted)
    return encode(_gone(event.thread))


def changed_self(app: App, recorded: Recorded) -> Payloads:
    """THREAD_MEMBERS_UPDATE for who came or went."""
    event = recorded.event
    assert isinstance(event, e.ThreadMembersChanged)
    return [(to_users(*_concerned(event)), _members(app, event))]


def changed_others(app: App, recorded: Recorded) -> Payloads:
    """THREAD_MEMBERS_UPDATE for the others who see the thread; they need the intent for members."""
    event = recorded.event
    assert isinstance(event, e.ThreadMembersChanged)
    others = app.get(Directory).viewers(event.thread_id) - set(_concerned(event))
    return [(to_users(*sorted(others)), _members(app, event))]


def asked_in(app: App, recorded: Recorded) -> Payloads:
    """THREAD_CREATE for who was asked into a private thread: they did not know it."""
    event = recorded.event
    assert isinstance(event, e.ThreadMembersChanged)
    if event.fresh or event.thread.type != ChannelType.PRIVATE_THREAD:
        return ()
    return [(to_users(member.user_id), encode(build_thread(event.thread, member))) for member in event.added]


def put_out(app: App, recorded: Recorded) -> Payloads:
    """THREAD_DELETE for who went from a private thread and sees it no more."""
    event = recorded.event
    assert isinstance(event, e.ThreadMembersChanged)
    return [(to_users(*event.lost), encode(_gone(event.thread)))] if event.lost else ()


def own_again(app: App, recorded: Recorded) -> Payloads:
    """THREAD_MEMBER_UPDATE for each member of a thread that opens again: clients had forgotten it."""
    event = recorded.event
    assert isinstance(event, e.ThreadUpdated)
    guild_id = event.thread.guild_id or 0
    return [(to_users(each.user_id), _own(guild_id, event.thread.id, each)) for each in event.members]


def own_changed(app: App, recorded: Recorded) -> bytes:
    """THREAD_MEMBER_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.ThreadMemberUpdated)
    return _own(event.guild_id, event.thread_id, event.member)


def gained(app: App, user_id: int, guild_id: int, channel_ids: Sequence[int], thread_ids: Sequence[int]) -> bytes:
    """THREAD_LIST_SYNC: of channels that came into sight all their open threads; else the channels of single threads."""
    directory = app.get(Directory)
    found = [thread for each in thread_ids if (thread := directory.channel(each)) is not None and thread.thread is not None]
    parents = {thread.parent_id for thread in found if thread.parent_id is not None} | set(channel_ids)
    threads = [thread for thread in directory.threads_in(guild_id, user_id) if thread.parent_id in parents]
    mine = [(t.id, own) for t in threads if (own := directory.thread_members(t.id).get(user_id)) is not None]
    body = {
        "guild_id": str(guild_id),
        "channel_ids": [str(each) for each in sorted(parents)],
        "threads": [build_thread(each, directory.thread_members(each.id).get(user_id)) for each in threads],
        "members": [build_thread_member(thread_id, own) for thread_id, own in mine],
    }
    return encode(body)


def sight_guild(app: App, recorded: Recorded) -> int | None:
    """A thread under another channel is seen by others."""
    event = recorded.event
    assert isinstance(event, e.ThreadMoved)
    return event.thread.guild_id


def merged(app: App, recorded: Recorded) -> bytes:
    """AGORA_THREAD_MERGED: what was said in one thread is in another; THREAD_DELETE of the old one follows."""
    event = recorded.event
    assert isinstance(event, e.ThreadMerged)
    body = {"guild_id": str(event.thread.guild_id), "old_id": str(event.old.id), "channel_id": str(event.thread.id)}
    return encode(body)


def lost(app: App, thread_id: int) -> bytes | None:
    """THREAD_DELETE of a thread that went out of sight; one that is archived clients have forgotten."""
    thread = app.get(Directory).channel(thread_id)
    if thread is None or thread.thread is None or thread.thread.archived:
        return None
    return encode(_gone(thread))


def _concerned(event: e.ThreadMembersChanged) -> tuple[int, ...]:
    return (*(member.user_id for member in event.added), *event.removed)


def _gone(thread: ChannelFacts) -> dict[str, Any]:
    return {"id": str(thread.id), "guild_id": str(thread.guild_id), "parent_id": str(thread.parent_id), "type": thread.type}


def _own(guild_id: int, thread_id: int, member: ThreadMember) -> bytes:
    return encode(msgspec.structs.replace(build_thread_member(thread_id, member), guild_id=str(guild_id)))


def _members(app: App, event: e.ThreadMembersChanged) -> bytes:
    directory, added = app.get(Directory), []
    for each in event.added:
        facts = directory.member(event.guild_id, each.user_id)
        entry = msgspec.to_builtins(build_thread_member(event.thread_id, each))
        added.append(entry | {"member": None if facts is None else build_member(app, facts), "presence": None})
    body: dict[str, Any] = {
        "id": str(event.thread_id),
        "guild_id": str(event.guild_id),
        "member_count": event.member_count,
    }
    if added:
        body["added_members"] = added
    if event.removed:
        body["removed_member_ids"] = [str(user_id) for user_id in event.removed]
    return encode(body)


GUILDS, MEMBERS = int(Intent.GUILDS), int(Intent.GUILD_MEMBERS)

OFFERS = (
    GuildPart(key="threads", build=threads_part),
    ThreadObjects(gained=gained, lost=lost),
    SightChange(event=e.ThreadMoved, guild_of=sight_guild),
    Dispatch(event=e.ThreadMerged, name="AGORA_THREAD_MERGED", payload=merged, intent=GUILDS),
    Dispatch(event=e.ThreadCreated, name="THREAD_CREATE", payload=created, intent=GUILDS),
    Dispatch(event=e.ThreadUpdated, name="THREAD_UPDATE", payload=updated, intent=GUILDS),
    Spread(event=e.ThreadUpdated, name="THREAD_MEMBER_UPDATE", payloads=own_again, intent=GUILDS),
    Dispatch(event=e.ThreadDeleted, name="THREAD_DELETE", payload=deleted, intent=GUILDS),
    Spread(event=e.ThreadMembersChanged, name="THREAD_CREATE", payloads=asked_in, intent=GUILDS),
    Spread(event=e.ThreadMembersChanged, name="THREAD_MEMBERS_UPDATE", payloads=changed_self, intent=GUILDS),
    Spread(event=e.ThreadMembersChanged, name="THREAD_MEMBERS_UPDATE", payloads=changed_others, intent=MEMBERS),
    Spread(event=e.ThreadMembersChanged, name="THREAD_DELETE", payloads=put_out, intent=GUILDS),
    Dispatch(event=e.ThreadMemberUpdated, name="THREAD_MEMBER_UPDATE", payload=own_changed, intent=GUILDS),
)
