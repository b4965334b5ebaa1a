"""The only statement that writes the log. Nothing changes or deletes an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert, select

from agora.domains.place.audit.chain import START, entry_hash
from agora.domains.place.audit.drafts import drafts
from agora.domains.place.audit.events import EntryWritten
from agora.domains.place.audit.model import Action, Draft, Entry
from agora.domains.place.audit.tables import entry as e
from agora.domains.place.permissions import Directory
from agora.kernel.events import NOBODY, Audience, to_users
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.events import Event, Recorded
    from agora.kernel.tx import Tx


def do_append(tx: Tx, batch: Sequence[Recorded], drafts_of: Callable[[Event], list[Draft]] = drafts) -> None:
    """Write down what these events say, each entry chained to the one before. Other domains bring their own ``drafts_of``."""
    readers: dict[int, Audience] = {}
    previous = tx.execute(select(e.c.hash).order_by(e.c.seq.desc()).limit(1)).scalar() or START
    for recorded in batch:
        for index, draft in enumerate(drafts_of(recorded.event)):
            entry = Entry(
                seq=0,
                id=recorded.id if index == 0 else tx.new_id(),
                at=recorded.at,
                guild_id=draft.guild_id,
                user_id=recorded.actor_id,
                target_id=draft.target_id,
                action=draft.name,
                action_type=int(draft.action),
                changes=msgspec.json.encode(draft.changes).decode(),
                options=msgspec.json.encode(draft.options).decode(),
                reason=draft.reason,
                previous=previous,
                hash="",
            )
            row = msgspec.structs.asdict(entry) | {"hash": entry_hash(entry)}
            del row["seq"]
            tx.execute(insert(e).values(row))
            previous = row["hash"]
            if draft.guild_id is not None and draft.action is not Action.SERVER:
                if draft.guild_id not in readers:
                    readers[draft.guild_id] = _readers(tx, draft.guild_id)
                event = EntryWritten(entry=msgspec.structs.replace(entry, hash=previous))
                tx.emit(event, readers[draft.guild_id], guild_id=draft.guild_id)


def _readers(tx: Tx, guild_id: int) -> Audience:
    """Who may read a community's log."""
    directory, bit = tx.app.get(Directory), int(Permission.VIEW_AUDIT_LOG)
    found = [each for each in directory.members(guild_id) if directory.guild_permissions(each, guild_id) & bit]
    return to_users(*sorted(found)) if found else NOBODY
