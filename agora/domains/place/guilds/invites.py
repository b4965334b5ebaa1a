"""How a second person joins: a short code for a channel, good for a while and a number of uses."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from agora.domains.place.guilds.model import Invite
from agora.domains.place.guilds.queries import find_invite, list_invites
from agora.domains.place.guilds.role_writes import do_create_invite, do_delete_invite, do_take_invite
from agora.domains.place.guilds.service import check_room
from agora.domains.place.permissions import Directory, check, check_guild
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

JOIN_PATH = "/invite/"
DAY_S = 24 * 60 * 60
# No letters that look like others when read aloud or copied by hand; 8 of 54 are 46 bits.
ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI5S2Z")
CODE_LENGTH = 8


async def create_invite(ctx: Ctx, channel_id: int, *, max_age_s: int = DAY_S, max_uses: int = 0) -> Invite:
    """Invite to a channel's community. Raises NotFound 10003, Forbidden, BadRequest 50024 for direct messages."""
    channel = check(ctx, Permission.CREATE_INSTANT_INVITE, channel_id=channel_id)
    if channel.guild_id is None:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE], code=ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE)
    invite = Invite(
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
        guild_id=channel.guild_id,
        channel_id=channel_id,
        inviter_id=ctx.actor.user_id,
        max_age_s=max_age_s,
        max_uses=max_uses,
        uses=0,
        created_at=ctx.app.clock.now_ms(),
    )
    return await ctx.write(do_create_invite, invite, _owner_id(ctx, invite))


async def get_invite(ctx: Ctx, code: str) -> Invite:
    """A live invitation; who has the code may look. Raises NotFound 10006."""
    invite = await ctx.read(find_invite, code)
    if invite is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INVITE], code=ErrorCode.UNKNOWN_INVITE)
    return invite


async def take_invite(ctx: Ctx, code: str) -> tuple[Invite, bool]:
    """Join; says whether the actor is new there. Raises NotFound 10006, Forbidden 40007 (banned) or 20001 (bots)."""
    if ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    await check_room(ctx, ctx.actor.user_id)
    invite, member = await ctx.write(do_take_invite, code, ctx.actor.user_id)
    return invite, member is not None


async def delete_invite(ctx: Ctx, code: str) -> Invite:
    """Withdraw an invitation: who made it, and who manages the channel or the community. Raises NotFound 10006, Forbidden."""
    invite = await get_invite(ctx, code)
    if ctx.actor.user_id != invite.inviter_id:
        directory, actor = ctx.app.get(Directory), ctx.actor.user_id
        in_channel = directory.permissions(actor, invite.channel_id) & Permission.MANAGE_CHANNELS
        if not in_channel:
            check_guild(ctx, Permission.MANAGE_GUILD, guild_id=invite.guild_id)
    await ctx.write(do_delete_invite, invite, _owner_id(ctx, invite))
    return invite


async def list_channel_invites(ctx: Ctx, channel_id: int) -> list[Invite]:
    """A channel's live invitations. Raises as ``check``."""
    channel = check(ctx, Permission.MANAGE_CHANNELS, channel_id=channel_id)
    return [] if channel.guild_id is None else await ctx.read(list_invites, channel.guild_id, channel_id)


async def list_guild_invites(ctx: Ctx, guild_id: int) -> list[Invite]:
    """A community's live invitations. Raises as ``check_guild``."""
    check_guild(ctx, Permission.MANAGE_GUILD, guild_id=guild_id)
    return await ctx.read(list_invites, guild_id)


def _owner_id(ctx: Ctx, invite: Invite) -> int:
    guild = ctx.app.get(Directory).guild(invite.guild_id)
    return guild.owner_id if guild is not None else invite.inviter_id
