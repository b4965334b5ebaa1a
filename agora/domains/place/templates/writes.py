"""The only statements that change templates, and the one write that makes a community from one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.channels import do_put_channels
from agora.domains.place.guilds import do_create_guild, do_edit_guild, do_edit_role, do_put_role
from agora.domains.place.templates.events import (
    TemplateCreated,
    TemplateDeleted,
    TemplateSynced,
    TemplateUpdated,
    TemplateUsed,
)
from agora.domains.place.templates.model import EVERYONE, Snapshot, Template
from agora.domains.place.templates.queries import get_template, list_templates
from agora.domains.place.templates.snapshots import build_channels, build_roles
from agora.domains.place.templates.tables import template as t
from agora.kernel.errors import BadRequest
from agora.kernel.events import NOBODY, Event
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.domains.place.permissions import GuildFacts
    from agora.kernel.tx import Tx


def do_create_template(tx: Tx, template: Template) -> Template:
    """Store a template. Raises BadRequest 30031 when the guild has one."""
    if list_templates(tx, template.guild_id):
        raise BadRequest(MESSAGES[ErrorCode.MAX_TEMPLATES], code=ErrorCode.MAX_TEMPLATES)
    tx.execute(insert(t).values(msgspec.structs.asdict(template) | {"snapshot": _encode(template.snapshot)}))
    _emit(
        tx,
        template.guild_id,
        TemplateCreated(guild_id=template.guild_id, code=template.code, name=template.name, reason=tx.ctx.audit_reason),
    )
    return template


def do_sync_template(tx: Tx, guild_id: int, code: str, snapshot: Snapshot) -> Template:
    """Put what the community is now into its template. Raises NotFound 10057."""
    before = get_template(tx, code, guild_id)
    after = msgspec.structs.replace(before, snapshot=snapshot, updated_at=tx.now_ms)
    tx.execute(update(t).where(t.c.code == code).values(snapshot=_encode(snapshot), updated_at=tx.now_ms))
    _emit(tx, guild_id, TemplateSynced(guild_id=guild_id, code=code, reason=tx.ctx.audit_reason))
    return after


def do_edit_template(tx: Tx, guild_id: int, code: str, changes: dict[str, Any]) -> Template:
    """Change name or description; nothing new tells nobody. Raises NotFound 10057."""
    before = get_template(tx, code, guild_id)
    after = msgspec.structs.replace(before, **changes)
    if after != before:
        tx.execute(update(t).where(t.c.code == code).values(changes))
        reason = tx.ctx.audit_reason
        event = TemplateUpdated(guild_id=guild_id, code=code, name=after.name, description=after.description, reason=reason)
        _emit(tx, guild_id, event)
    return after


def do_delete_template(tx: Tx, guild_id: int, code: str) -> Template:
    """End a template; communities made from it stay. Raises NotFound 10057."""
    template = get_template(tx, code, guild_id)
    tx.execute(delete(t).where(t.c.code == code))
    _emit(tx, guild_id, TemplateDeleted(guild_id=guild_id, code=code, reason=tx.ctx.audit_reason))
    return template


def do_end_guild(tx: Tx, guild: GuildFacts) -> None:
    """A guild ends with its template; the event of its end says so."""
    tx.execute(delete(t).where(t.c.guild_id == guild.id))


def do_use_template(tx: Tx, code: str, name: str, owner_id: int, icon: str | None) -> int:
    """Make a community from a template, all of it or nothing; returns its id. Raises NotFound 10057."""
    template = get_template(tx, code)
    shot = template.snapshot
    guild_id = do_create_guild(tx, name, owner_id, description=shot.description, locale=shot.locale, furnish=False)
    roles = {role.id: guild_id if role.id == EVERYONE else tx.new_id() for role in shot.roles}
    for role in shot.roles:
        if role.id == EVERYONE:
            do_edit_role(tx, guild_id, guild_id, {"permissions": role.permissions, "mentionable": role.mentionable})
    for made in build_roles(shot, roles):
        do_put_role(tx, guild_id, made)
    channels = {channel.id: tx.new_id() for channel in shot.channels}
    do_put_channels(tx, build_channels(shot, guild_id, channels, roles, tx.app.ids))
    do_edit_guild(tx, guild_id, {"icon": icon, "system_channel_id": channels.get(shot.system_channel_id or 0)})
    tx.execute(update(t).where(t.c.code == code).values(usage_count=t.c.usage_count + 1))
    _emit(tx, template.guild_id, TemplateUsed(guild_id=template.guild_id, code=code, made_id=guild_id))
    return guild_id


def _encode(snapshot: Snapshot) -> str:
    return msgspec.json.encode(snapshot).decode()


def _emit(tx: Tx, guild_id: int, event: Event) -> None:
    """Discord tells clients nothing of templates."""
    tx.emit(event, NOBODY, guild_id=guild_id)
