"""Attachments of messages, and the contents that were uploaded for them."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from agora.kernel.tables import metadata

attachment = Table(
    "files_attachment",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("filename", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("description", Text),
    Index("files_attachment_message", "message_id", "position"),
    Index("files_attachment_user", "user_id", "size"),  # covering: a quota is a sum
    Index("files_attachment_guild", "guild_id", "size"),
    Index("files_attachment_hash", "hash"),
)

# Contents that came as uploads: only these are ever collected. ``stored_ms`` is when one last came.
blob = Table(
    "files_blob",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("stored_ms", BigInteger, nullable=False),
    Index("files_blob_stored", "stored_ms"),
)

# Announced uploads: the content comes by an address of its own before the message does. ``hash`` is null until it came.
upload = Table(
    "files_upload",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("filename", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("hash", Text),
    Column("size", BigInteger, nullable=False),
    Column("content_type", Text),
    Column("width", Integer),
    Column("height", Integer),
    Index("files_upload_at", "at"),
)

ALL = (attachment, blob, upload)
