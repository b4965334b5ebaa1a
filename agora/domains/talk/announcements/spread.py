"""Brings what is published to those who follow, and keeps the copies as their source is.

A durable listener: what a crash cuts off goes on after the next start. Each copy is noted in the write that stores it, so it
comes once, however often its batch is tried.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from agora.domains.place.permissions import Directory
from agora.domains.talk.announcements.carry import build_change, build_copy
from agora.domains.talk.announcements.events import MessagePublished, PublicationDeleted, PublicationEdited
from agora.domains.talk.announcements.queries import Copied, has_copy, list_copies
from agora.domains.talk.announcements.writes import Copy, do_change_copies, do_copy, do_end_follower, do_forget_source, do_take_back
from agora.domains.talk.files import Attached, Change, list_files
from agora.domains.talk.messages import Place, Row, change_whole, compose_whole, find_message
from agora.domains.talk.webhooks import RIGHTS, Webhook, WebhookDeleted, as_webhook, list_followers
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.kernel.events import Recorded
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageFlag

log = logging.getLogger(__name__)

# Copies in one write: others' writes wait no longer than for these.
BATCH = 20
REFUSALS = (BadRequest, Forbidden, NotFound)
_PUBLISHED = int(MessageFlag.CROSSPOSTED)


async def on_published(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """One thing after the other, in the order in which it happened: an edit finds all copies made before it."""
    for recorded in batch:
        match recorded.event:
            case MessagePublished() as event:
                await _spread(ctx, event)
            case PublicationEdited(id=source_id):
                await _change(ctx, source_id)
            case PublicationDeleted(id=source_id):
                await _take_back(ctx, source_id)
            case WebhookDeleted(webhook=webhook) if webhook.follows:
                await ctx.write(do_end_follower, webhook.id)


async def _spread(ctx: Ctx, event: MessagePublished) -> None:
    after = 0
    while True:
        source, files, followers, more = await ctx.read(_next_followers, event, after)
        if source is not None and followers:
            copies = [copy for webhook in followers if (copy := await _compose(ctx, source, files, webhook)) is not None]
            await ctx.write(do_copy, source, copies)
        if source is None or more is None:
            return
        after = more


def _next_followers(
    tx: Tx, event: MessagePublished, after: int
) -> tuple[Row | None, Sequence[Attached], list[Webhook], int | None]:
    """The message as it is now, who gets it next, and where to go on: None at the end."""
    source = find_message(tx, event.id)
    found = list_followers(tx, event.channel_id, after=after, before=event.before, limit=BATCH)
    waiting = [webhook for webhook in found if not has_copy(tx, event.id, webhook.id)]
    return source, _files(tx, event.id), waiting, found[-1].id if len(found) == BATCH else None


async def _compose(ctx: Ctx, source: Row, files: Sequence[Attached], webhook: Webhook) -> Copy | None:
    """The copy for one follower; None where its community does not take it."""
    channel = ctx.app.get(Directory).channel(webhook.channel_id)
    if channel is None:
        return None
    try:
        row, wire, attached = await compose_whole(
            as_webhook(ctx, webhook), Place(channel, RIGHTS), build_copy(source, files, webhook)
        )
    except REFUSALS as error:
        log.info("message %d does not come to channel %d, which follows: %s", source.id, webhook.channel_id, error)
        return None
    return Copy(webhook.id, row, wire, attached)


async def _change(ctx: Ctx, source_id: int) -> None:
    after: int | None = 0
    while after is not None:
        source, files, copies, after = await ctx.read(_next_copies, source_id, after)
        if source is None or not source.flags & _PUBLISHED:
            return  # gone meanwhile: that is told by an event of its own
        changes = [change for copied in copies if (change := await _recompose(ctx, source, files, copied)) is not None]
        if changes:
            await ctx.write(do_change_copies, changes)


def _next_copies(tx: Tx, source_id: int, after: int) -> tuple[Row | None, Sequence[Attached], list[Copied], int | None]:
    more, copies = list_copies(tx, source_id, after=after, limit=BATCH)
    return find_message(tx, source_id), _files(tx, source_id), copies, more


async def _recompose(ctx: Ctx, source: Row, files: Sequence[Attached], copied: Copied) -> tuple[Row, Change | None] | None:
    """A copy as it will be; None where the new words are refused, and the old ones stay."""
    channel = ctx.app.get(Directory).channel(copied.row.channel_id)
    if channel is None:
        return None
    present = await ctx.read(_files, copied.row.id)
    try:
        return await change_whole(
            as_webhook(ctx, copied.webhook), Place(channel, RIGHTS), copied.row, build_change(source, files, present)
        )
    except REFUSALS as error:
        log.info("the edit of message %d does not come to its copy %d: %s", source.id, copied.row.id, error)
        return None


async def _take_back(ctx: Ctx, source_id: int) -> None:
    after: int | None = 0
    while after is not None:
        after, copies = await ctx.read(list_copies, source_id, after=after, limit=BATCH)
        if copies:
            await ctx.write(do_take_back, [copied.row.id for copied in copies])
    await ctx.write(do_forget_source, source_id)


def _files(tx: Tx, message_id: int) -> Sequence[Attached]:
    return list_files(tx, [message_id]).get(message_id, ())
