"""The chain: each entry's hash covers its own content and the hash before it, so nothing can be changed unnoticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from agora.domains.place.audit.model import Entry

START = "0" * 64


class Verdict(msgspec.Struct, frozen=True):
    """Result of a check: ``broken_at`` is the place of the first entry that does not fit, ``why`` says how."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str | None = None


def entry_hash(entry: Entry) -> str:
    """SHA-256 over all fields but ``seq`` and the hash itself, in a fixed order, as JSON."""
    fields = (
        entry.previous,
        entry.id,
        entry.at,
        entry.guild_id,
        entry.user_id,
        entry.target_id,
        entry.action,
        entry.action_type,
        entry.changes,
        entry.options,
        entry.reason,
    )
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def verify(entries: Iterable[Entry], last_seq: int) -> Verdict:
    """Walk the chain from its start. ``last_seq`` is the highest place ever given out: what is cut off at the end shows."""
    count, seq, head = 0, 0, START
    for entry in entries:
        if entry.seq != seq + 1:
            return Verdict(count, head, seq + 1, "an entry is missing")
        if entry.previous != head:
            return Verdict(count, head, entry.seq, "it does not follow the entry before it")
        if entry.hash != entry_hash(entry):
            return Verdict(count, head, entry.seq, "its content was changed")
        count, seq, head = count + 1, entry.seq, entry.hash
    if seq != last_seq:
        return Verdict(count, head, seq + 1, "entries at the end are missing")
    return Verdict(count, head)
