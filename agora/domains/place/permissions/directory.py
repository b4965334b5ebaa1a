"""``Directory``: all guilds, roles, members and channels in memory.

It is loaded at start by the domains that own the tables and changed only by their live listeners, on the event loop,
right after each commit. Reading never waits and never touches the database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from agora.domains.place.permissions.facts import ChannelFacts, GuildFacts, MemberFacts, RoleFacts, ThreadMember
from agora.domains.place.permissions.place import Place
from agora.protocol.permissions import DM

if TYPE_CHECKING:
    from agora.kernel.clock import Clock

T = TypeVar("T")
# Deleted channels and guilds are kept this long, so that their own deletion still finds its audience.
MAX_GONE = 256


class Directory:
    """Answers who belongs where and who may do what. Unknown ids give None, 0, False or nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._places: dict[int, Place] = {}
        self._channels: dict[int, ChannelFacts] = {}
        self._gone_places: dict[int, Place] = {}
        self._gone_channels: dict[int, ChannelFacts] = {}
        self._guilds_of: dict[int, tuple[int, ...]] = {}
        self._private: dict[int, tuple[int, ...]] = {}
        self._role_sets: dict[tuple[int, ...], tuple[int, ...]] = {}

    # asking

    def guild(self, guild_id: int) -> GuildFacts | None:
        """A guild."""
        place = self._places.get(guild_id)
        return None if place is None else place.guild

    def guilds(self) -> list[GuildFacts]:
        """All guilds, oldest first."""
        return [self._places[guild_id].guild for guild_id in sorted(self._places)]

    def channel(self, channel_id: int) -> ChannelFacts | None:
        """A channel of any kind."""
        return self._channels.get(channel_id)

    def channels(self, guild_id: int) -> list[ChannelFacts]:
        """A guild's channels as people see them: by position, then by age."""
        place = self._places.get(guild_id)
        return [] if place is None else sorted(place.channels.values(), key=lambda c: (c.position, c.id))

    def role(self, guild_id: int, role_id: int) -> RoleFacts | None:
        """A role of a guild."""
        place = self._places.get(guild_id)
        return None if place is None else place.roles.get(role_id)

    def roles(self, guild_id: int) -> list[RoleFacts]:
        """A guild's roles, everyone's first."""
        place = self._places.get(guild_id)
        return [] if place is None else sorted(place.roles.values(), key=lambda r: r.rank)

    def member(self, guild_id: int, user_id: int) -> MemberFacts | None:
        """A member of a guild."""
        place = self._places.get(guild_id)
        return None if place is None else place.members.get(user_id)

    def members(self, guild_id: int) -> frozenset[int]:
        """The ids of a guild's members; also of one just deleted."""
        place = self._places.get(guild_id) or self._gone_places.get(guild_id)
        return frozenset() if place is None else place.everybody()

    def member_facts(self, guild_id: int) -> Mapping[int, MemberFacts]:
        """A guild's members by user id. Do not keep it: it changes."""
        place = self._places.get(guild_id)
        return {} if place is None else place.members

    def member_ids(self, guild_id: int, after: int, limit: int) -> list[int]:
        """The ids of up to ``limit`` members after this one, lowest first."""
        place = self._places.get(guild_id)
        ordered = [] if place is None else place.ordered()
        start = bisect_right(ordered, after)
        return ordered[start : start + limit]

    def guilds_of(self, user_id: int) -> tuple[int, ...]:
        """The guilds a user belongs to, oldest first."""
        return self._guilds_of.get(user_id, ())

    def private_of(self, user_id: int) -> tuple[int, ...]:
        """The direct message channels a user takes part in, oldest first."""
        return self._private.get(user_id, ())

    def guild_permissions(self, user_id: int, guild_id: int) -> int:
        """Permission bits in the guild itself; 0 for who is not a member."""
        place = self._places.get(guild_id)
        member = place.members.get(user_id) if place is not None else None
        return 0 if place is None or member is None else place.base(member, self._clock.now_ms())

    def permissions(self, user_id: int, channel_id: int) -> int:
        """Permission bits in a channel. In direct messages all who take part have the same, and nobody else has any."""
        channel = self._channels.get(channel_id)
        if channel is None:
            return 0
        if channel.guild_id is None:
            return DM if user_id in channel.recipients else 0
        place = self._places.get(channel.guild_id)
        member = place.members.get(user_id) if place is not None else None
        return 0 if place is None or member is None else place.in_channel(member, channel, self._clock.now_ms())

    def can_view(self, user_id: int, channel_id: int) -> bool:
        """Whether a user sees a channel; for one just deleted, whether they saw it."""
        channel = self._channels.get(channel_id) or self._gone_channels.get(channel_id)
        if channel is None:
            return False
        if channel.guild_id is None:
            return user_id in channel.recipients
        place = self._place_of(channel)
        member = place.members.get(user_id) if place is not None else None
        return place is not None and member is not None and place.can_view(member, channel)

    def viewers(self, channel_id: int) -> frozenset[int]:
        """All who see a channel; of one just deleted, who saw it."""
        channel = self._channels.get(channel_id) or self._gone_channels.get(channel_id)
        if channel is None:
            return frozenset()
        if channel.guild_id is None:
            return frozenset(channel.recipients)
        place = self._place_of(channel)
        return frozenset() if place is None else place.viewers(channel)

    def visible_channels(self, user_id: int) -> list[int]:
        """All guild channels that a user sees; direct messages are in ``private_of``."""
        return [channel.id for guild_id in self.guilds_of(user_id) for channel in self.visible_in(guild_id, user_id)]

    def visible_in(self, guild_id: int, user_id: int) -> list[ChannelFacts]:
        """The channels of one guild that a user sees, by position, then by age."""
        place = self._places.get(guild_id)
        member = place.members.get(user_id) if place is not None else None
        if place is None or member is None:
            return []
        return [channel for channel in self.channels(guild_id) if place.can_view(member, channel)]

    def threads(self, guild_id: int) -> list[ChannelFacts]:
        """All threads of a guild, archived ones too, oldest first."""
        place = self._places.get(guild_id)
        return [] if place is None else sorted(place.threads.values(), key=lambda c: c.id)

    def threads_in(self, guild_id: int, user_id: int) -> list[ChannelFacts]:
        """The threads of a guild that are not archived and that a user sees, oldest first."""
        place = self._places.get(guild_id)
        member = place.members.get(user_id) if place is not None else None
        if place is None or member is None:
            return []
        open_ones = (c for c in place.threads.values() if c.thread is not None and not c.thread.archived)
        return sorted((c for c in open_ones if place.can_view(member, c)), key=lambda c: c.id)

    def thread_members(self, thread_id: int) -> Mapping[int, ThreadMember]:
        """Who takes part in a thread, by user id. Do not keep it: it changes."""
        channel = self._channels.get(thread_id) or self._gone_channels.get(thread_id)
        place = self._place_of(channel) if channel is not None and channel.thread is not None else None
        return {} if place is None else place.thread_members.get(thread_id, {})

    # changing: for the live listeners of the owners of these facts

    def put_guild(self, guild: GuildFacts) -> None:
        """Add a guild, or change its own fields."""
        place = self._places.get(guild.id)
        if place is None:
            self._places[guild.id] = Place(guild)
        else:
            place.guild = guild
            place.forget()

    def drop_guild(self, guild_id: int) -> None:
        """Remove a guild with all that is in it."""
        place = self._places.pop(guild_id, None)
        if place is None:
            return
        for user_id in place.members:
            self._unlink(self._guilds_of, user_id, guild_id)
        for channel_id in (*place.channels, *place.threads):
            self._channels.pop(channel_id, None)
        _remember(self._gone_places, guild_id, place)

    def put_role(self, guild_id: int, role: RoleFacts) -> None:
        """Add or change a role."""
        place = self._places[guild_id]
        place.roles[role.id] = role
        place.forget()

    def drop_role(self, guild_id: int, role_id: int) -> None:
        """Remove a role, also from all members and overwrites."""
        place = self._places[guild_id]
        place.roles.pop(role_id, None)
        for member in [m for m in place.members.values() if role_id in m.roles]:
            kept = self._shared(tuple(r for r in member.roles if r != role_id))
            place.members[member.user_id] = msgspec.structs.replace(member, roles=kept)
        for channel in [c for c in place.channels.values() if c.overwrite(role_id) is not None]:
            overwrites = tuple(o for o in channel.overwrites if o.id != role_id)
            self._set(place, msgspec.structs.replace(channel, overwrites=overwrites))
        place.forget()

    def put_member(self, guild_id: int, member: MemberFacts) -> None:
        """Add or change a member."""
        place = self._places[guild_id]
        member = msgspec.structs.replace(member, roles=self._shared(member.roles))
        is_new = member.user_id not in place.members
        place.members[member.user_id] = member
        if is_new:
            place.forget_people()
            self._link(self._guilds_of, member.user_id, guild_id)
        else:
            place.forget_members()

    def drop_member(self, guild_id: int, user_id: int) -> None:
        """Remove a member."""
        place = self._places[guild_id]
        if place.members.pop(user_id, None) is not None:
            place.forget_people()
            self._unlink(self._guilds_of, user_id, guild_id)

    def put_thread(self, thread: ChannelFacts) -> None:
        """Add or change a thread: this changes nobody's sight but of the thread itself."""
        assert thread.guild_id is not None
        place = self._places[thread.guild_id]
        self._channels[thread.id] = place.threads[thread.id] = thread
        place.forget_thread(thread.id)

    def put_thread_member(self, thread: ChannelFacts, member: ThreadMember) -> None:
        """Somebody takes part in a thread, or wants to hear of it differently."""
        assert thread.guild_id is not None
        place = self._places[thread.guild_id]
        place.thread_members.setdefault(thread.id, {})[member.user_id] = member
        place.forget_thread(thread.id)

    def drop_thread_member(self, thread: ChannelFacts, user_id: int) -> None:
        """Somebody takes part no more."""
        assert thread.guild_id is not None
        place = self._places[thread.guild_id]
        place.thread_members.get(thread.id, {}).pop(user_id, None)
        place.forget_thread(thread.id)

    def put_channel(self, channel: ChannelFacts) -> None:
        """Add or change a channel."""
        before = self._channels.get(channel.id)
        if channel.guild_id is None:
            for user_id in before.recipients if before is not None else ():
                self._unlink(self._private, user_id, channel.id)
            for user_id in channel.recipients:
                self._link(self._private, user_id, channel.id)
            self._channels[channel.id] = channel
            return
        self._set(self._places[channel.guild_id], channel)

    def drop_channel(self, channel_id: int) -> None:
        """Remove a channel."""
        channel = self._channels.pop(channel_id, None)
        if channel is None:
            return
        _remember(self._gone_channels, channel_id, channel)
        for user_id in channel.recipients:
            self._unlink(self._private, user_id, channel_id)
        if channel.guild_id is None:
            return
        place = self._places[channel.guild_id]
        if channel.thread is not None:
            place.threads.pop(channel_id, None)
            return
        place.channels.pop(channel_id, None)
        for thread in [c for c in place.threads.values() if c.parent_id == channel_id]:
            self._channels.pop(thread.id, None)
            place.threads.pop(thread.id, None)
            place.thread_members.pop(thread.id, None)

    def touch(self, channel_id: int, message_id: int) -> None:
        """Note a channel's newest message."""
        channel = self._channels.get(channel_id)
        if channel is None or (channel.last_message_id or 0) >= message_id:
            return
        channel = self._channels[channel_id] = msgspec.structs.replace(channel, last_message_id=message_id)
        if channel.guild_id is not None:
            place = self._places[channel.guild_id]
            (place.channels if channel.thread is None else place.threads)[channel_id] = channel

    def _place_of(self, channel: ChannelFacts) -> Place | None:
        assert channel.guild_id is not None
        return self._places.get(channel.guild_id) or self._gone_places.get(channel.guild_id)

    def _set(self, place: Place, channel: ChannelFacts) -> None:
        self._channels[channel.id] = channel
        place.channels[channel.id] = channel
        place.forget()

    def _shared(self, role_ids: tuple[int, ...]) -> tuple[int, ...]:
        """One tuple for all members with these roles: there are few different ones."""
        return self._role_sets.setdefault(role_ids, role_ids)

    def _link(self, index: dict[int, tuple[int, ...]], user_id: int, target_id: int) -> None:
        linked = index.get(user_id, ())
        if target_id not in linked:
            index[user_id] = tuple(sorted((*linked, target_id)))

    def _unlink(self, index: dict[int, tuple[int, ...]], user_id: int, target_id: int) -> None:
        left = tuple(each for each in index.get(user_id, ()) if each != target_id)
        if left:
            index[user_id] = left
        else:
            index.pop(user_id, None)


def _remember(gone: dict[int, T], key: int, value: T) -> None:
    gone[key] = value
    while len(gone) > MAX_GONE:
        del gone[next(iter(gone))]
