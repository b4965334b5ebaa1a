"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_messages(op: Operations) -> None:
    """Messages, their indexes and the full-text index."""
    rowid = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "messages_message",
        sa.Column("id", rowid, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("html", sa.Text),
        sa.Column("flags", sa.Integer, nullable=False),
        sa.Column("tts", sa.Boolean, nullable=False),
        sa.Column("edited_ms", sa.BigInteger),
        sa.Column("pinned_ms", sa.BigInteger),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("nonce", sa.Text),
        sa.Column("mentions", sa.Text),
        sa.Column("embeds", sa.Text),
        sa.Column("has", sa.Integer, nullable=False),
    )
    op.create_index("messages_message_channel", "messages_message", ["channel_id", "id"])
    op.create_index(
        "messages_message_nonce",
        "messages_message",
        ["channel_id", "author_id", "nonce"],
        unique=True,
        sqlite_where=sa.text("nonce IS NOT NULL"),
    )
    op.create_index(
        "messages_message_pinned",
        "messages_message",
        ["channel_id", "pinned_ms"],
        sqlite_where=sa.text("pinned_ms IS NOT NULL"),
    )
    # columnsize=0 halves the cost of an insert; it only slows ranking, and results are ordered by time
    op.execute(
        "CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages_message', content_rowid='id', "
        "columnsize=0, tokenize='unicode61 remove_diacritics 2')"
    )
    # each commit leaves a small piece of index; merging them later, more at a time, is a tenth cheaper
    op.execute("INSERT INTO messages_fts(messages_fts, rank) VALUES ('automerge', 8)")


def index_files(op: Operations) -> None:
    """The words in files, and a full-text index over messages and those words together."""
    rowid = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "messages_file_text",
        sa.Column("message_id", rowid, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.execute(
        "CREATE VIEW messages_indexed AS SELECT m.id AS id, CASE WHEN m.has & 4 THEN m.content || char(10) || "
        "coalesce((SELECT f.text FROM messages_file_text AS f WHERE f.message_id = m.id), '') ELSE m.content END AS content "
        "FROM messages_message AS m"
    )
    op.execute("DROP TABLE messages_fts")
    op.execute(
        "CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages_indexed', content_rowid='id', "
        "columnsize=0, tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO messages_fts(messages_fts, rank) VALUES ('automerge', 8)")
    op.execute("INSERT INTO messages_fts(messages_fts) VALUES ('rebuild')")


def add_components(op: Operations) -> None:
    """Buttons and selects, and which interaction a message answers."""
    op.add_column("messages_message", sa.Column("components", sa.Text))
    op.add_column("messages_message", sa.Column("origin", sa.Text))


def tag_messages(op: Operations) -> None:
    """The traits of a message as words in a second column of the full-text index.

    ``c`` channel, ``g`` guild, ``u`` author, ``a`` answered message, ``m`` mentioned user, ``r`` mentioned role, each with its id;
    ``e`` everyone is mentioned, ``p`` pinned, ``w`` by a webhook, ``h`` with a bit of ``row.Has``, ``k`` with the kind of a file
    (``kimage``), ``x`` with the ending of its name (``xpdf``). All of it lies in the message's own rows, which change only between
    ``do_unindex`` and ``do_index``.
    """
    op.execute("DROP VIEW messages_indexed")
    # FTS5 reads a view only if no virtual table is in it, so the lists of mentions are cut without json_each
    op.execute(
        "CREATE VIEW messages_indexed AS SELECT m.id AS id, CASE WHEN m.has & 4 THEN m.content || char(10) || "
        "coalesce((SELECT f.text FROM messages_file_text AS f WHERE f.message_id = m.id), '') ELSE m.content END AS content, "
        "'c' || m.channel_id || coalesce(' g' || m.guild_id, '') || ' u' || m.author_id || coalesce(' a' || m.reply_to, '') "
        "|| CASE WHEN m.pinned_ms IS NULL THEN '' ELSE ' p' END "
        "|| CASE WHEN m.origin IS NULL OR json_type(m.origin, '$.author') IS NULL THEN '' ELSE ' w' END "
        "|| CASE WHEN m.mentions IS NULL THEN '' ELSE "
        "coalesce(replace(replace(replace(json_extract(m.mentions, '$.users'), '[', ' m'), ',', ' m'), ']', ''), '') "
        "|| coalesce(replace(replace(replace(json_extract(m.mentions, '$.roles'), '[', ' r'), ',', ' r'), ']', ''), '') "
        "|| CASE WHEN json_extract(m.mentions, '$.everyone') THEN ' e' ELSE '' END END "
        "|| CASE WHEN m.has = 0 THEN '' ELSE CASE WHEN m.has & 1 THEN ' h1' ELSE '' END "
        "|| CASE WHEN m.has & 2 THEN ' h2' ELSE '' END || CASE WHEN m.has & 4 THEN ' h4' || coalesce((SELECT group_concat("
        "' k' || substr(a.content_type, 1, instr(a.content_type || '/', '/') - 1) || CASE WHEN instr(a.filename, '.') > 0 "
        "THEN ' x' || lower(replace(a.filename, rtrim(a.filename, replace(a.filename, '.', '')), '')) ELSE '' END, '') "
        "FROM files_attachment AS a WHERE a.message_id = m.id), '') ELSE '' END "
        "|| CASE WHEN m.has & 8 THEN ' h8' ELSE '' END || CASE WHEN m.has & 16 THEN ' h16' ELSE '' END "
        "|| CASE WHEN m.has & 32 THEN ' h32' ELSE '' END END AS tags FROM messages_message AS m"
    )
    op.execute("DROP TABLE messages_fts")
    op.execute(
        "CREATE VIRTUAL TABLE messages_fts USING fts5(content, tags, content='messages_indexed', content_rowid='id', "
        "columnsize=0, tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO messages_fts(messages_fts, rank) VALUES ('automerge', 8)")
    op.execute("INSERT INTO messages_fts(messages_fts) VALUES ('rebuild')")


def add_polls(op: Operations) -> None:
    """What a message asks its readers."""
    op.add_column("messages_message", sa.Column("poll", sa.Text))


def add_snapshots(op: Operations) -> None:
    """The message that a message carries on, and its words in the full-text index.

    The view says the same as before of every message that is there already, so nothing is indexed anew.
    """
    op.add_column("messages_message", sa.Column("snapshot", sa.Text))
    op.execute("DROP VIEW messages_indexed")
    # FTS5 reads a view only if no virtual table is in it, so the lists of mentions are cut without json_each
    op.execute(
        "CREATE VIEW messages_indexed AS SELECT m.id AS id, CASE WHEN m.has & 36 THEN m.content "
        "|| coalesce(char(10) || json_extract(m.snapshot, '$.content'), '') || CASE WHEN m.has & 4 THEN char(10) || "
        "coalesce((SELECT f.text FROM messages_file_text AS f WHERE f.message_id = m.id), '') ELSE '' END "
        "ELSE m.content END AS content, "
        "'c' || m.channel_id || coalesce(' g' || m.guild_id, '') || ' u' || m.author_id || coalesce(' a' || m.reply_to, '') "
        "|| CASE WHEN m.pinned_ms IS NULL THEN '' ELSE ' p' END "
        "|| CASE WHEN m.origin IS NULL OR json_type(m.origin, '$.author') IS NULL THEN '' ELSE ' w' END "
        "|| CASE WHEN m.mentions IS NULL THEN '' ELSE "
        "coalesce(replace(replace(replace(json_extract(m.mentions, '$.users'), '[', ' m'), ',', ' m'), ']', ''), '') "
        "|| coalesce(replace(replace(replace(json_extract(m.mentions, '$.roles'), '[', ' r'), ',', ' r'), ']', ''), '') "
        "|| CASE WHEN json_extract(m.mentions, '$.everyone') THEN ' e' ELSE '' END END "
        "|| CASE WHEN m.has = 0 THEN '' ELSE CASE WHEN m.has & 1 THEN ' h1' ELSE '' END "
        "|| CASE WHEN m.has & 2 THEN ' h2' ELSE '' END || CASE WHEN m.has & 4 THEN ' h4' || coalesce((SELECT group_concat("
        "' k' || substr(a.content_type, 1, instr(a.content_type || '/', '/') - 1) || CASE WHEN instr(a.filename, '.') > 0 "
        "THEN ' x' || lower(replace(a.filename, rtrim(a.filename, replace(a.filename, '.', '')), '')) ELSE '' END, '') "
        "FROM files_attachment AS a WHERE a.message_id = m.id), '') ELSE '' END "
        "|| CASE WHEN m.has & 8 THEN ' h8' ELSE '' END || CASE WHEN m.has & 16 THEN ' h16' ELSE '' END "
        "|| CASE WHEN m.has & 32 THEN ' h32' ELSE '' END END AS tags FROM messages_message AS m"
    )


def add_stickers(op: Operations) -> None:
    """The stickers that a message is."""
    op.add_column("messages_message", sa.Column("stickers", sa.Text))


def read_packed(op: Operations) -> None:
    """The view of what is indexed, of packed messages as well (see ``packed.FIELDS``): it says the same as before of all others."""

    def text(name: str, index: int) -> str:
        return f"CASE WHEN typeof(m.content) = 'blob' THEN agora_text(m.content, {index}) ELSE m.{name} END"

    # every text is looked up once, in an inner SELECT; SQLite flattens it for messages that are not packed
    texts = ", ".join(
        f"{text(name, index)} AS {name}" for name, index in (("content", 0), ("snapshot", 4), ("origin", 7), ("mentions", 8))
    )
    op.execute("DROP VIEW messages_indexed")
    # FTS5 reads a view only if no virtual table is in it, so the lists of mentions are cut without json_each
    op.execute(
        "CREATE VIEW messages_indexed AS SELECT t.id AS id, CASE WHEN t.has & 36 THEN t.content "
        "|| coalesce(char(10) || json_extract(t.snapshot, '$.content'), '') || CASE WHEN t.has & 4 THEN char(10) || "
        "coalesce((SELECT f.text FROM messages_file_text AS f WHERE f.message_id = t.id), '') ELSE '' END "
        "ELSE t.content END AS content, "
        "'c' || t.channel_id || coalesce(' g' || t.guild_id, '') || ' u' || t.author_id || coalesce(' a' || t.reply_to, '') "
        "|| CASE WHEN t.pinned_ms IS NULL THEN '' ELSE ' p' END "
        "|| CASE WHEN t.origin IS NULL OR json_type(t.origin, '$.author') IS NULL THEN '' ELSE ' w' END "
        "|| CASE WHEN t.mentions IS NULL THEN '' ELSE "
        "coalesce(replace(replace(replace(json_extract(t.mentions, '$.users'), '[', ' m'), ',', ' m'), ']', ''), '') "
        "|| coalesce(replace(replace(replace(json_extract(t.mentions, '$.roles'), '[', ' r'), ',', ' r'), ']', ''), '') "
        "|| CASE WHEN json_extract(t.mentions, '$.everyone') THEN ' e' ELSE '' END END "
        "|| CASE WHEN t.has = 0 THEN '' ELSE CASE WHEN t.has & 1 THEN ' h1' ELSE '' END "
        "|| CASE WHEN t.has & 2 THEN ' h2' ELSE '' END || CASE WHEN t.has & 4 THEN ' h4' || coalesce((SELECT group_concat("
        "' k' || substr(a.content_type, 1, instr(a.content_type || '/', '/') - 1) || CASE WHEN instr(a.filename, '.') > 0 "
        "THEN ' x' || lower(replace(a.filename, rtrim(a.filename, replace(a.filename, '.', '')), '')) ELSE '' END, '') "
        "FROM files_attachment AS a WHERE a.message_id = t.id), '') ELSE '' END "
        "|| CASE WHEN t.has & 8 THEN ' h8' ELSE '' END || CASE WHEN t.has & 16 THEN ' h16' ELSE '' END "
        "|| CASE WHEN t.has & 32 THEN ' h32' ELSE '' END END AS tags FROM (SELECT m.id AS id, m.channel_id AS channel_id, "
        "m.guild_id AS guild_id, m.author_id AS author_id, m.reply_to AS reply_to, m.pinned_ms AS pinned_ms, m.has AS has, "
        f"{texts} FROM messages_message AS m) AS t"
    )


STEPS = (create_messages, index_files, add_components, tag_messages, add_polls, add_snapshots, add_stickers, read_packed)
