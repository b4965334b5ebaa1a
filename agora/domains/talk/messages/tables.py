"""Messages, and the full-text index over their content."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, column, table, text

from agora.kernel.tables import metadata

# A snowflake that is also SQLite's rowid: the row needs no second index, and the full-text index points at it.
ROWID = BigInteger().with_variant(Integer(), "sqlite")

message = Table(
    "messages_message",
    metadata,
    Column("id", ROWID, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("author_id", BigInteger, nullable=False),
    Column("type", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("html", Text),  # null: the content has no markup, its HTML is made on reading
    Column("flags", Integer, nullable=False),
    Column("tts", Boolean, nullable=False),
    Column("edited_ms", BigInteger),
    Column("pinned_ms", BigInteger),
    Column("reply_to", BigInteger),
    Column("nonce", Text),
    Column("mentions", Text),  # JSON of ``mentions.Mentions``; null: none
    Column("embeds", Text),  # JSON list as it goes out; null: none
    Column("has", Integer, nullable=False),  # bits of ``traits.Has``, for search
    Column("components", Text),  # JSON list as it goes out; null: none
    Column("poll", Text),  # JSON of ``poll.Poll``; null: none
    Column("snapshot", Text),  # JSON of ``snapshot.Snapshot``: the message that is carried on; null: none
    Column("stickers", Text),  # JSON list of sticker items as it goes out; null: none
    Column("origin", Text),  # JSON of what else the message object says of how it came: see ``draft.Origin``; null: nothing
    Index("messages_message_channel", "channel_id", "id"),
    Index(
        "messages_message_nonce",
        "channel_id",
        "author_id",
        "nonce",
        unique=True,
        sqlite_where=text("nonce IS NOT NULL"),
    ),
    Index("messages_message_pinned", "channel_id", "pinned_ms", sqlite_where=text("pinned_ms IS NOT NULL")),
)

# The words in a message's files, and their names: beside it, because few messages have any.
file_text = Table(
    "messages_file_text",
    metadata,
    Column("message_id", ROWID, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)

# What is indexed of a message: a view of its content, of what it carries on and, where it has files, of their words; and its
# traits as words of their own (see ``migrations.tag_messages``), so that a filter is answered by the index as a word is.
indexed = table("messages_indexed", column("id"), column("content"), column("tags"))

# An FTS5 table over ``indexed`` that keeps no second copy of it. SQLite fills it by the statements in ``indexing``
# only; it has no Table of its own in the metadata because it is an index, not data.
fts = table("messages_fts", column("rowid"), column("content"), column("tags"), column("messages_fts"))

ALL = (message, file_text)
