"""The only SELECTs on templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from agora.domains.place.templates.model import Snapshot, Template
from agora.domains.place.templates.tables import template as t
from agora.kernel.errors import NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_SNAPSHOT = msgspec.json.Decoder(Snapshot)


def list_templates(tx: Tx, guild_id: int) -> list[Template]:
    """The templates of a guild: one at most."""
    return [_template(row) for row in tx.execute(select(t).where(t.c.guild_id == guild_id))]


def get_template(tx: Tx, code: str, guild_id: int | None = None) -> Template:
    """A template, of this guild if one is named. Raises NotFound 10057."""
    row = tx.execute(select(t).where(t.c.code == code)).first()
    if row is None or guild_id not in (None, row.guild_id):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_TEMPLATE], code=ErrorCode.UNKNOWN_TEMPLATE)
    return _template(row)


def _template(row: Any) -> Template:
    return Template(**dict(row._mapping) | {"snapshot": _SNAPSHOT.decode(row.snapshot)})
