"""Keeps the directory fresh right after each commit, and clears away what was said in threads that ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import do_empty_channel
from agora.domains.talk.messages.events import MessageDeleted, MessagesBulkDeleted, MessageSent
from agora.domains.talk.threads.events import (
    ThreadCreated,
    ThreadDeleted,
    ThreadMembersChanged,
    ThreadMemberUpdated,
    ThreadsEnded,
    ThreadUpdated,
)
from agora.kernel.domain import durable, live
from agora.protocol.message_types import MessageType

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded


def on_created(app: App, recorded: Recorded) -> None:
    """A new thread with who takes part."""
    event, directory = recorded.event, app.get(Directory)
    assert isinstance(event, ThreadCreated)
    directory.put_thread(event.thread)
    for member in event.members:
        directory.put_thread_member(event.thread, member)


def on_updated(app: App, recorded: Recorded) -> None:
    """A changed thread."""
    event = recorded.event
    assert isinstance(event, ThreadUpdated)
    app.get(Directory).put_thread(event.thread)


def on_deleted(app: App, recorded: Recorded) -> None:
    """A thread less."""
    event = recorded.event
    assert isinstance(event, ThreadDeleted)
    app.get(Directory).drop_channel(event.thread.id)


def on_members(app: App, recorded: Recorded) -> None:
    """Who takes part."""
    event, directory = recorded.event, app.get(Directory)
    assert isinstance(event, ThreadMembersChanged)
    thread = directory.channel(event.thread_id)
    if thread is None or thread.thread is None:
        return
    for member in event.added:
        directory.put_thread_member(thread, member)
    for user_id in event.removed:
        directory.drop_thread_member(thread, user_id)
    facts = msgspec.structs.replace(thread.thread, member_count=event.member_count)
    directory.put_thread(msgspec.structs.replace(thread, thread=facts))


def on_member(app: App, recorded: Recorded) -> None:
    """How much somebody wants to hear."""
    event, directory = recorded.event, app.get(Directory)
    assert isinstance(event, ThreadMemberUpdated)
    thread = directory.channel(event.thread_id)
    if thread is not None:
        directory.put_thread_member(thread, event.member)


def on_sent(app: App, recorded: Recorded) -> None:
    """One message more; neither the first of a post nor the notice that repeats one is counted."""
    event = recorded.event
    assert isinstance(event, MessageSent)
    if event.id != event.channel_id and event.type != MessageType.THREAD_STARTER_MESSAGE:
        _count(app, event.channel_id, 1)


def on_removed(app: App, recorded: Recorded) -> None:
    """Some messages less."""
    event = recorded.event
    assert isinstance(event, MessageDeleted | MessagesBulkDeleted)
    ids = (event.id,) if isinstance(event, MessageDeleted) else event.ids
    _count(app, event.channel_id, -sum(each != event.channel_id for each in ids))


def _count(app: App, channel_id: int, change: int) -> None:
    directory = app.get(Directory)
    thread = directory.channel(channel_id)
    if thread is None or thread.thread is None:
        return
    facts = msgspec.structs.replace(
        thread.thread,
        message_count=max(thread.thread.message_count + change, 0),
        total_sent=thread.thread.total_sent + max(change, 0),
    )
    directory.put_thread(msgspec.structs.replace(thread, thread=facts))


async def on_ended(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """Remove what was said there, in short transactions."""
    for recorded in batch:
        event = recorded.event
        assert isinstance(event, ThreadDeleted | ThreadsEnded)
        for thread_id in (event.thread.id,) if isinstance(event, ThreadDeleted) else event.ids:
            while await ctx.write(do_empty_channel, thread_id):
                pass


LISTENERS = (
    live(ThreadCreated, on_created),
    live(ThreadUpdated, on_updated),
    live(ThreadDeleted, on_deleted),
    live(ThreadMembersChanged, on_members),
    live(ThreadMemberUpdated, on_member),
    live(MessageSent, on_sent),
    live(MessageDeleted, on_removed),
    live(MessagesBulkDeleted, on_removed),
    durable("threads.cleanup", (ThreadDeleted, ThreadsEnded), on_ended),
)
