"""What a transfer is: one export or one import, with its progress."""

from __future__ import annotations

import enum

import msgspec


class Kind(enum.StrEnum):
    """Which way."""

    EXPORT = "export"
    IMPORT = "import"


class State(enum.StrEnum):
    """How far."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Format(enum.StrEnum):
    """What an export is written as; ``json`` is DiscordChatExporter's shape."""

    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an import found and did. ``known`` messages were there already; ``warnings`` say what was left out, and where."""

    users: int = 0
    channels: int = 0
    messages: int = 0
    known: int = 0
    reactions: int = 0
    files: int = 0
    emojis: int = 0
    warnings: tuple[str, ...] = ()
    left_out: dict[str, int] = {}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer. ``user_id`` asked for it; ``done`` of ``total`` are messages (export) or bytes read (import).

    ``files``: an export takes attachments along. ``match``: an import takes people for the users of the same name.
    Times are UTC milliseconds, ``size`` is in bytes.
    """

    id: int
    kind: Kind
    state: State
    user_id: int
    name: str
    created_at: int
    guild_id: int | None = None
    channel_id: int | None = None
    format: Format = Format.JSON
    files: bool = False
    dry_run: bool = False
    match: bool = False
    locale: str = "en"
    done: int = 0
    total: int = 0
    size: int = 0
    finished_at: int | None = None
    error: str | None = None
    report: Report | None = None


class Run(msgspec.Struct, frozen=True):
    """A queued job: do this transfer."""

    task_id: int
