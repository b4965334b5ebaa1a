"""The only INSERT, UPDATE and DELETE on polls."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import bindparam, delete, insert, update

from agora.domains.talk.messages import Row, do_send, do_tell_edited, find_message, list_payloads, read_poll
from agora.domains.talk.polls.events import VoteCast, VoteTakenBack
from agora.domains.talk.polls.queries import is_final, list_for, list_own
from agora.domains.talk.polls.result import build_result
from agora.domains.talk.polls.tables import poll as p
from agora.domains.talk.polls.tables import vote as v
from agora.kernel.errors import BadRequest
from agora.kernel.events import to_channel
from agora.kernel.http import encode
from agora.kernel.jobs import do_enqueue
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode

END = "polls.end"
_CAST = prepare(insert(v).values({name: bindparam(name) for name in ("message_id", "answer_id", "user_id")}))
_TAKE_BACK = prepare(
    delete(v).where(
        v.c.message_id == bindparam("message_id"),
        v.c.answer_id == bindparam("answer_id"),
        v.c.user_id == bindparam("user_id"),
    )
)
_FINAL = prepare(
    update(p).where(p.c.message_id == bindparam("of"), p.c.final == bindparam("open")).values(final=bindparam("final"))
)


class EndPoll(msgspec.Struct, frozen=True):
    """The job that ends a poll when its time is over."""

    message_id: int


def do_sent(tx: Tx, row: Row) -> None:
    """A message asks something: it ends by itself."""
    if row.poll is None:
        return
    expires_ms = read_poll(row.poll).expires_ms
    tx.execute(insert(p).values(message_id=row.id, channel_id=row.channel_id, expires_ms=expires_ms, final=False))
    do_enqueue(tx, END, EndPoll(row.id), key=str(row.id), delay_ms=max(expires_ms - tx.now_ms, 0))


def do_removed(tx: Tx, channel_id: int, message_ids: Sequence[int]) -> None:
    """Votes are forgotten with their message; nothing else counts polls."""


def do_moved(tx: Tx, message_ids: Sequence[int], channel_id: int) -> None:
    """Messages went to another channel, and their polls with them."""
    tx.execute(update(p).where(p.c.message_id.in_(message_ids)).values(channel_id=channel_id))


def do_forget(tx: Tx, message_ids: Sequence[int]) -> None:
    """Messages are gone, and so are their polls."""
    tx.execute(delete(p).where(p.c.message_id.in_(message_ids)))
    tx.execute(delete(v).where(v.c.message_id.in_(message_ids)))


def do_vote(tx: Tx, row: Row, user_id: int, answers: Collection[int]) -> None:
    """These are all the answers this person votes for. Raises 520001 when the poll has ended."""
    if is_final(tx, row.id) is not False:
        raise BadRequest(MESSAGES[ErrorCode.POLL_EXPIRED], code=ErrorCode.POLL_EXPIRED)
    before = list_own(tx, row.id, user_id)
    for answer_id in sorted(before - set(answers)):
        tx.run(_TAKE_BACK, message_id=row.id, answer_id=answer_id, user_id=user_id)
        _tell(tx, VoteTakenBack, row, user_id, answer_id)
    for answer_id in sorted(set(answers) - before):
        tx.run(_CAST, message_id=row.id, answer_id=answer_id, user_id=user_id)
        _tell(tx, VoteCast, row, user_id, answer_id)


def _tell(tx: Tx, kind: type[VoteCast] | type[VoteTakenBack], row: Row, user_id: int, answer_id: int) -> None:
    event = kind(user_id=user_id, channel_id=row.channel_id, guild_id=row.guild_id, message_id=row.id, answer_id=answer_id)
    tx.emit(event, to_channel(row.channel_id), guild_id=row.guild_id, channel_id=row.channel_id)


def do_end(tx: Tx, message_id: int) -> None:
    """Count the votes for good and say what came of it; a poll that has ended or is gone stays as it is."""
    row = find_message(tx, message_id)
    if row is None or row.poll is None or not tx.run(_FINAL, of=message_id, open=False, final=True):
        return
    do_tell_edited(tx, row)
    results = list_for(tx, 0, [message_id])[message_id]
    result = build_result(tx.new_id(), row, results)
    do_send(tx, result, encode(list_payloads(tx, [result], 0)[0]), True)
