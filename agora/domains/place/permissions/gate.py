"""The one access door: services call ``check`` and ``check_guild``, routes come through the ``Gate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions.directory import Directory
from agora.domains.place.permissions.facts import ChannelFacts, GuildFacts
from agora.kernel.errors import AgoraError, Forbidden, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.access import Access
    from agora.kernel.ctx import Ctx

# Plain numbers: arithmetic on IntFlag costs microseconds, and this is asked for every message.
_VIEW = int(Permission.VIEW_CHANNEL)


def build_refusal(directory: Directory, user_id: int, channel: ChannelFacts) -> AgoraError:
    """What somebody is told who may not see a channel.

    A member of its community reads 50001, as on Discord. For anybody else it does not exist: an answer of its own would tell that
    somewhere on this server there is such a channel.
    """
    if channel.guild_id is not None and directory.member(channel.guild_id, user_id) is not None:
        return Forbidden(MESSAGES[ErrorCode.MISSING_ACCESS], code=ErrorCode.MISSING_ACCESS)
    return NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)


def check(ctx: Ctx, bits: int, *, channel_id: int) -> ChannelFacts:
    """The channel, if the actor sees it and has all these permissions there.

    Raises NotFound 10003, Forbidden 50001 (a member who may not see it) or 50013 (lacks a permission). The server may do all.
    """
    directory = ctx.app.get(Directory)
    channel = directory.channel(channel_id)
    if channel is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    if ctx.actor.via == "internal":
        return channel
    held = directory.permissions(ctx.actor.user_id, channel_id)
    if not held & _VIEW:
        raise build_refusal(directory, ctx.actor.user_id, channel)
    if int(bits) & ~held:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    return channel


def check_guild(ctx: Ctx, bits: int, *, guild_id: int) -> GuildFacts:
    """The guild, if the actor belongs to it and has all these permissions there.

    Raises NotFound 10004, also for who does not belong to it, or Forbidden 50013. The server itself may do all.
    """
    directory = ctx.app.get(Directory)
    guild = directory.guild(guild_id)
    if guild is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    if ctx.actor.via == "internal":
        return guild
    if directory.member(guild_id, ctx.actor.user_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    if int(bits) & ~directory.guild_permissions(ctx.actor.user_id, guild_id):
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    return guild


class PermissionGate:
    """The kernel's ``Gate`` over the directory."""

    async def check(self, ctx: Ctx, access: Access, path: dict[str, int | str]) -> None:
        """Raise Forbidden or NotFound unless the actor may call a route with these path parameters."""
        if access.owner and not ctx.actor.is_owner:
            raise Forbidden(MESSAGES[ErrorCode.MISSING_ACCESS], code=ErrorCode.MISSING_ACCESS)
        if not access.permission:
            return
        channel_id, guild_id = path.get("channel_id"), path.get("guild_id")
        if isinstance(channel_id, int):
            check(ctx, access.permission, channel_id=channel_id)
        elif isinstance(guild_id, int):
            check_guild(ctx, access.permission, guild_id=guild_id)
        else:
            raise RuntimeError("a route that needs a permission must name a channel_id or guild_id in its path")
