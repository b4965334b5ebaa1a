"""Pages of a community: its settings, section by section, and the door that an invitation opens."""

from __future__ import annotations

from agora.domains.place.accounts import Users
from agora.domains.place.guilds.invites import JOIN_PATH, get_invite, take_invite
from agora.domains.place.permissions import Directory, check_guild
from agora.kernel.errors import AgoraError, NotFound
from agora.kernel.http import Bucket, Reply, Request, Route, redirect
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission
from agora.web import render

JOIN = Bucket("guilds.join_page", 20, 60.0)
# What each section needs; members may look at who belongs here.
SECTIONS = {
    "overview": Permission.MANAGE_GUILD,
    "roles": Permission.MANAGE_ROLES,
    "members": Permission(0),
    "emojis": Permission(0),
    "stickers": Permission(0),
    "invites": Permission.MANAGE_GUILD,
    "template": Permission.MANAGE_GUILD,
    "bans": Permission.BAN_MEMBERS,
    "rules": Permission.MANAGE_GUILD,
    "reports": Permission.MODERATE_MEMBERS,
    "log": Permission.VIEW_AUDIT_LOG,
}


async def show_settings(request: Request) -> Reply:
    """To the first section the person may use."""
    guild_id = _guild_id(request)
    check_guild(request.ctx, 0, guild_id=guild_id)
    return redirect(f"/guilds/{guild_id}/settings/{_open_to(request, guild_id)[0]}")


async def show_section(request: Request) -> Reply:
    """One section; its module works over REST, which decides what is allowed."""
    guild_id, section = _guild_id(request), str(request.path["section"])
    if section not in SECTIONS:
        raise NotFound("There is no such page.")
    guild = check_guild(request.ctx, SECTIONS[section], guild_id=guild_id)
    bits = request.ctx.app.get(Directory).guild_permissions(request.ctx.actor.user_id, guild_id)
    return render(request, "guilds/settings.html", guild=guild, section=section, sections=_open_to(request, guild_id), bits=bits)


async def show_invite(request: Request) -> Reply:
    """Where an invitation leads, and the button to join."""
    return await _invite_page(request, None)


async def take(request: Request) -> Reply:
    """Join, and go to the channel of the invitation."""
    try:
        invite, _ = await take_invite(request.ctx, str(request.path["code"]))
    except AgoraError as error:
        return await _invite_page(request, error)
    return redirect(f"/channels/{invite.guild_id}/{invite.channel_id}")


async def _invite_page(request: Request, problem: AgoraError | None) -> Reply:
    app, code = request.ctx.app, str(request.path["code"])
    invite = await get_invite(request.ctx, code)
    directory = app.get(Directory)
    guild = directory.guild(invite.guild_id)
    if guild is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INVITE], code=ErrorCode.UNKNOWN_INVITE)
    inviter = app.get(Users).get(invite.inviter_id)
    return render(
        request,
        "guilds/invite.html",
        status=problem.status if problem else 200,
        guild=guild,
        code=code,
        inviter=inviter.display_name if inviter is not None else "",
        count=len(directory.members(guild.id)),
        member=directory.member(guild.id, request.ctx.actor.user_id) is not None,
        place=f"/channels/{invite.guild_id}/{invite.channel_id}",
        problem=problem.message if problem else "",
    )


def _open_to(request: Request, guild_id: int) -> list[str]:
    bits = request.ctx.app.get(Directory).guild_permissions(request.ctx.actor.user_id, guild_id)
    return [name for name, needed in SECTIONS.items() if not int(needed) & ~bits]


def _guild_id(request: Request) -> int:
    return int(request.path["guild"])


_GUILD = r"/guilds/{guild:\d{1,19}}/settings"
_INVITE = f"{JOIN_PATH}{{code}}"

ROUTES = (
    Route(method="GET", path=_GUILD, handler=show_settings, summary="A community's settings.", html=True),
    Route(
        method="GET", path=f"{_GUILD}/{{section}}", handler=show_section, summary="A section of a community's settings.", html=True
    ),
    Route(method="GET", path=_INVITE, handler=show_invite, summary="What an invitation leads to.", html=True, bucket=JOIN),
    Route(method="POST", path=_INVITE, handler=take, summary="Join by an invitation.", html=True, raw=True, bucket=JOIN),
)
