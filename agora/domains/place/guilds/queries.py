"""Reading communities: everything at start, bans and invitations when asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from agora.domains.place.guilds import tables as t
from agora.domains.place.guilds.model import Ban, Invite
from agora.domains.place.permissions import Directory, GuildFacts, MemberFacts, RoleFacts
from agora.kernel.errors import NotFound
from agora.kernel.sql import prepare
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_GUILDS = prepare(select(t.guild))
_GUILD = prepare(select(t.guild).where(t.guild.c.id == bindparam("id")))
_ALL_ROLES = prepare(select(t.role))
_ROLE = prepare(select(t.role).where(t.role.c.id == bindparam("id"), t.role.c.guild_id == bindparam("guild_id")))
_ROLES = prepare(select(t.role).where(t.role.c.guild_id == bindparam("guild_id")))
_MEMBERS = prepare(select(t.member))
_MEMBER = prepare(select(t.member).where(t.member.c.guild_id == bindparam("guild_id"), t.member.c.user_id == bindparam("user_id")))
_HELD = prepare(
    select(t.member_role.c.role_id)
    .where(t.member_role.c.guild_id == bindparam("guild_id"), t.member_role.c.user_id == bindparam("user_id"))
    .order_by(t.member_role.c.role_id)
)
_GUILD_MEMBERS = prepare(select(t.member).where(t.member.c.guild_id == bindparam("guild_id")))
_GUILD_HELD = prepare(
    select(t.member_role).where(t.member_role.c.guild_id == bindparam("guild_id")).order_by(t.member_role.c.role_id)
)
_ALL_HELD = prepare(select(t.member_role).order_by(t.member_role.c.role_id))
_BAN = prepare(select(t.ban).where(t.ban.c.guild_id == bindparam("guild_id"), t.ban.c.user_id == bindparam("user_id")))
_BANS = prepare(
    select(t.ban)
    .where(t.ban.c.guild_id == bindparam("guild_id"), t.ban.c.user_id > bindparam("after"))
    .order_by(t.ban.c.user_id)
    .limit(bindparam("limit"))
)
_OPEN = prepare(select(t.guild.c.id).where(t.guild.c.open).order_by(t.guild.c.id))
_INVITE = prepare(select(t.invite).where(t.invite.c.code == bindparam("code")))
_INVITES = prepare(select(t.invite).where(t.invite.c.guild_id == bindparam("guild_id")).order_by(t.invite.c.created_at))


def list_icons(tx: Tx, hashes: Sequence[str]) -> list[str]:
    """Those of the files that are some community's icon."""
    return list(tx.execute(select(t.guild.c.icon).where(t.guild.c.icon.in_(hashes))).scalars())


def load_guilds(tx: Tx, directory: Directory) -> None:
    """All guilds, roles and members into memory."""
    for row in tx.rows(_GUILDS):
        directory.put_guild(_guild(row))
    for row in tx.rows(_ALL_ROLES):
        directory.put_role(row.guild_id, _role(row))
    held: dict[tuple[int, int], list[int]] = {}
    for row in tx.rows(_ALL_HELD):
        held.setdefault((row.guild_id, row.user_id), []).append(row.role_id)
    for row in tx.rows(_MEMBERS):
        directory.put_member(row.guild_id, _member(row, tuple(held.get((row.guild_id, row.user_id), ()))))


def get_guild(tx: Tx, guild_id: int) -> GuildFacts:
    """A guild as stored now. Raises NotFound 10004."""
    row = tx.row(_GUILD, id=guild_id)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    return _guild(row)


def get_role(tx: Tx, guild_id: int, role_id: int) -> RoleFacts:
    """A role as stored now. Raises NotFound 10011."""
    row = tx.row(_ROLE, id=role_id, guild_id=guild_id)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_ROLE], code=ErrorCode.UNKNOWN_ROLE)
    return _role(row)


def list_roles(tx: Tx, guild_id: int) -> list[RoleFacts]:
    """A guild's roles as stored now, everyone's first."""
    return sorted((_role(row) for row in tx.rows(_ROLES, guild_id=guild_id)), key=lambda role: role.rank)


def find_member(tx: Tx, guild_id: int, user_id: int) -> MemberFacts | None:
    """A member as stored now."""
    row = tx.row(_MEMBER, guild_id=guild_id, user_id=user_id)
    if row is None:
        return None
    held = tuple(each.role_id for each in tx.rows(_HELD, guild_id=guild_id, user_id=user_id))
    return _member(row, held)


def get_member(tx: Tx, guild_id: int, user_id: int) -> MemberFacts:
    """A member as stored now. Raises NotFound 10007."""
    member = find_member(tx, guild_id, user_id)
    if member is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MEMBER], code=ErrorCode.UNKNOWN_MEMBER)
    return member


def list_members(tx: Tx, guild_id: int) -> list[MemberFacts]:
    """All members of a guild as stored now."""
    held: dict[int, list[int]] = {}
    for row in tx.rows(_GUILD_HELD, guild_id=guild_id):
        held.setdefault(row.user_id, []).append(row.role_id)
    return [_member(row, tuple(held.get(row.user_id, ()))) for row in tx.rows(_GUILD_MEMBERS, guild_id=guild_id)]


def count_guilds_of(tx: Tx, user_id: int) -> int:
    """How many communities a user belongs to."""
    found = select(func.count()).select_from(t.member).where(t.member.c.user_id == user_id)
    return int(tx.execute(found).scalar_one())


def list_open_guilds(tx: Tx) -> list[int]:
    """The communities that everybody who registers joins."""
    return [row.id for row in tx.rows(_OPEN)]


def find_ban(tx: Tx, guild_id: int, user_id: int) -> Ban | None:
    """Why a user may not join, if so."""
    row = tx.row(_BAN, guild_id=guild_id, user_id=user_id)
    return None if row is None else Ban(row.user_id, row.reason)


def list_bans(tx: Tx, guild_id: int, after: int, limit: int) -> list[Ban]:
    """Who may not join, by user id."""
    return [Ban(row.user_id, row.reason) for row in tx.rows(_BANS, guild_id=guild_id, after=after, limit=limit)]


def find_invite(tx: Tx, code: str) -> Invite | None:
    """A live invitation."""
    row = tx.row(_INVITE, code=code)
    invite = None if row is None else _invite(row)
    return invite if invite is not None and invite.is_live(tx.now_ms) else None


def list_invites(tx: Tx, guild_id: int, channel_id: int | None = None) -> list[Invite]:
    """The live invitations of a guild, or of one channel, oldest first."""
    found = (_invite(row) for row in tx.rows(_INVITES, guild_id=guild_id))
    return [each for each in found if each.is_live(tx.now_ms) and channel_id in (None, each.channel_id)]


def _guild(row: Any) -> GuildFacts:
    return GuildFacts(
        id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        description=row.description,
        icon=row.icon,
        locale=row.locale,
        system_channel_id=row.system_channel_id,
        open=bool(row.open),
    )


def _role(row: Any) -> RoleFacts:
    return RoleFacts(
        id=row.id,
        name=row.name,
        permissions=row.permissions,
        position=row.position,
        color=row.color,
        hoist=bool(row.hoist),
        mentionable=bool(row.mentionable),
        managed=bool(row.managed),
    )


def _member(row: Any, roles: tuple[int, ...]) -> MemberFacts:
    return MemberFacts(
        user_id=row.user_id,
        roles=roles,
        nick=row.nick,
        joined_at=row.joined_at,
        timeout_until=row.timeout_until or 0,
    )


def _invite(row: Any) -> Invite:
    return Invite(
        code=row.code,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        inviter_id=row.inviter_id,
        max_age_s=row.max_age_s,
        max_uses=row.max_uses,
        uses=row.uses,
        created_at=row.created_at,
    )
