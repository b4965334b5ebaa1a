"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_attachments(op: Operations) -> None:
    """Attachments, and the contents uploaded for them."""
    op.create_table(
        "files_attachment",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("description", sa.Text),
    )
    op.create_index("files_attachment_message", "files_attachment", ["message_id", "position"])
    op.create_index("files_attachment_user", "files_attachment", ["user_id", "size"])
    op.create_index("files_attachment_guild", "files_attachment", ["guild_id", "size"])
    op.create_index("files_attachment_hash", "files_attachment", ["hash"])
    op.create_table(
        "files_blob",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("stored_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("files_blob_stored", "files_blob", ["stored_ms"])


def create_uploads(op: Operations) -> None:
    """Uploads that come before their message."""
    op.create_table(
        "files_upload",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_type", sa.Text),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
    )
    op.create_index("files_upload_at", "files_upload", ["at"])


STEPS = (create_attachments, create_uploads)
