"""What happens to communities. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.place.permissions import GuildFacts, MemberFacts, RoleFacts
from agora.kernel.events import Event


class GuildCreated(Event, frozen=True, kw_only=True):
    """A community was founded: with everyone's role and its owner as first member."""

    guild: GuildFacts
    everyone: RoleFacts
    member: MemberFacts


class GuildUpdated(Event, frozen=True, kw_only=True):
    """Name, description, owner or another setting changed."""

    guild: GuildFacts
    before: GuildFacts
    reason: str | None = None


class GuildDeleted(Event, frozen=True, kw_only=True):
    """A community ended."""

    guild: GuildFacts


class MemberJoined(Event, frozen=True, kw_only=True):
    """Somebody became a member: ``by`` says how (``invite``, ``open``, ``bot``, ``added``)."""

    guild_id: int
    member: MemberFacts
    by: str = "added"


class MemberUpdated(Event, frozen=True, kw_only=True):
    """Nickname, roles or timeout of a member changed."""

    guild_id: int
    member: MemberFacts
    before: MemberFacts
    reason: str | None = None


class MemberLeft(Event, frozen=True, kw_only=True):
    """Somebody left, or was removed (``kicked``), or banned (a ``MemberBanned`` follows)."""

    guild_id: int
    member: MemberFacts
    kicked: bool = False
    reason: str | None = None


class MemberBanned(Event, frozen=True, kw_only=True):
    """A user may no longer join. What they wrote in the last ``delete_message_s`` seconds goes with them."""

    guild_id: int
    user_id: int
    reason: str | None = None
    delete_message_s: int = 0


class MemberUnbanned(Event, frozen=True, kw_only=True):
    """A user may join again."""

    guild_id: int
    user_id: int
    reason: str | None = None


class RoleCreated(Event, frozen=True, kw_only=True):
    """A role was made."""

    guild_id: int
    role: RoleFacts
    reason: str | None = None


class RoleUpdated(Event, frozen=True, kw_only=True):
    """A role's name, permissions, place or look changed."""

    guild_id: int
    role: RoleFacts
    before: RoleFacts
    reason: str | None = None


class RoleDeleted(Event, frozen=True, kw_only=True):
    """A role ended; its members lost it without further events."""

    guild_id: int
    role: RoleFacts
    reason: str | None = None


class InviteCreated(Event, frozen=True, kw_only=True):
    """An invitation was made."""

    guild_id: int
    channel_id: int
    code: str
    inviter_id: int
    max_age_s: int
    max_uses: int
    created_at: int


class InviteDeleted(Event, frozen=True, kw_only=True):
    """An invitation was withdrawn."""

    guild_id: int
    channel_id: int
    code: str


ALL = (
    GuildCreated,
    GuildUpdated,
    GuildDeleted,
    MemberJoined,
    MemberUpdated,
    MemberLeft,
    MemberBanned,
    MemberUnbanned,
    RoleCreated,
    RoleUpdated,
    RoleDeleted,
    InviteCreated,
    InviteDeleted,
)
