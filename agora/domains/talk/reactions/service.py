"""Use cases of reactions."""

from __future__ import annotations

from agora.domains.talk.expressions import find_usable
from agora.domains.talk.messages import Place, check_place, get_message
from agora.domains.talk.reactions.queries import list_users
from agora.domains.talk.reactions.sign import custom_id, read_sign
from agora.domains.talk.reactions.writes import do_add, do_clear, do_remove
from agora.kernel.ctx import Ctx
from agora.protocol.permissions import Permission

_READ = int(Permission.READ_MESSAGE_HISTORY)
_ADD = int(Permission.ADD_REACTIONS)
_MANAGE = int(Permission.MANAGE_MESSAGES)


async def react(ctx: Ctx, channel_id: int, message_id: int, emoji: str) -> None:
    """React to a message. Joining others needs only the history; a new emoji needs ADD_REACTIONS, and to be usable there.

    Raises 10014 for what is no emoji, or none for the actor.
    """
    sign = read_sign(emoji)
    place = check_place(ctx, channel_id, _READ)
    usable = _find_usable(ctx, place, sign)
    await ctx.write(
        do_add,
        channel_id,
        message_id,
        ctx.actor.user_id,
        usable or sign,
        may_start=bool(place.bits & _ADD),
        usable=usable is not None,
    )


def _find_usable(ctx: Ctx, place: Place, sign: str) -> str | None:
    """The sign with the emoji's present name, if the actor may begin with it here."""
    emoji_id = custom_id(sign)
    if emoji_id is None:
        return sign
    emoji = find_usable(ctx.app, emoji_id, place.channel, ctx.actor.user_id)
    return None if emoji is None else f"{emoji.name}:{emoji.id}"


async def unreact(ctx: Ctx, channel_id: int, message_id: int, emoji: str, user_id: int | None = None) -> None:
    """Take back one's own reaction, or another user's for who manages messages."""
    sign = read_sign(emoji)
    whose = ctx.actor.user_id if user_id is None else user_id
    check_place(ctx, channel_id, _READ if whose == ctx.actor.user_id else _READ | _MANAGE)
    await ctx.write(do_remove, channel_id, message_id, whose, sign)


async def clear(ctx: Ctx, channel_id: int, message_id: int, emoji: str | None = None) -> None:
    """Take all reactions away, or all with one emoji."""
    sign = None if emoji is None else read_sign(emoji)
    check_place(ctx, channel_id, _MANAGE)
    await ctx.write(do_clear, channel_id, message_id, sign)


async def reactors(ctx: Ctx, channel_id: int, message_id: int, emoji: str, after: int, limit: int) -> list[int]:
    """Who reacted with an emoji, by id."""
    sign = read_sign(emoji)
    await get_message(ctx, channel_id, message_id)
    return await ctx.read(list_users, message_id, sign, after, limit)
