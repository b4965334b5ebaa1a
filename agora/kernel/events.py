"""Facts: what happened, who may know, who caused it.

A domain declares its events as frozen structs that derive from ``Event``, named in the past tense.
They are written to the ledger inside the transaction that made them true, and published after the commit.
"""

import enum

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events. Fields are plain JSON values; ids are ints."""


class Reach(enum.StrEnum):
    """The kinds of audience."""

    CHANNEL = "channel"  # everybody who may view the channel
    GUILD = "guild"  # every member of the guild
    USERS = "users"  # exactly these users
    ALL = "all"  # every signed-in user
    NOBODY = "nobody"  # only the server's own listeners


class Audience(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who may be told. The writer of the event chooses it: too wide leaks, too narrow desyncs.

    ``also`` are users told in addition (somebody just removed from a guild still hears of it).
    """

    reach: Reach
    id: int = 0
    users: tuple[int, ...] = ()
    also: tuple[int, ...] = ()


NOBODY = Audience(Reach.NOBODY)
EVERYBODY = Audience(Reach.ALL)


def to_channel(channel_id: int) -> Audience:
    """Everybody who may view the channel."""
    return Audience(Reach.CHANNEL, channel_id)


def to_guild(guild_id: int, also: tuple[int, ...] = ()) -> Audience:
    """Every member of the guild, and ``also``."""
    return Audience(Reach.GUILD, guild_id, also=also)


def to_users(*user_ids: int) -> Audience:
    """Exactly these users."""
    return Audience(Reach.USERS, users=user_ids)


class Cause(msgspec.Struct, frozen=True):
    """What led to an act: the event that triggered it and how many acts of agents lie between it and a person.

    ``depth`` is 0 for a person's own act, and grows by one with each agent's act; it is the brake on agent loops.
    """

    event_id: int
    depth: int = 0


class Recorded(msgspec.Struct, frozen=True):
    """An event as it stands in the ledger. ``seq`` orders the whole server; ``id`` is an idempotency key."""

    seq: int
    id: int
    type: str
    at: int
    actor_id: int | None
    guild_id: int | None
    channel_id: int | None
    cause: Cause | None
    audience: Audience
    event: Event
