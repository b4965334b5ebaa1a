"""Names of exported files: readable, and good on every file system."""

from __future__ import annotations

import re

_BAD = re.compile(r'[\x00-\x1f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
_MAX = 60


def clean(text: str) -> str:
    """A part of a file name."""
    return _BAD.sub("_", text).strip(" ._")[:_MAX] or "_"


def archive_name(guild: str, channel: str, channel_id: int, suffix: str) -> str:
    """DiscordChatExporter's way to name the file of a channel."""
    return f"{clean(guild)} - {clean(channel)} [{channel_id}].{suffix}"
