"""Reading what agents said."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, func, or_, select

from agora.domains.talk.messages import message as m
from agora.domains.talk.messages import stored
from agora.kernel.sql import prepare
from agora.protocol.message_types import MessageType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MOST = 300  # messages of one channel that are read: the newest
_AUTHORS = func.json_each(bindparam("authors")).table_valued("value")
_SAID = prepare(
    select(m.c.id, m.c.author_id, stored("content").label("content"))
    .where(
        m.c.channel_id == bindparam("channel_id"),
        m.c.id > bindparam("after"),
        or_(m.c.type == int(MessageType.DEFAULT), m.c.type == int(MessageType.REPLY)),
        m.c.content != "",
        m.c.author_id.in_(select(_AUTHORS.c.value)),
    )
    .order_by(m.c.id.desc())
    .limit(bindparam("limit"))
)


class Line(msgspec.Struct, frozen=True):
    """A message of an agent."""

    id: int
    author_id: int
    text: str


def list_said(tx: Tx, channel_id: int, after: int, authors: Collection[int]) -> list[Line]:
    """What these said in a channel after a message, oldest first; of more than ``MOST`` the newest."""
    encoded = msgspec.json.encode(sorted(authors)).decode()
    rows = tx.rows(_SAID, channel_id=channel_id, after=after, authors=encoded, limit=MOST)
    return [Line(row.id, row.author_id, " ".join(row.content.split())) for row in reversed(rows)]
