"""The table of words: learning what was written, and finding the forms of a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.messages import MessageEdited, MessageSent, MessagesImported, list_by_ids
from agora.domains.talk.search.match import Term
from agora.domains.talk.search.stems import WORD, find_stems, find_words, fold
from agora.domains.talk.search.tables import word as w
from agora.domains.talk.search.words import either, quote
from agora.kernel.http import encode
from agora.kernel.sql import prepare

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.domain import Effect
    from agora.kernel.events import Recorded
    from agora.kernel.tx import Tx

MAX_FORMS = 64
"""Most words that one typed word stands for: more are no longer its forms, and each costs a look into the index."""
REMEMBERED = 50_000

_PAIRS = func.json_each(bindparam("pairs")).table_valued("value")
_LEARN = prepare(
    sqlite.insert(w)
    .from_select(
        ["stem", "word"],
        select(func.json_extract(_PAIRS.c.value, "$[0]"), func.json_extract(_PAIRS.c.value, "$[1]")).where(
            _PAIRS.c.value.is_not(None)
        ),
    )
    .on_conflict_do_nothing()
)
_STEMS_OF = prepare(select(w.c.stem).where(w.c.word == bindparam("word")))
_GIVEN = func.json_each(bindparam("stems")).table_valued("value")
_FORMS = prepare(select(w.c.word).where(w.c.stem.in_(select(_GIVEN.c.value))).distinct().limit(MAX_FORMS))
_BEGINNING = prepare(
    select(w.c.word)
    .where(w.c.word >= bindparam("start"), w.c.word < bindparam("end"))
    .distinct()
    .order_by(func.length(w.c.word))
    .limit(MAX_FORMS)
)


def build_words(tx: Tx, terms: Sequence[Term], slop: int | None) -> str:
    """The FTS5 expression for all terms; empty without any. With ``slop`` the words must stand close together, just as typed."""
    if slop is not None and len(terms) > 1:
        return f"NEAR({' '.join(quote(term.text) for term in terms)}, {slop})"
    return " AND ".join(either(list_alternatives(tx, term)) for term in terms)


def list_alternatives(tx: Tx, term: Term) -> list[str]:
    """What a term may be in the index, as FTS5 strings; itself first."""
    if term.exact or WORD.fullmatch(term.text) is None:
        return [quote(term.text) + (" *" if term.unfinished else "")]
    own = fold(term.text)
    forms = dict.fromkeys([own, *list_forms(tx, term.text)])
    if term.unfinished:
        longer = [row.word for row in tx.rows(_BEGINNING, start=own, end=own + "\U0010ffff")]
        forms.update(dict.fromkeys(longer))
        if not longer:  # it may be a word that was written this very moment, or one with digits in it
            return [f"{quote(own)} *", *(quote(form) for form in forms if form != own)]
    return [quote(form) for form in list(forms)[:MAX_FORMS]]


def list_forms(tx: Tx, word: str) -> list[str]:
    """The words that occur and have a stem in common with this one, as the index knows them.

    Accents decide about French stems, so those are asked for as well that the word has where it was written with accents.
    """
    stems = {*find_stems(word), *(row.stem for row in tx.rows(_STEMS_OF, word=fold(word)))}
    return [row.word for row in tx.rows(_FORMS, stems=encode(sorted(stems)).decode())] if stems else []


def do_learn(tx: Tx, words: dict[str, set[str]]) -> None:
    """Remember words, each with the spellings it was met in. One statement, however many."""
    pairs = {(stem, word) for word, spellings in words.items() for spelling in spellings for stem in find_stems(spelling)}
    if pairs:
        tx.run(_LEARN, pairs=encode(sorted(pairs)).decode())


def do_learn_file(tx: Tx, message_id: int, text: str) -> None:
    """Remember the words of a message's files."""
    do_learn(tx, find_words([text]))


class Known:
    """Spellings that are in the table for certain, so that what is said every day costs no write."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._learning: set[str] = set()
        self._at = -1

    def find_new(self, words: dict[str, set[str]], at: int) -> dict[str, set[str]]:
        """Those of the words that may be new. ``at`` numbers the batch: the next one says that the one before is stored."""
        if at != self._at:
            self._known |= self._learning
            self._at = at
        if len(self._known) > REMEMBERED:
            self._known.clear()
        new = {word: left for word, spellings in words.items() if (left := spellings - self._known)}
        self._learning = {spelling for spellings in new.values() for spelling in spellings}
        return new


async def learn(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Remember the words of what was said, behind the writer's back."""
    events = [recorded.event for recorded in batch]
    texts = [event.content for event in events if isinstance(event, MessageSent | MessageEdited)]
    for event in events:
        if isinstance(event, MessagesImported):
            texts += [row.content for row in (await ctx.read(list_by_ids, event.ids)).values()]
    new = ctx.app.get(Known).find_new(find_words(texts), batch[-1].seq)
    return (lambda tx: do_learn(tx, new)) if new else None
