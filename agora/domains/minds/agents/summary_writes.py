"""Changes of summaries. Whatever takes a message away takes along what was said of it, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, or_, select

from agora.domains.minds.agents.metrics import SUMMARIES
from agora.domains.minds.agents.scene import Said
from agora.domains.minds.agents.summary import Summary
from agora.domains.minds.agents.summary_queries import find_summary
from agora.domains.minds.agents.tables import summary as y
from agora.domains.talk.messages import MessageEdited, Row, list_by_ids, words_of
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

MOST_KEPT = 8
"""Of one channel, style and language: older ones are only needed to run a turn again."""
_ABOUT = prepare(
    delete(y).where(y.c.channel_id == bindparam("channel_id"), y.c.first_id <= bindparam("last"), y.c.last_id >= bindparam("first"))
)


def do_keep_summary(tx: Tx, made: Summary, lines: Sequence[Said], before_id: int | None) -> bool:
    """Store a summary; false when one of its messages, or the summary before it, is no longer as it was read."""
    rows = list_by_ids(tx, [said.id for said in lines])
    if any((row := rows.get(said.id)) is None or _differs(row, said, made.channel_id) for said in lines):
        return False
    if before_id is not None and find_summary(tx, before_id) is None:
        return False
    values = {name: getattr(made, name) for name in made.__struct_fields__}
    tx.execute(insert(y).values(values))
    alike = (y.c.channel_id == made.channel_id, y.c.style == made.style, y.c.language == made.language)
    old = select(y.c.id).where(*alike).order_by(y.c.id.desc()).offset(MOST_KEPT)
    tx.execute(delete(y).where(y.c.id.in_(old)))
    return True


def _differs(row: Row, said: Said, channel_id: int) -> bool:
    return row.channel_id != channel_id or words_of(row) != said.content


def do_drop_about(tx: Tx, channel_id: int, message_ids: Sequence[int]) -> None:
    """Drop a channel's summaries that may tell of one of these messages."""
    if message_ids and (gone := tx.run(_ABOUT, channel_id=channel_id, first=min(message_ids), last=max(message_ids))):
        SUMMARIES.labels("dropped").inc(gone)


def do_drop_ends(tx: Tx, message_ids: Sequence[int]) -> None:
    """Drop the summaries that begin or end with one of these messages: those of channels that are emptied, wherever they are."""
    gone = tx.execute(delete(y).where(or_(y.c.first_id.in_(message_ids), y.c.last_id.in_(message_ids)))).rowcount
    if gone:
        SUMMARIES.labels("dropped").inc(gone)


def do_drop_moved(tx: Tx, message_ids: Sequence[int], _channel_id: int) -> None:
    """The same for messages that go to another channel, as all of a channel do."""
    do_drop_ends(tx, message_ids)


def do_drop_edited(tx: Tx, edits: Sequence[MessageEdited]) -> None:
    """Drop what was said of messages whose words were changed since; a pin or an embed changes none."""
    rows = list_by_ids(tx, [edit.id for edit in edits])
    for edit in edits:
        row = rows.get(edit.id)
        if row is None or row.edited_ms is None:
            continue
        holds = (y.c.channel_id == row.channel_id, y.c.first_id <= row.id, y.c.last_id >= row.id)
        gone = tx.execute(delete(y).where(*holds, y.c.created_at <= row.edited_ms)).rowcount
        if gone:
            SUMMARIES.labels("dropped").inc(gone)


def do_drop_channel(tx: Tx, channel_id: int) -> int:
    """Drop all of a channel's; returns how many there were."""
    return tx.execute(delete(y).where(y.c.channel_id == channel_id)).rowcount


def do_nothing_sent(_tx: Tx, _row: Row) -> None:
    """A new message is in no summary yet."""
