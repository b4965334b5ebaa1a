"""The only SELECTs of search: full text and filters in one statement, permissions included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, literal_column, or_, select

from agora.domains.talk.messages import fts, message, stored
from agora.domains.talk.search.match import NOTHING, Found, Hit, Match
from agora.domains.talk.search.rank import rank_by_words
from agora.domains.talk.search.tags import build_missing, build_tags
from agora.domains.talk.search.vocabulary import build_words, list_alternatives
from agora.domains.talk.search.words import either
from agora.kernel.http import encode
from agora.kernel.sql import Prepared, prepare
from agora.kernel.tx import Tx

COUNTED_ON = 250
"""The total is exact up to so many hits behind the page: counting all would cost more than finding them."""
RANKED = 300
"""The newest hits among which the best are looked for."""
MARK_OPEN, MARK_CLOSE = "\x02", "\x03"
SNIPPET_WORDS = 24
PLAIN_SNIPPET = 200  # characters, when there is no word to centre on
m = message.c

_EXPRESSION: BindParameter[str] = bindparam("expression")
_LIMIT: BindParameter[int] = bindparam("limit")
_SNIPPET = func.snippet(literal_column("messages_fts"), 0, MARK_OPEN, MARK_CLOSE, "…", SNIPPET_WORDS).label("snippet")
_MATCHES = fts.c.messages_fts.op("MATCH")(_EXPRESSION)


def _listed(name: str) -> Select[Any]:
    values = func.json_each(bindparam(name)).table_valued("value")
    return select(values.c.value)


def _matching(*columns: Any) -> Select[Any]:
    """The index is asked first, then for the rows of its hits by id; who may read is asked of the rows, whatever it says."""
    # "+ 0" keeps SQLite from asking the index once for each message of a channel: the words must come first
    query = select(*columns).select_from(fts.join(message, m.id == fts.c.rowid + 0))
    return query.where(
        _MATCHES,
        (m.channel_id + 0).in_(_listed("channels")),
        fts.c.rowid > bindparam("min_id"),
        fts.c.rowid < bindparam("max_id"),
    )


def _page(newest_first: bool) -> Select[Any]:
    order = fts.c.rowid.desc() if newest_first else fts.c.rowid.asc()
    return _matching(m.id, _SNIPPET).order_by(order).limit(_LIMIT).offset(bindparam("offset"))


PAGES: dict[bool, Select[Any]] = {newest_first: _page(newest_first) for newest_first in (True, False)}
_COUNTED = _matching(m.id).limit(_LIMIT)
_NEWEST = _matching(m.id, stored("content").label("content")).order_by(fts.c.rowid.desc()).limit(_LIMIT)
_READY: dict[int, Prepared] = {id(query): prepare(query) for query in (*PAGES.values(), _COUNTED, _NEWEST)}
_SNIPPETS = prepare(select(fts.c.rowid, _SNIPPET).where(_MATCHES, fts.c.rowid.in_(_listed("ids"))))

_STARTS = prepare(select(m.id, func.substr(stored("content"), 1, PLAIN_SNIPPET).label("start")).where(m.id.in_(_listed("ids"))))


def find_hits(tx: Tx, match: Match, limit: int, offset: int = 0) -> Found:
    """One page of what matches, and how many there are in all."""
    if match.hopeless:
        return NOTHING
    expression = build_expression(tx, match)
    if match.by_relevance and match.terms:
        ids = rank_hits(tx, match, expression)[offset : offset + limit]
        hits = list_hits(tx, ids, expression)
    else:
        rows = _run(tx, PAGES[match.newest_first], match, expression, limit=limit, offset=offset)
        hits = tuple(Hit(row.id, row.snippet or "") for row in rows)
    if 0 < len(hits) < limit or not (hits or offset):
        return Found(hits, offset + len(hits))
    return Found(hits, count_hits(tx, match, expression, offset + limit + COUNTED_ON))


def count_hits(tx: Tx, match: Match, expression: str, most: int) -> int:
    """How many messages match; stops at ``most``."""
    return len(_run(tx, _COUNTED, match, expression, limit=most))


def list_newest(tx: Tx, match: Match, most: int) -> list[tuple[int, str]]:
    """Ids and contents of the newest messages that match."""
    if match.hopeless:
        return []
    return [(row.id, row.content) for row in _run(tx, _NEWEST, match, build_expression(tx, match), limit=most)]


def rank_hits(tx: Tx, match: Match, expression: str) -> list[int]:
    """The best of the newest messages that match, the best first."""
    rows = _run(tx, _NEWEST, match, expression, limit=RANKED)
    return rank_by_words([(row.id, row.content) for row in rows], match.terms)


def list_hits(tx: Tx, ids: Sequence[int], expression: str) -> tuple[Hit, ...]:
    """Hits with snippets for some messages, in the order given; those that do not match are left out."""
    rows = tx.rows(_SNIPPETS, expression=expression, ids=encode(ids).decode())
    snippets = {row.rowid: row.snippet or "" for row in rows}
    return tuple(Hit(each, snippets[each]) for each in ids if each in snippets)


def list_snippets(tx: Tx, match: Match, ids: Sequence[int]) -> dict[int, str]:
    """Snippets of messages whatever words they have; those of the search that do occur are marked."""
    words = [each for term in match.terms for each in list_alternatives(tx, term)]
    found = dict[int, str]()
    if words:
        found = {hit.id: hit.snippet for hit in list_hits(tx, ids, f"{{content}} : {either(words)}")}
    rest = encode([each for each in ids if each not in found]).decode()
    return found | {row.id: row.start for row in tx.rows(_STARTS, ids=rest)}


def build_expression(tx: Tx, match: Match) -> str:
    """All that the full-text index answers: words and filters."""
    words = [build_words(tx, match.terms, match.slop)] if match.terms else []
    words += [either([each for term in group for each in list_alternatives(tx, term)]) for group in match.alternatives]
    wanted = [*(f"{{content}} : ({each})" for each in words), *build_tags(match)]
    missing = build_missing(match)
    together = " AND ".join(wanted)
    return f"({together}) NOT ({missing})" if missing else together


def build_query(query: Select[Any], match: Match) -> Select[Any]:
    """One of the statements, with the conditions that the index cannot answer."""
    return query.where(*_conditions(match))


def _run(tx: Tx, query: Select[Any], match: Match, expression: str, **params: int) -> Sequence[Any]:
    known = {
        "expression": expression,
        "channels": encode(match.channels).decode(),
        "min_id": match.min_id,
        "max_id": match.max_id,
        **params,
    }
    if match.is_plain:
        return tx.rows(_READY[id(query)], **known)
    return tx.execute(build_query(query, match), known).all()


def _conditions(match: Match) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if match.replied_users:
        answered = message.alias("answered")
        of_them = and_(answered.c.id == m.reply_to, answered.c.author_id.in_(match.replied_users))
        conditions.append(select(answered.c.id).where(of_them).exists())
    for path, values in (("$.type", match.embed_types), ("$.provider.name", match.embed_providers)):
        if values:
            conditions.append(_embeds(path, values))
    return conditions


def _embeds(path: str, values: Sequence[str]) -> ColumnElement[bool]:
    embeds = func.json_each(stored("embeds")).table_valued("value")
    held = func.lower(func.json_extract(embeds.c.value, path))
    return select(embeds.c.value).where(or_(*(held == value.lower() for value in values))).exists()
