"""``budgets.toml``, typed."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Posts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Durable posts through HTTP."""

    clients: int
    channels: int
    seconds: float
    short_seconds: float
    min_per_second: float


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pages at a random depth of a large file."""

    messages: int
    short_messages: int
    requests: int
    short_requests: int
    page: int
    max_p99_ms: float


class Fanout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send to receive over the gateway."""

    clients: int
    people: int
    per_second: float
    seconds: float
    short_seconds: float
    max_p99_ms: float
    max_kib: float


class Ready(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """READY for somebody who is in many places."""

    guilds: int
    channels: int
    rounds: int
    max_p95_ms: float


class Storm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody comes back at once after the server was killed."""

    clients: int
    short_clients: int
    people: int
    missed: int
    max_s: float


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Searches in a large file."""

    messages: int
    short_messages: int
    requests: int
    short_requests: int
    rare_p95_ms: float
    common_p95_ms: float
    barred_p95_ms: float


class Vectors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The nearest vectors."""

    vectors: int
    short_vectors: int
    dimensions: int
    groups: int
    questions: int
    min_recall: float
    max_p95_ms: float


class Budgets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    posts: Posts
    history: History
    fanout: Fanout
    crowd: Fanout
    ready: Ready
    storm: Storm
    search: Search
    vectors: Vectors


BUDGETS = msgspec.toml.decode(Path(__file__).with_name("budgets.toml").read_bytes(), type=Budgets)
