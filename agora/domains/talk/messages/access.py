"""The doors of this domain: who may do what in which channel, from memory."""

from __future__ import annotations

from typing import NamedTuple

from agora.domains.place.permissions import ChannelFacts, Directory, build_refusal
from agora.kernel.auth import SYSTEM
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.protocol.channel_types import TEXTUAL
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import ALL, Permission

VIEW = int(Permission.VIEW_CHANNEL)
HISTORY = int(Permission.READ_MESSAGE_HISTORY)
SEND = int(Permission.SEND_MESSAGES)
MANAGE = int(Permission.MANAGE_MESSAGES)
PIN = int(Permission.PIN_MESSAGES)
EMBED = int(Permission.EMBED_LINKS)
TTS = int(Permission.SEND_TTS_MESSAGES)
POLLS = int(Permission.SEND_POLLS)
ATTACH = int(Permission.ATTACH_FILES)


class Place(NamedTuple):
    """A channel, and the actor's permissions in it."""

    channel: ChannelFacts
    bits: int


def check_place(ctx: Ctx, channel_id: int, needed: int = 0) -> Place:
    """The channel as the actor may use it. Raises 10003, 50001 when a member may not see it, 50013 when a bit of ``needed`` lacks,
    50008 where nobody can write.
    """
    directory = ctx.app.get(Directory)
    channel = directory.channel(channel_id)
    if channel is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    # only the server itself stands above permissions; an agent is a user like any other
    bits = ALL if ctx.actor == SYSTEM else directory.permissions(ctx.actor.user_id, channel_id)
    if not bits & VIEW:
        raise build_refusal(directory, ctx.actor.user_id, channel)
    if channel.type not in TEXTUAL:
        code = ErrorCode.CANNOT_SEND_IN_NON_TEXT
        raise BadRequest(MESSAGES[code], code=code)
    if needed & ~bits:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    return Place(channel, bits)
