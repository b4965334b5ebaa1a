"""Use cases of templates: check, then write, then return."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from agora.domains.place.guilds import check_guild_name, check_room
from agora.domains.place.permissions import Directory, check_guild
from agora.domains.place.templates.model import Snapshot, Template
from agora.domains.place.templates.queries import get_template, list_templates
from agora.domains.place.templates.snapshots import take_snapshot
from agora.domains.place.templates.writes import (
    do_create_template,
    do_delete_template,
    do_edit_template,
    do_sync_template,
    do_use_template,
)
from agora.kernel.errors import Forbidden, invalid
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

__all__ = ["get_template"]

MANAGE = Permission.MANAGE_GUILD
MAX_NAME, MAX_DESCRIPTION = 100, 120
ALPHABET = string.ascii_letters + string.digits
CODE_LENGTH = 12  # of 62 letters: 71 bits, because the code alone opens a template


async def find_templates(ctx: Ctx, guild_id: int) -> list[Template]:
    """A guild's templates. Raises NotFound 10004, Forbidden 50013 without MANAGE_GUILD."""
    check_guild(ctx, MANAGE, guild_id=guild_id)
    return await ctx.read(list_templates, guild_id)


async def create_template(ctx: Ctx, guild_id: int, name: str, description: str | None = None) -> Template:
    """Make the guild's template of what it is now. Raises as the others, BadRequest 30031 when there is one."""
    now = ctx.app.clock.now_ms()
    template = Template(
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
        guild_id=guild_id,
        name=_check_name(name),
        description=_check_description(description),
        usage_count=0,
        creator_id=ctx.actor.user_id,
        created_at=now,
        updated_at=now,
        snapshot=_snapshot(ctx, guild_id),
    )
    return await ctx.write(do_create_template, template)


async def sync_template(ctx: Ctx, guild_id: int, code: str) -> Template:
    """Bring a template up to date. Raises NotFound 10004 and 10057, Forbidden 50013."""
    return await ctx.write(do_sync_template, guild_id, code, _snapshot(ctx, guild_id))


async def edit_template(
    ctx: Ctx, guild_id: int, code: str, *, name: str | UnsetType = UNSET, description: str | UnsetType | None = UNSET
) -> Template:
    """Change what a template is called. Raises as ``sync_template``, BadRequest."""
    check_guild(ctx, MANAGE, guild_id=guild_id)
    changes: dict[str, Any] = {}
    if name is not UNSET:
        changes["name"] = _check_name(name)
    if description is not UNSET:
        changes["description"] = _check_description(description)
    return await ctx.write(do_edit_template, guild_id, code, changes)


async def delete_template(ctx: Ctx, guild_id: int, code: str) -> Template:
    """End a template. Raises as ``sync_template``."""
    check_guild(ctx, MANAGE, guild_id=guild_id)
    return await ctx.write(do_delete_template, guild_id, code)


async def check_use(ctx: Ctx, code: str, name: str) -> str:
    """The name of a community to be made; raises what ``use_template`` would, so that no picture is stored in vain."""
    if ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    await check_room(ctx, ctx.actor.user_id)
    await ctx.read(get_template, code)
    return check_guild_name(name)


async def use_template(ctx: Ctx, code: str, name: str, icon: str | None = None) -> int:
    """Make a community that the actor owns; whoever has the code may. ``icon`` is the hash of a stored picture.

    Returns its id. Raises NotFound 10057, Forbidden 20001 (bots), BadRequest 30001 and on ``name``.
    """
    return await ctx.write(do_use_template, code, await check_use(ctx, code, name), ctx.actor.user_id, icon)


def is_dirty(ctx: Ctx, template: Template) -> bool | None:
    """Whether the community has changed since, for who manages it; None for others, whom it does not concern."""
    directory = ctx.app.get(Directory)
    guild = directory.guild(template.guild_id)
    if guild is None or not directory.guild_permissions(ctx.actor.user_id, guild.id) & MANAGE:
        return None
    return take_snapshot(directory, guild, ctx.actor.user_id) != template.snapshot


def _snapshot(ctx: Ctx, guild_id: int) -> Snapshot:
    guild = check_guild(ctx, MANAGE, guild_id=guild_id)
    return take_snapshot(ctx.app.get(Directory), guild, ctx.actor.user_id)


def _check_name(name: str) -> str:
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= MAX_NAME:
        raise invalid("name", f"Must be between 1 and {MAX_NAME} in length.", "BASE_TYPE_BAD_LENGTH")
    return shown


def _check_description(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if len(text) > MAX_DESCRIPTION:
        raise invalid("description", f"Must be {MAX_DESCRIPTION} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return text.strip()
