"""The only SELECTs of search: full text and filters in one statement, permissions included."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal_column, select

from agora.domains.talk.messages import fts, message
from agora.domains.talk.search.match import MAX_ID, NOTHING, Found, Hit, Match
from agora.kernel.tx import Tx

MAX_COUNTED = 10_000
MARK_OPEN, MARK_CLOSE = "\x02", "\x03"
SNIPPET_WORDS = 24
PLAIN_SNIPPET = 200  # characters, when there is no word to centre on
m = message.c


def find_hits(tx: Tx, match: Match, limit: int, offset: int = 0) -> Found:
    """One page of what matches, and how many there are in all."""
    if not match.channels or match.impossible or match.authors is None or match.mentions is None:
        return NOTHING
    rows = tx.execute(build_query(match, limit, offset)).all()
    counted = _filtered(select(literal_column("1")), match).limit(MAX_COUNTED).subquery()
    total = tx.execute(select(func.count()).select_from(counted)).scalar_one()
    return Found(tuple(Hit(row.id, row.snippet or "") for row in rows), int(total))


def build_query(match: Match, limit: int, offset: int) -> Select[Any]:
    """The statement for one page: the words are looked up first, then their messages by id, already in order."""
    return _ordered(_hits(match), match).limit(limit).offset(offset)


def _hits(match: Match) -> Select[Any]:
    if match.expression is None:
        snippet: ColumnElement[Any] = func.substr(m.content, 1, PLAIN_SNIPPET)
    else:
        index: ColumnElement[Any] = literal_column("messages_fts")
        snippet = func.snippet(index, 0, MARK_OPEN, MARK_CLOSE, "…", SNIPPET_WORDS)
    return _filtered(select(m.id, snippet.label("snippet")), match)


def _filtered(query: Select[Any], match: Match) -> Select[Any]:
    if match.expression is None:
        query = query.select_from(message)
    else:
        # "+ 0" keeps SQLite from asking the index once for each message of a channel: the words must come first
        query = query.select_from(fts.join(message, m.id == fts.c.rowid + 0))
        query = query.where(fts.c.messages_fts.op("MATCH")(match.expression))
    return query.where(*_conditions(match))


def _conditions(match: Match) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if len(match.channels) == 1 and match.expression is None:
        conditions.append(m.channel_id == match.channels[0])
    else:
        # here it keeps SQLite from sorting whole channels where it can walk the ids backwards and stop early
        conditions.append((m.channel_id + 0).in_(_listed(match.channels)))
    if match.authors:
        conditions.append(m.author_id.in_(match.authors))
    if match.mentions:
        users = func.json_each(m.mentions, "$.users").table_valued("value")
        conditions.append(select(users.c.value).where(users.c.value.in_(match.mentions)).exists())
    if match.mention_everyone is not None:
        everyone = func.coalesce(func.json_extract(m.mentions, "$.everyone"), 0)
        conditions.append(everyone == int(match.mention_everyone))
    if match.has:
        conditions.append(m.has.op("&")(match.has) == match.has)
    if match.lacks:
        conditions.append(m.has.op("&")(match.lacks) == 0)
    if match.pinned is not None:
        conditions.append(m.pinned_ms.is_not(None) if match.pinned else m.pinned_ms.is_(None))
    key = _key(match)
    if match.min_id > 0:
        conditions.append(key > match.min_id)
    if match.max_id < MAX_ID:
        conditions.append(key < match.max_id)
    return conditions


def _listed(ids: tuple[int, ...]) -> Select[Any]:
    values = func.json_each(msgspec.json.encode(ids).decode()).table_valued("value")
    return select(values.c.value)


def _ordered(query: Select[Any], match: Match) -> Select[Any]:
    if match.by_relevance and match.expression is not None:
        return query.order_by(literal_column("messages_fts.rank"))
    key = _key(match)
    return query.order_by(key.desc() if match.newest_first else key.asc())


def _key(match: Match) -> ColumnElement[int]:
    """The id where the statement walks along it."""
    return m.id if match.expression is None else fts.c.rowid
