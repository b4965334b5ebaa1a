"""What the server knows in memory about places and who belongs to them.

Guilds and channels own the tables; these structs are the shape in which they tell. Events carry them, the ``Directory``
keeps them. Ids are snowflakes, times UTC milliseconds, permissions Discord's bits.
"""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from agora.domains.place.permissions.directory import Directory
    from agora.kernel.tx import Tx


class Overwrite(msgspec.Struct, frozen=True, gc=False):
    """What a role (``type`` 0) or a member (1) may or may not in one channel; see ``protocol.OverwriteType``."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


class RoleFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A role. The one with the guild's own id is everyone's. ``managed`` roles belong to a bot."""

    id: int
    name: str
    permissions: int = 0
    position: int = 0
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts roles as Discord does: the higher position wins, then the older role."""
        return (self.position, -self.id)


class MemberFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A member. ``roles`` are sorted and leave out everyone's role; ``timeout_until`` 0 means not timed out."""

    user_id: int
    roles: tuple[int, ...] = ()
    nick: str | None = None
    joined_at: int = 0
    timeout_until: int = 0


class GuildFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A community. ``open`` ones are joined by everybody who registers. ``locale`` is ``en`` or ``fr``."""

    id: int
    name: str
    owner_id: int
    description: str | None = None
    icon: str | None = None
    locale: str = "en"
    system_channel_id: int | None = None
    open: bool = False


class Tag(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tag of a forum. ``moderated`` ones are set only by who manages threads; an emoji has an id or is Unicode."""

    id: int
    name: str
    moderated: bool = False
    emoji_id: int | None = None
    emoji_name: str | None = None


class ThreadDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel says of the threads in it. ``auto_archive_min`` in minutes, ``rate_limit_per_user`` in seconds.

    ``tags`` and ``require_tag`` are a forum's; ``sort_order`` is Discord's number (0 activity, 1 age), ``layout`` as well.
    """

    auto_archive_min: int | None = None
    rate_limit_per_user: int = 0
    tags: tuple[Tag, ...] = ()
    require_tag: bool = False
    sort_order: int | None = None
    layout: int = 0


class ThreadFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a channel a thread. ``changed_at`` is when it was last archived or opened again (UTC milliseconds).

    ``message_count`` leaves out the first message and deleted ones, ``total_sent`` only the first.
    """

    created_at: int
    changed_at: int
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_min: int = 4320
    message_count: int = 0
    total_sent: int = 0
    member_count: int = 0
    tags: tuple[int, ...] = ()
    pinned: bool = False


class ThreadMember(msgspec.Struct, frozen=True, gc=False):
    """Who takes part in a thread, since when, and how much they want to hear (Discord's bits)."""

    user_id: int
    joined_at: int
    flags: int = 0


class ChannelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A channel; ``type`` is a ``protocol.ChannelType``. Direct messages have ``recipients`` (all who take part) and no guild.

    A thread has ``thread``; who may do what in it follows from its ``parent_id``, and it has no overwrites of its own.
    """

    id: int
    type: int
    guild_id: int | None = None
    parent_id: int | None = None
    name: str | None = None
    topic: str | None = None
    position: int = 0
    nsfw: bool = False
    rate_limit_per_user: int = 0
    owner_id: int | None = None
    last_message_id: int | None = None
    overwrites: tuple[Overwrite, ...] = ()
    recipients: tuple[int, ...] = ()
    defaults: ThreadDefaults = ThreadDefaults()
    thread: ThreadFacts | None = None

    @property
    def is_private(self) -> bool:
        """A direct message, alone or in a group."""
        return self.guild_id is None

    def overwrite(self, target_id: int) -> Overwrite | None:
        """The overwrite of a role or member."""
        return next((o for o in self.overwrites if o.id == target_id), None)


class FactsSource(msgspec.Struct, frozen=True):
    """An offer of a domain that owns facts: ``load(tx, directory)`` puts all of them in, once, at start."""

    load: "Callable[[Tx, Directory], None]"
