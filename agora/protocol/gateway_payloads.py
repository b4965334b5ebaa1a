"""What clients send over the gateway (https://discord.com/developers/docs/events/gateway-events#send-events)."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.kernel.ids import Id


class ClientPayload(msgspec.Struct, frozen=True):
    """The envelope. ``d`` is decoded once the operation is known."""

    op: int
    d: msgspec.Raw = msgspec.Raw(b"null")


class Identify(msgspec.Struct, frozen=True):
    """Operation 2. ``properties`` and ``compress`` are accepted and have no effect: compression is the transport's."""

    token: str
    intents: int
    properties: dict[str, Any] = {}
    compress: bool = False
    large_threshold: int = 50
    shard: tuple[int, int] = (0, 1)
    presence: msgspec.Raw = msgspec.Raw(b"null")


class Resume(msgspec.Struct, frozen=True):
    """Operation 6. ``seq`` is the last sequence number the client has seen; null when it has seen none."""

    token: str
    session_id: str
    seq: int | None = None


class PresenceUpdate(msgspec.Struct, frozen=True):
    """Operation 3. ``since`` in UTC milliseconds."""

    status: str
    since: float | None = None
    activities: tuple[dict[str, Any], ...] = ()
    afk: bool = False


class RequestGuildMembers(msgspec.Struct, frozen=True):
    """Operation 8: by name prefix (``query`` and ``limit``) or by ``user_ids``; ``limit`` 0 means all."""

    guild_id: Id
    query: str | None = None
    limit: int = 0
    presences: bool = False
    user_ids: list[Id] | Id | None = None
    nonce: str | None = None
