"""An outgoing webhook: an address that is told what happens in a community, and what it could not be told."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

import msgspec

from agora.domains.talk.messages import MessageDeleted, MessageEdited, MessageSent
from agora.kernel.events import Event

MAX_PER_GUILD = 20
EVENTS: dict[str, type[Event]] = {
    "MESSAGE_CREATE": MessageSent,
    "MESSAGE_UPDATE": MessageEdited,
    "MESSAGE_DELETE": MessageDeleted,
}
NAMES = {event: name for name, event in EVENTS.items()}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Who made it decides what it hears: only channels that ``creator_id`` may see, or only ``channel_id``."""

    id: int
    guild_id: int
    channel_id: int | None
    creator_id: int
    name: str
    url: str
    secret: str
    events: tuple[str, ...]
    paused: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Something a target is told. ``event_id`` is the same in every try; ``body`` the JSON that is signed."""

    id: int
    target_id: int
    event_id: int
    event: str
    body: str
    at: int
    tries: int = 0
    dead: bool = False
    error: str | None = None


def is_listed(url: str, listed: tuple[str, ...]) -> bool:
    """Whether the operator lets outgoing webhooks go there: an address listed, or one below it.

    Compared part by part, so that ``http://inside`` does not let ``http://inside.example`` through.
    """
    try:
        asked = urlsplit(url)
        if asked.scheme not in ("http", "https") or not asked.hostname or asked.username or asked.fragment:
            return False
        return any(_is_below(asked.scheme, asked.hostname, asked.port, asked.path, urlsplit(entry)) for entry in listed)
    except ValueError:  # a port that is none
        return False


def _is_below(scheme: str, host: str, port: int | None, path: str, entry: SplitResult) -> bool:
    if (scheme, host, port) != (entry.scheme, entry.hostname, entry.port) or ".." in path.split("/"):
        return False
    base = entry.path.rstrip("/")
    return path == base or path.startswith(f"{base}/") or not base
