"""Making, changing, ordering and ending channels of a guild, and saying who may do what in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from agora.domains.place.channels.group_writes import do_leave_group, do_rename_group
from agora.domains.place.channels.model import ChannelEdit, NewChannel, Place
from agora.domains.place.channels.writes import (
    do_create_channel,
    do_delete_channel,
    do_drop_overwrite,
    do_edit_channel,
    do_place_channels,
    do_set_overwrite,
)
from agora.domains.place.permissions import ChannelFacts, Directory, Overwrite, check, check_guild
from agora.kernel.errors import BadRequest, Forbidden, NotFound, invalid
from agora.protocol.channel_types import ChannelType, OverwriteType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import ALL, NEVER_BY_OVERWRITE, Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

__all__ = [
    "create_channel",
    "delete_channel",
    "delete_overwrite",
    "do_create_channel",
    "edit_channel",
    "place_channels",
    "set_overwrite",
]

KINDS = (ChannelType.GUILD_TEXT, ChannelType.GUILD_CATEGORY, ChannelType.GUILD_ANNOUNCEMENT, ChannelType.GUILD_FORUM)
SPOKEN = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT)
"""Kinds that can be turned into each other."""
MAX_NAME = 100
MAX_TOPIC = 1024
MAX_SLOWMODE_S = 21_600
_SETTABLE = ALL & ~int(NEVER_BY_OVERWRITE)


async def create_channel(ctx: Ctx, guild_id: int, new: NewChannel) -> int:
    """Make a channel; returns its id. Raises NotFound 10004, Forbidden 50013, BadRequest."""
    check_guild(ctx, Permission.MANAGE_CHANNELS, guild_id=guild_id)
    if new.type not in KINDS:
        raise invalid("type", "Must be 0 (text), 4 (category), 5 (announcements) or 15 (forum).", "BASE_TYPE_CHOICES")
    overwrites = new.overwrites
    if overwrites is not None:
        overwrites = _check_overwrites(ctx, guild_id, overwrites, _guild_bits(ctx, guild_id))
    checked = NewChannel(
        name=check_name(new.name, new.type),
        type=new.type,
        topic=_check_topic(new.topic),
        parent_id=None if new.type == ChannelType.GUILD_CATEGORY else new.parent_id,
        position=new.position,
        nsfw=new.nsfw,
        rate_limit_per_user=_check_slowmode(new.rate_limit_per_user),
        overwrites=overwrites,
        defaults=new.defaults,
    )
    return (await ctx.write(do_create_channel, guild_id, checked)).id


async def edit_channel(ctx: Ctx, channel_id: int, edit: ChannelEdit) -> ChannelFacts:
    """Change a channel; of a group only the name. Raises NotFound 10003, Forbidden, BadRequest."""
    channel = check(ctx, 0, channel_id=channel_id)
    if channel.guild_id is None:
        return await _rename_group(ctx, channel, edit)
    check(ctx, Permission.MANAGE_CHANNELS, channel_id=channel_id)
    changes: dict[str, Any] = {}
    if edit.name is not UNSET:
        changes["name"] = check_name(edit.name or "", channel.type)
    if edit.type is not UNSET and edit.type != channel.type:
        changes["type"] = _check_turn(channel, edit.type)
    if edit.defaults is not UNSET:
        changes["defaults"] = edit.defaults
    if edit.topic is not UNSET:
        changes["topic"] = _check_topic(edit.topic)
    if edit.position is not UNSET:
        changes["position"] = max(edit.position, 0)
    if edit.parent_id is not UNSET and channel.type != ChannelType.GUILD_CATEGORY:
        changes["parent_id"] = edit.parent_id
    if edit.nsfw is not UNSET:
        changes["nsfw"] = edit.nsfw
    if edit.rate_limit_per_user is not UNSET:
        changes["rate_limit_per_user"] = _check_slowmode(edit.rate_limit_per_user)
    if edit.overwrites is not UNSET:
        check(ctx, Permission.MANAGE_ROLES, channel_id=channel_id)
        changes["overwrites"] = _check_overwrites(
            ctx, channel.guild_id, edit.overwrites, _channel_bits(ctx, channel_id), channel.overwrites
        )
    return await ctx.write(do_edit_channel, channel_id, changes) if changes else channel


async def place_channels(ctx: Ctx, guild_id: int, places: Sequence[Place]) -> None:
    """Change the order and categories of channels. Raises NotFound 10003, Forbidden 50013, BadRequest."""
    check_guild(ctx, Permission.MANAGE_CHANNELS, guild_id=guild_id)
    for place in places:
        channel = ctx.app.get(Directory).channel(place.id)
        if channel is None or channel.guild_id != guild_id or channel.thread is not None:
            raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
        check(ctx, Permission.MANAGE_CHANNELS, channel_id=place.id)
        if place.parent_id is not UNSET and place.parent_id is not None and channel.type == ChannelType.GUILD_CATEGORY:
            raise invalid("parent_id", "A category cannot stand in another.", "CHANNEL_PARENT_INVALID_TYPE")
        if place.lock_permissions:
            check(ctx, Permission.MANAGE_ROLES, channel_id=place.id)
    await ctx.write(do_place_channels, guild_id, places)


async def delete_channel(ctx: Ctx, channel_id: int) -> ChannelFacts:
    """End a channel; a group is left. Raises NotFound 10003, Forbidden, BadRequest 50003 for a direct message of two."""
    channel = check(ctx, 0, channel_id=channel_id)
    if channel.type == ChannelType.GROUP_DM:
        return await ctx.write(do_leave_group, channel_id, ctx.actor.user_id)
    if channel.guild_id is None:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_EXECUTE_ON_DM], code=ErrorCode.CANNOT_EXECUTE_ON_DM)
    check(ctx, Permission.MANAGE_CHANNELS, channel_id=channel_id)
    return await ctx.write(do_delete_channel, channel_id)


async def set_overwrite(ctx: Ctx, channel_id: int, overwrite: Overwrite) -> ChannelFacts:
    """Say what a role or member may or may not in a channel. Raises NotFound, Forbidden 50013, BadRequest."""
    channel = _check_overwritable(ctx, channel_id)
    assert channel.guild_id is not None
    held = _channel_bits(ctx, channel_id)
    before = [o for o in channel.overwrites if o.id == overwrite.id]
    (checked,) = _check_overwrites(ctx, channel.guild_id, (overwrite,), held, before)
    return await ctx.write(do_set_overwrite, channel_id, checked)


async def delete_overwrite(ctx: Ctx, channel_id: int, target_id: int) -> ChannelFacts:
    """Take an overwrite away. Raises NotFound 10003 or 10009, Forbidden 50013."""
    channel = _check_overwritable(ctx, channel_id)
    before = channel.overwrite(target_id)
    if before is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_OVERWRITE], code=ErrorCode.UNKNOWN_OVERWRITE)
    _check_bits(before.allow | before.deny, _channel_bits(ctx, channel_id))
    return await ctx.write(do_drop_overwrite, channel_id, target_id)


def check_name(name: str, kind: int) -> str:
    """The name as it is stored: of channels in small letters, with hyphens for blanks, as Discord does it."""
    shown = " ".join(name.split())
    if kind in (*SPOKEN, ChannelType.GUILD_FORUM):
        shown = shown.lower().replace(" ", "-")
    if not 1 <= len(shown) <= MAX_NAME or not shown.isprintable():
        raise invalid("name", f"Must be between 1 and {MAX_NAME} in length.", "BASE_TYPE_BAD_LENGTH")
    return shown


async def _rename_group(ctx: Ctx, channel: ChannelFacts, edit: ChannelEdit) -> ChannelFacts:
    if channel.type != ChannelType.GROUP_DM:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_EXECUTE_ON_DM], code=ErrorCode.CANNOT_EXECUTE_ON_DM)
    if edit.name is UNSET:
        return channel
    # without a name it is called by its people
    name = check_name(edit.name, channel.type) if edit.name else None
    return await ctx.write(do_rename_group, channel.id, name)


def _check_turn(channel: ChannelFacts, kind: int) -> int:
    if kind not in SPOKEN or channel.type not in SPOKEN:
        raise invalid("type", "Only a text channel can become one for announcements, and back.", "CHANNEL_TYPE_INVALID")
    return kind


def _check_topic(topic: str | None) -> str | None:
    if topic is None or not topic.strip():
        return None
    if len(topic) > MAX_TOPIC:
        raise invalid("topic", f"Must be {MAX_TOPIC} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return topic.strip()


def _check_slowmode(seconds: int) -> int:
    if not 0 <= seconds <= MAX_SLOWMODE_S:
        raise invalid("rate_limit_per_user", f"Must be between 0 and {MAX_SLOWMODE_S}.", "NUMBER_TYPE_MAX")
    return seconds


def _check_overwritable(ctx: Ctx, channel_id: int) -> ChannelFacts:
    channel = check(ctx, Permission.MANAGE_ROLES, channel_id=channel_id)
    if channel.guild_id is None:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_EXECUTE_ON_DM], code=ErrorCode.CANNOT_EXECUTE_ON_DM)
    if channel.thread is not None:
        code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
        raise BadRequest(MESSAGES[code], code=code)
    return channel


def _check_overwrites(
    ctx: Ctx, guild_id: int, wanted: Iterable[Overwrite], held: int, before: Iterable[Overwrite] = ()
) -> tuple[Overwrite, ...]:
    """The wanted overwrites in place of those ``before``: of roles that exist and of any member.

    No bit may change that the actor lacks.
    """
    known = {o.id: o for o in before}
    checked: dict[int, Overwrite] = {}
    for o in wanted:
        if o.type == OverwriteType.ROLE and ctx.app.get(Directory).role(guild_id, o.id) is None:
            raise NotFound(MESSAGES[ErrorCode.UNKNOWN_ROLE], code=ErrorCode.UNKNOWN_ROLE)
        allow, deny = o.allow & _SETTABLE, o.deny & _SETTABLE & ~o.allow
        was = known.get(o.id) or Overwrite(o.id, o.type)
        _check_bits((was.allow ^ allow) | (was.deny ^ deny), held)
        checked[o.id] = Overwrite(o.id, o.type, allow, deny)
    for gone in known.keys() - checked.keys():
        _check_bits(known[gone].allow | known[gone].deny, held)
    return tuple(sorted(checked.values(), key=lambda o: o.id))


def _check_bits(changed: int, held: int) -> None:
    if not held & Permission.ADMINISTRATOR and changed & ~held:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)


def _guild_bits(ctx: Ctx, guild_id: int) -> int:
    if ctx.actor.via == "internal":
        return ALL
    return ctx.app.get(Directory).guild_permissions(ctx.actor.user_id, guild_id)


def _channel_bits(ctx: Ctx, channel_id: int) -> int:
    return ALL if ctx.actor.via == "internal" else ctx.app.get(Directory).permissions(ctx.actor.user_id, channel_id)
