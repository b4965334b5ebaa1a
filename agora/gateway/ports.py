"""What the gateway asks of domains, and what domains may offer it.

Found by type: ``app.get(Visibility)``; everything else is a value in a domain's ``offers``.

A domain that writes an event with ``tx.emit(Event(…), audience)`` and wants clients to hear of it offers a ``Dispatch``
(or ``Spread`` when one event becomes several payloads). What READY and GUILD_CREATE hold comes from ``ReadyPart`` and
``GuildPart``. Who sees which channel is asked of ``Visibility``; after an event of a ``SightChange`` the gateway compares and
tells each client that gained or lost a channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from agora.kernel.events import Audience, Event, Recorded

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx


class Seen(Protocol):
    """A channel somebody sees."""

    @property
    def id(self) -> int:
        """Its id."""
        ...


class Visibility(Protocol):
    """Who may see what, from memory: called on the event loop for every event. The permissions domain puts it."""

    def can_view(self, user_id: int, channel_id: int) -> bool:
        """Whether the user may see the channel; false for an unknown channel."""
        ...

    def viewers(self, channel_id: int) -> frozenset[int]:
        """All users who may see the channel; empty for an unknown one."""
        ...

    def members(self, guild_id: int) -> frozenset[int]:
        """All members of the guild."""
        ...

    def guilds_of(self, user_id: int) -> Sequence[int]:
        """The guilds the user is a member of, oldest first."""
        ...

    def visible_in(self, guild_id: int, user_id: int) -> Sequence[Seen]:
        """The channels of one guild that the user may see."""
        ...

    def threads_in(self, guild_id: int, user_id: int) -> Sequence[Seen]:
        """The threads of one guild that are not archived and that the user may see."""
        ...


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of event looks on the wire: ``{"op":0,"t":name,"s":…,"d":payload}``.

    ``payload(app, recorded)`` gives the JSON of ``d``, the same for every receiver, or None to send nothing. It may be
    called again long after the event (for a client that resumes), so it must depend on ``recorded`` alone.
    ``intent`` are the bits of which a session needs one, 0 for none; ``dm_intent`` is used instead when the event has no guild.
    ``audience`` replaces the event's own audience where only some are to get this payload.
    An event may have several dispatches; they go out in the order of the offers.
    """

    event: type[Event]
    name: str
    payload: Callable[[App, Recorded], bytes | None]
    intent: int = 0
    dm_intent: int | None = None
    audience: Callable[[App, Recorded], Audience | None] | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Like ``Dispatch`` where one event becomes several payloads, each with its own audience
    (a new user name is a GUILD_MEMBER_UPDATE in each of the user's guilds).
    """

    event: type[Event]
    name: str
    payloads: Callable[[App, Recorded], Sequence[tuple[Audience, bytes]]]
    intent: int = 0
    dm_intent: int | None = None


class ReadyPart(msgspec.Struct, frozen=True, kw_only=True):
    """A key of READY. ``build(ctx)`` is called with the user who identifies as ``ctx.actor``.

    Expected keys: ``user`` (accounts, ``OwnUser``), ``private_channels`` (channels). The gateway adds ``v``, ``session_id``,
    ``resume_gateway_url``, ``shard``, ``guilds`` and ``application`` itself.
    """

    key: str
    build: Callable[[Ctx], Awaitable[Any]]


class GuildPart(msgspec.Struct, frozen=True, kw_only=True):
    """A key of each GUILD_CREATE, built for the user ``ctx.actor``; the key ``""`` gives a dict (or Struct) that is merged in.

    place/guilds gives the base object under ``""``; channels gives ``channels`` (only those the user may see).
    """

    key: str
    build: Callable[[Ctx, int], Awaitable[Any]]


class GuildEntry(msgspec.Struct, frozen=True, kw_only=True):
    """After such an event these users are in a guild they were not in before: the gateway sends each a GUILD_CREATE.

    ``entered(app, recorded)`` gives ``(guild_id, user ids)`` or None. These users do not get the event's own dispatches:
    GUILD_CREATE holds it already. Somebody who leaves is told by a ``Dispatch`` named GUILD_DELETE, its audience that user.
    """

    event: type[Event]
    entered: Callable[[App, Recorded], tuple[int, Sequence[int]] | None]


class SightChange(msgspec.Struct, frozen=True, kw_only=True):
    """After such an event members may see more or fewer channels (roles, overwrites, member roles, ownership, a channel moved).

    ``guild_of(app, recorded)`` names the guild (None: nothing changed). The gateway compares each online member's visible
    channels with what its clients know: CHANNEL_CREATE goes before the event's own dispatches, CHANNEL_DELETE after them.
    Do not list the events that create or delete a channel: their dispatches say so already.
    """

    event: type[Event]
    guild_of: Callable[[App, Recorded], int | None]


class ChannelObject(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON of a guild channel as it is now (for one just deleted, as it was), for the CHANNEL_CREATE or CHANNEL_DELETE
    that a ``SightChange`` leads to. Offered once, by channels. None when the channel is unknown.
    """

    build: Callable[[App, int], bytes | None]


class ThreadObjects(msgspec.Struct, frozen=True, kw_only=True):
    """What a ``SightChange`` tells of threads. Offered once, by threads.

    ``gained(app, user_id, guild_id, channel_ids, thread_ids)`` gives the JSON of THREAD_LIST_SYNC: ``channel_ids`` came into sight
    as a whole, ``thread_ids`` are all the threads that did. ``lost(app, thread_id)`` gives THREAD_DELETE's, None where the
    client has forgotten the thread by itself.
    """

    gained: Callable[[App, int, int, Sequence[int], Sequence[int]], bytes]
    lost: Callable[[App, int], bytes | None]


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """After such an event the connections of these credentials or users are closed with 4004.

    ``revoked(app, recorded)`` gives ``(credential ids, user ids)``.
    """

    event: type[Event]
    revoked: Callable[[App, Recorded], tuple[Sequence[int], Sequence[int]]]


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """What is only ever whispered, for a client that resumes after a restart of the server: it may have missed anything.

    ``build(ctx)`` gives the names and payloads that bring the user ``ctx.actor`` up to date; sent a few seconds after the
    client is back, when the others have come back as well. Needs one of ``intent``, 0 for none.
    """

    build: Callable[[Ctx], Awaitable[Sequence[tuple[str, bytes]]]]
    intent: int = 0


class ClientSession(Protocol):
    """What a domain sees of one client's session."""

    @property
    def session_id(self) -> str:
        """The id the client resumes with."""
        ...

    @property
    def user_id(self) -> int:
        """Whose session it is."""
        ...

    @property
    def intents(self) -> int:
        """The intents it asked for."""
        ...

    def send(self, name: str, payload: bytes) -> None:
        """Dispatch to this session alone (an answer such as GUILD_MEMBERS_CHUNK). Not replayed after a server restart."""
        ...


class ClientOp(msgspec.Struct, frozen=True, kw_only=True):
    """An operation a client may send, with the Struct of its ``d``: presence update (3), request guild members (8).

    Raising ``AgoraError`` from ``handle`` is ignored but logged: the gateway has no error answers.
    ``data`` of the wrong shape closes the connection with 4002 before ``handle`` is called.
    """

    op: int
    body: Any
    handle: Callable[[Ctx, ClientSession, Any], Awaitable[None]]


class SessionWatch(msgspec.Struct, frozen=True, kw_only=True):
    """Told, on the event loop, when a client connects to a session (``opened``, also on resume) and when it is gone.

    ``presence`` is the raw JSON of the presence in IDENTIFY, or None. Presence is made of this.
    """

    opened: Callable[[App, ClientSession, bytes | None], None]
    closed: Callable[[App, ClientSession], None]


class Connections(Protocol):
    """Who is connected; the gateway puts it (``app.get(Connections)``)."""

    def count(self, user_id: int) -> int:
        """How many connections the user has."""
        ...

    def online(self) -> frozenset[int]:
        """The users with at least one connection."""
        ...

    def send_to(self, user_ids: Sequence[int], name: str, payload: bytes) -> None:
        """Dispatch to all sessions of these users, never stored."""
        ...
