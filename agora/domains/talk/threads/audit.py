"""What the audit log says about threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.audit import Action, Change, Draft, build_changes, do_append
from agora.domains.place.permissions import ChannelFacts
from agora.domains.talk.threads.events import ThreadCreated, ThreadDeleted, ThreadMerged, ThreadUpdated
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

EVENTS = (ThreadCreated, ThreadUpdated, ThreadDeleted, ThreadMerged)
# Counted, not done by anybody; tags have their own name on the wire.
_SILENT = frozenset({"created_at", "changed_at", "message_count", "total_sent", "member_count", "auto_archive_min", "tags"})


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write down what people did; that a thread was archived by time is nobody's act."""
    acts = [recorded for recorded in batch if recorded.actor_id]
    return lambda tx: do_append(tx, acts, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    match event:
        case ThreadCreated():
            action, name, changes = Action.THREAD_CREATE, "thread.created", _changes(None, event.thread)
        case ThreadDeleted():
            action, name, changes = Action.THREAD_DELETE, "thread.deleted", _changes(event.thread, None)
        case ThreadUpdated():
            action, name, changes = Action.THREAD_UPDATE, "thread.updated", _changes(event.before, event.thread)
        case ThreadMerged():
            return [_merged(event)]
        case _:
            return []
    if not changes:
        return []
    return [
        Draft(
            action=action,
            name=name,
            target_id=event.thread.id,
            changes=changes,
            reason=event.reason,
            guild_id=event.thread.guild_id,
        )
    ]


def _merged(event: ThreadMerged) -> Draft:
    return Draft(
        action=Action.THREAD_UPDATE,
        name="thread.merged",
        target_id=event.thread.id,
        options={"merged_thread_id": str(event.old.id), "merged_thread_name": event.old.name or ""},
        reason=event.reason,
        guild_id=event.thread.guild_id,
    )


def _changes(before: ChannelFacts | None, after: ChannelFacts | None) -> tuple[Change, ...]:
    """The fields that differ, in Discord's names."""
    old, new = (None if facts is None else facts.thread for facts in (before, after))
    found = [*build_changes(_outer(before), _outer(after))]
    found += [change for change in build_changes(old, new) if change.key not in _SILENT]
    if before is not None and after is not None and before.parent_id != after.parent_id:
        found.append(Change("parent_id", str(before.parent_id), str(after.parent_id)))
    minutes = (None if facts is None else facts.auto_archive_min for facts in (old, new))
    tags = (None if facts is None else [str(tag) for tag in facts.tags] for facts in (old, new))
    for key, (was, now) in (("auto_archive_duration", tuple(minutes)), ("applied_tags", tuple(tags))):
        if was != now:
            found.append(Change(key, was, now))
    return tuple(found)


class _Shown(msgspec.Struct, frozen=True):
    """The fields of a channel that a thread has as well."""

    name: str | None
    type: int
    rate_limit_per_user: int


def _outer(facts: ChannelFacts | None) -> _Shown | None:
    return None if facts is None else _Shown(facts.name, facts.type, facts.rate_limit_per_user)
