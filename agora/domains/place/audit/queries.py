"""Reading the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select, text

from agora.domains.place.audit.chain import Verdict, verify
from agora.domains.place.audit.model import Entry
from agora.domains.place.audit.tables import entry as e

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_PAGE = 1000


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: newest first and before ``before``, or with ``after`` oldest first from there on."""

    guild_id: int | None
    user_id: int | None = None
    target_id: int | None = None
    action_type: int | None = None
    before: int | None = None
    after: int | None = None
    limit: int = 50


def list_entries(tx: Tx, which: Filter) -> list[Entry]:
    """Entries of one guild, or of the server itself where ``guild_id`` is None."""
    found = select(e)
    if which.guild_id is not None:
        # acts on the guild as a whole have no number in Discord's list
        found = found.where(e.c.guild_id == which.guild_id, e.c.action_type > 0)
    else:
        found = found.where(e.c.action_type == 0)
    for column, value in (
        (e.c.user_id, which.user_id),
        (e.c.target_id, which.target_id),
        (e.c.action_type, which.action_type),
    ):
        if value is not None:
            found = found.where(column == value)
    if which.before is not None:
        found = found.where(e.c.id < which.before)
    if which.after is not None:
        found = found.where(e.c.id > which.after)
    oldest_first = which.after is not None and which.before is None
    found = found.order_by(e.c.id if oldest_first else e.c.id.desc()).limit(which.limit)
    return [_entry(row) for row in tx.execute(found)]


def check_chain(tx: Tx) -> Verdict:
    """Walk the whole log."""
    highest = tx.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_entry'")).scalar()
    return verify(_walk(tx), int(highest or 0))


def _walk(tx: Tx) -> Iterator[Entry]:
    last = 0
    while True:
        page = list(tx.execute(select(e).where(e.c.seq > last).order_by(e.c.seq).limit(_PAGE)))
        for row in page:
            yield _entry(row)
        if len(page) < _PAGE:
            return
        last = page[-1].seq


def _entry(row: Any) -> Entry:
    return Entry(**row._mapping)
