"""The only SELECTs of search: full text and filters in one statement, permissions included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from agora.domains.talk.messages import fts, message
from agora.domains.talk.search.match import MAX_ID, NOTHING, Found, Hit, Match
from agora.domains.talk.search.rank import rank_by_words
from agora.domains.talk.search.tags import build_missing, build_tags
from agora.domains.talk.search.vocabulary import build_words, list_alternatives
from agora.domains.talk.search.words import either
from agora.kernel.http import encode
from agora.kernel.tx import Tx

COUNTED_ON = 1_000
"""The total is exact up to so many hits behind the page: counting all would cost more than finding them."""
RANKED = 500
"""The newest hits among which the best are looked for."""
MARK_OPEN, MARK_CLOSE = "\x02", "\x03"
SNIPPET_WORDS = 24
m = message.c


def find_hits(tx: Tx, match: Match, limit: int, offset: int = 0) -> Found:
    """One page of what matches, and how many there are in all."""
    if match.hopeless:
        return NOTHING
    expression = build_expression(tx, match)
    total = count_hits(tx, match, expression, offset + limit + COUNTED_ON)
    if match.by_relevance and match.terms:
        ids = rank_hits(tx, match, expression)[offset : offset + limit]
        return Found(list_hits(tx, ids, expression), total)
    rows = tx.execute(build_query(match, expression, limit, offset)).all()
    return Found(tuple(Hit(row.id, row.snippet or "") for row in rows), total)


def count_hits(tx: Tx, match: Match, expression: str, most: int) -> int:
    """How many messages match; stops at ``most``."""
    counted = _filtered(select(literal_column("1")), match, expression).limit(most).subquery()
    return int(tx.execute(select(func.count()).select_from(counted)).scalar_one())


def list_ids(tx: Tx, match: Match, most: int) -> list[int]:
    """The newest messages that match, without snippets."""
    if match.hopeless:
        return []
    query = _ordered(_filtered(select(m.id), match, build_expression(tx, match)), match)
    return list(tx.execute(query.limit(most)).scalars())


def rank_hits(tx: Tx, match: Match, expression: str) -> list[int]:
    """The best of the newest messages that match, the best first."""
    query = _filtered(select(m.id, m.content), match, expression).order_by(fts.c.rowid.desc()).limit(RANKED)
    return rank_by_words([(row.id, row.content) for row in tx.execute(query)], match.terms)


def list_hits(tx: Tx, ids: Sequence[int], expression: str, scores: Sequence[float] = ()) -> tuple[Hit, ...]:
    """Hits with snippets for some messages, in the order given. Without words in the expression nothing is marked."""
    query = select(fts.c.rowid, _snippet().label("snippet")).where(_matches(expression), fts.c.rowid.in_(_listed(ids)))
    snippets = {row.rowid: row.snippet for row in tx.execute(query)}
    return tuple(
        Hit(each, snippets.get(each) or "", scores[at] if scores else None) for at, each in enumerate(ids) if each in snippets
    )


def build_expression(tx: Tx, match: Match) -> str:
    """All that the full-text index answers: words and filters."""
    words = [build_words(tx, match.terms, match.slop)] if match.terms else []
    words += [either([each for term in group for each in list_alternatives(tx, term)]) for group in match.alternatives]
    wanted = [*(f"{{content}} : ({each})" for each in words), *build_tags(match)]
    missing = build_missing(match)
    together = " AND ".join(wanted)
    return f"({together}) NOT ({missing})" if missing else together


def build_query(match: Match, expression: str, limit: int, offset: int) -> Select[Any]:
    """The statement for one page: the index is asked first, then for its messages by id, already in order."""
    return _ordered(_filtered(select(m.id, _snippet().label("snippet")), match, expression), match).limit(limit).offset(offset)


def _snippet() -> ColumnElement[Any]:
    return func.snippet(literal_column("messages_fts"), 0, MARK_OPEN, MARK_CLOSE, "…", SNIPPET_WORDS)


def _matches(expression: str) -> ColumnElement[bool]:
    return fts.c.messages_fts.op("MATCH")(expression)


def _filtered(query: Select[Any], match: Match, expression: str) -> Select[Any]:
    # "+ 0" keeps SQLite from asking the index once for each message of a channel: the words must come first
    query = query.select_from(fts.join(message, m.id == fts.c.rowid + 0))
    return query.where(_matches(expression), *_conditions(match))


def _conditions(match: Match) -> list[ColumnElement[bool]]:
    """Who may read is asked of the rows themselves, whatever the index says."""
    conditions: list[ColumnElement[bool]] = [(m.channel_id + 0).in_(_listed(match.channels))]
    if match.replied_users:
        answered = message.alias("answered")
        of_them = and_(answered.c.id == m.reply_to, answered.c.author_id.in_(match.replied_users))
        conditions.append(select(answered.c.id).where(of_them).exists())
    for path, values in (("$.type", match.embed_types), ("$.provider.name", match.embed_providers)):
        if values:
            conditions.append(_embeds(path, values))
    if match.min_id > 0:
        conditions.append(fts.c.rowid > match.min_id)
    if match.max_id < MAX_ID:
        conditions.append(fts.c.rowid < match.max_id)
    return conditions


def _embeds(path: str, values: Sequence[str]) -> ColumnElement[bool]:
    embeds = func.json_each(m.embeds).table_valued("value")
    held = func.lower(func.json_extract(embeds.c.value, path))
    return select(embeds.c.value).where(or_(*(held == value.lower() for value in values))).exists()


def _listed(ids: Sequence[int]) -> Select[Any]:
    values = func.json_each(encode(ids).decode()).table_valued("value")
    return select(values.c.value)


def _ordered(query: Select[Any], match: Match) -> Select[Any]:
    return query.order_by(fts.c.rowid.desc() if match.newest_first else fts.c.rowid.asc())
