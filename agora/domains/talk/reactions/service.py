"""Use cases of reactions."""

from __future__ import annotations

from agora.domains.talk.messages import check_place, get_message
from agora.domains.talk.reactions.emoji import is_emoji
from agora.domains.talk.reactions.queries import list_users
from agora.domains.talk.reactions.writes import do_add, do_clear, do_remove
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

_READ = int(Permission.READ_MESSAGE_HISTORY)
_ADD = int(Permission.ADD_REACTIONS)
_MANAGE = int(Permission.MANAGE_MESSAGES)


async def react(ctx: Ctx, channel_id: int, message_id: int, emoji: str) -> None:
    """React to a message. Joining others needs only the history; a new emoji needs ADD_REACTIONS."""
    check_emoji(emoji)
    place = check_place(ctx, channel_id, _READ)
    may_start = bool(place.bits & _ADD)
    await ctx.write(do_add, channel_id, message_id, ctx.actor.user_id, emoji, may_start=may_start)


async def unreact(ctx: Ctx, channel_id: int, message_id: int, emoji: str, user_id: int | None = None) -> None:
    """Take back one's own reaction, or another user's for who manages messages."""
    check_emoji(emoji)
    whose = ctx.actor.user_id if user_id is None else user_id
    check_place(ctx, channel_id, _READ if whose == ctx.actor.user_id else _READ | _MANAGE)
    await ctx.write(do_remove, channel_id, message_id, whose, emoji)


async def clear(ctx: Ctx, channel_id: int, message_id: int, emoji: str | None = None) -> None:
    """Take all reactions away, or all with one emoji."""
    if emoji is not None:
        check_emoji(emoji)
    check_place(ctx, channel_id, _MANAGE)
    await ctx.write(do_clear, channel_id, message_id, emoji)


async def reactors(ctx: Ctx, channel_id: int, message_id: int, emoji: str, after: int, limit: int) -> list[int]:
    """Who reacted with an emoji, by id."""
    check_emoji(emoji)
    await get_message(ctx, channel_id, message_id)
    return await ctx.read(list_users, message_id, emoji, after, limit)


def check_emoji(emoji: str) -> None:
    """Raise 10014 unless it is one Unicode emoji."""
    if not is_emoji(emoji):
        code = ErrorCode.UNKNOWN_EMOJI
        raise BadRequest(MESSAGES[code], code=code)
