"""The words that occur, by their stems; and what messages mean, as vectors."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from agora.kernel.tables import metadata

ROWID = BigInteger().with_variant(Integer(), "sqlite")

# A word of the full-text index under each of its stems. Words of deleted messages stay: they do no harm.
word = Table(
    "search_word",
    metadata,
    Column("stem", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Index("search_word_word", "word", "stem"),
    sqlite_with_rowid=False,
)

# The vector of a message, as 16-bit floats; ``edited_ms`` is that of the message it was made from, 0 for never edited.
vector = Table(
    "search_vector",
    metadata,
    Column("message_id", ROWID, primary_key=True, autoincrement=False),
    Column("edited_ms", BigInteger, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# One row at most: the vector that the model gave for a fixed sentence. Another model gives another one.
model = Table(
    "search_model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("probe", LargeBinary, nullable=False),
)

ALL = (word, vector, model)
