"""The queued work of files, as values."""

from __future__ import annotations

import msgspec

READ = "files.read"


class ReadFiles(msgspec.Struct, frozen=True):
    """Read the words in a message's files."""

    message_id: int
