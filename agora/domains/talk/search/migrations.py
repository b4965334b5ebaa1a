"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from agora.domains.talk.search.stems import SHORTEST, WORD, find_stems

if TYPE_CHECKING:
    from alembic.operations import Operations

CHUNK = 5000


def create_words(op: Operations) -> None:
    """The words that occur, by their stems, filled from the full-text index."""
    op.create_table(
        "search_word",
        sa.Column("stem", sa.Text, primary_key=True),
        sa.Column("word", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("search_word_word", "search_word", ["word", "stem"])
    connection = op.get_bind()
    connection.execute(sa.text("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, messages_fts, 'row')"))
    terms = connection.execute(sa.text("SELECT term FROM temp.search_terms")).scalars().all()
    words = [term for term in terms if len(term) >= SHORTEST and WORD.fullmatch(term)]
    for start in range(0, len(words), CHUNK):
        rows = [{"stem": stem, "word": word} for word in words[start : start + CHUNK] for stem in find_stems(word)]
        if rows:
            connection.execute(sa.text("INSERT INTO search_word (stem, word) VALUES (:stem, :word)"), rows)
    connection.execute(sa.text("DROP TABLE temp.search_terms"))


def create_vectors(op: Operations) -> None:
    """The vectors of messages, and which model made them."""
    rowid = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_vector",
        sa.Column("message_id", rowid, primary_key=True, autoincrement=False),
        sa.Column("edited_ms", sa.BigInteger, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "search_model",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("probe", sa.LargeBinary, nullable=False),
    )


STEPS = (create_words, create_vectors)
