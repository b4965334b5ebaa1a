"""Rules that look at messages before they are sent, and reports about messages that were."""

from __future__ import annotations

import enum

import msgspec


class Trigger(enum.IntEnum):
    """What a rule looks for, in Discord's numbers. Those it has that are not here need a judge that is not on this machine."""

    KEYWORD = 1
    MENTION_SPAM = 5


class Act(enum.IntEnum):
    """What a rule does, in Discord's numbers."""

    BLOCK = 1
    ALERT = 2
    TIMEOUT = 3


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a rule does: ``channel_id`` for an alert, ``seconds`` for a timeout, ``text`` for what the writer is told."""

    type: int
    channel_id: int | None = None
    seconds: int | None = None
    text: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule. ``keywords`` may begin or end with ``*``, ``patterns`` are for RE2, ``allow``
    are words that never count; ``mention_limit`` is for mentions."""

    id: int
    guild_id: int
    creator_id: int
    name: str
    trigger: int
    actions: tuple[Action, ...]
    keywords: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    mention_limit: int = 0
    raid_protection: bool = False
    enabled: bool = False
    exempt_roles: tuple[int, ...] = ()
    exempt_channels: tuple[int, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody reported. ``content`` is what the message said then: its author cannot take that back.

    ``state`` is ``open``, ``dismissed`` or ``acted``.
    """

    id: int
    guild_id: int
    channel_id: int
    message_id: int
    author_id: int
    reporter_id: int
    category: str
    reason: str
    content: str
    created_at: int
    state: str = "open"
    resolved_by: int | None = None
    resolved_at: int | None = None
    note: str | None = None
