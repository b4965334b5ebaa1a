"""Use cases of those who have a webhook's token: speak, change and take back what was said."""

from __future__ import annotations

import msgspec

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import (
    Draft,
    Patch,
    Place,
    Row,
    Sent,
    compose_whole,
    do_delete,
    do_send,
    edit_in,
    find_message,
    list_payloads,
)
from agora.domains.talk.webhooks.bodies import clean_name
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.wire import build_origin
from agora.kernel.auth import Actor
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.kernel.http import encode
from agora.kernel.ids import parse
from agora.protocol.channel_types import TEXTUAL
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

# A webhook is no member: these are its rights in its channel, as on Discord, whatever the channel's overwrites say.
RIGHTS = int(
    Permission.VIEW_CHANNEL
    | Permission.READ_MESSAGE_HISTORY
    | Permission.SEND_MESSAGES
    | Permission.SEND_TTS_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.MENTION_EVERYONE
    | Permission.BYPASS_SLOWMODE
)


def as_webhook(ctx: Ctx, webhook: Webhook) -> Ctx:
    """The webhook acts: no account, and nobody's rights."""
    return ctx.acting_as(Actor(user_id=webhook.id, is_bot=True, via="webhook"))


def find_place(ctx: Ctx, webhook: Webhook, thread_id: str | None) -> Place:
    """The channel, or a thread in it, with the webhook's rights. Raises 10003 for any other thread, 220001 for a forum."""
    directory = ctx.app.get(Directory)
    number = webhook.channel_id if thread_id is None else parse(thread_id)
    if number is None:
        raise invalid("thread_id", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    channel = directory.channel(number)
    if channel is None or not _belongs(channel, webhook):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    if channel.type not in TEXTUAL:
        raise BadRequest("Webhooks posted to forum channels must have a thread_id", code=ErrorCode.WEBHOOK_NEEDS_THREAD)
    return Place(channel, RIGHTS)


def _belongs(channel: ChannelFacts, webhook: Webhook) -> bool:
    return channel.id == webhook.channel_id or (channel.thread is not None and channel.parent_id == webhook.channel_id)


async def speak(ctx: Ctx, webhook: Webhook, place: Place, draft: Draft, username: str | None) -> Sent:
    """Say something. Raises as ``messages.send``; ``ctx`` acts as the webhook."""
    name = clean_name(username, "username") if username else None
    draft = msgspec.structs.replace(draft, origin=build_origin(webhook, name), nonce=None)
    row, wire, files = await compose_whole(ctx, place, draft)
    return await ctx.write(do_send, row, wire, True, files)


async def get_said(ctx: Ctx, webhook: Webhook, place: Place, message_id: int) -> Row:
    """A message of this webhook. Raises 10008 for anybody else's."""
    row = await ctx.read(find_message, message_id, place.channel.id)
    if row is None or row.author_id != webhook.id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    return row


async def read_said(ctx: Ctx, webhook: Webhook, place: Place, message_id: int) -> bytes:
    """The message object."""
    row = await get_said(ctx, webhook, place, message_id)
    return encode((await ctx.read(list_payloads, [row], webhook.id))[0])


async def change_said(ctx: Ctx, webhook: Webhook, place: Place, message_id: int, patch: Patch) -> bytes:
    """Edit it; the answer is read back."""
    await get_said(ctx, webhook, place, message_id)
    await edit_in(ctx, place, message_id, patch)
    return await read_said(ctx, webhook, place, message_id)


async def take_back(ctx: Ctx, webhook: Webhook, place: Place, message_id: int) -> None:
    """Delete it."""
    await get_said(ctx, webhook, place, message_id)
    await ctx.write(do_delete, message_id, place.channel.id)
