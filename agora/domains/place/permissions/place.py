"""One guild as it is held in memory, and who may do what in it, with remembered results."""

from __future__ import annotations

from agora.domains.place.permissions.compute import (
    MANAGE_THREADS,
    VIEW_CHANNEL,
    apply_implicit,
    apply_thread,
    apply_timeout,
    compute_base,
    compute_overwrites,
)
from agora.domains.place.permissions.facts import ChannelFacts, GuildFacts, MemberFacts, RoleFacts, ThreadMember
from agora.protocol.channel_types import ChannelType, OverwriteType
from agora.protocol.permissions import ALL

# Remembering who sees a channel costs about 40 bytes for each member and channel: too much for huge guilds.
MAX_REMEMBERED_MEMBERS = 5_000


class Place:
    """A guild with roles, members and channels.

    Members with the same roles share one tuple and one result: computing a channel for 100,000 members takes as many
    computations as there are different sets of roles. Owners and members with an overwrite of their own are apart.
    """

    __slots__ = (
        "_bases",
        "_everybody",
        "_ordered",
        "_own",
        "_roles_of",
        "_roles_of_threads",
        "_seers",
        "channels",
        "guild",
        "members",
        "roles",
        "thread_members",
        "threads",
    )

    def __init__(self, guild: GuildFacts) -> None:
        self.guild = guild
        self.roles: dict[int, RoleFacts] = {}
        self.members: dict[int, MemberFacts] = {}
        self.channels: dict[int, ChannelFacts] = {}
        self.threads: dict[int, ChannelFacts] = {}
        # thread -> user -> membership
        self.thread_members: dict[int, dict[int, ThreadMember]] = {}
        self._bases: dict[tuple[int, ...], int] = {}
        # channel -> roles -> permissions; channel -> users with an overwrite of their own
        self._roles_of: dict[int, dict[tuple[int, ...], int]] = {}
        # the same for the threads of a channel
        self._roles_of_threads: dict[int, dict[tuple[int, ...], int]] = {}
        self._own: dict[int, frozenset[int]] = {}
        self._seers: dict[int, frozenset[int]] = {}
        self._everybody: frozenset[int] | None = None
        self._ordered: list[int] | None = None

    def forget(self) -> None:
        """Drop the remembered results: roles, overwrites or the owner changed."""
        self._bases.clear()
        self._roles_of.clear()
        self._roles_of_threads.clear()
        self._own.clear()
        self.forget_members()

    def forget_members(self) -> None:
        """Drop who sees what: somebody came or changed roles."""
        self._seers.clear()

    def forget_thread(self, thread_id: int) -> None:
        """Drop who sees one thread: somebody joined or left it."""
        self._seers.pop(thread_id, None)

    def forget_people(self) -> None:
        """Drop who belongs here: somebody came or left."""
        self.forget_members()
        self._everybody = None
        self._ordered = None

    def base(self, member: MemberFacts, now_ms: int) -> int:
        """Permissions in the guild itself."""
        if member.user_id == self.guild.owner_id:
            return ALL
        bits = self._base(member.roles)
        return apply_timeout(bits) if member.timeout_until > now_ms else bits

    def in_channel(self, member: MemberFacts, channel: ChannelFacts, now_ms: int) -> int:
        """Permissions in a channel."""
        if member.user_id == self.guild.owner_id:
            return ALL
        bits = self._in_channel(member, channel)
        return apply_timeout(bits) if member.timeout_until > now_ms else bits

    def can_view(self, member: MemberFacts, channel: ChannelFacts) -> bool:
        """Whether the member sees the channel; a timeout does not change that."""
        return member.user_id == self.guild.owner_id or bool(self._in_channel(member, channel) & VIEW_CHANNEL)

    def viewers(self, channel: ChannelFacts) -> frozenset[int]:
        """All members who see the channel."""
        seers = self._seers.get(channel.id)
        if seers is None:
            seers = frozenset(user_id for user_id, member in self.members.items() if self.can_view(member, channel))
            if len(self.members) <= MAX_REMEMBERED_MEMBERS:
                self._seers[channel.id] = seers
        return seers

    def everybody(self) -> frozenset[int]:
        """The ids of all members."""
        if self._everybody is None:
            self._everybody = frozenset(self.members)
        return self._everybody

    def ordered(self) -> list[int]:
        """The ids of all members, lowest first."""
        if self._ordered is None:
            self._ordered = sorted(self.members)
        return self._ordered

    def _base(self, role_ids: tuple[int, ...]) -> int:
        bits = self._bases.get(role_ids)
        if bits is None:
            everyone = self.roles.get(self.guild.id)
            held = (role.permissions for role_id in role_ids if (role := self.roles.get(role_id)) is not None)
            bits = self._bases[role_ids] = compute_base(everyone.permissions if everyone else 0, held)
        return bits

    def _in_channel(self, member: MemberFacts, channel: ChannelFacts) -> int:
        if channel.thread is not None:
            return self._in_thread(member, channel)
        if member.user_id in self._own_of(channel):
            return apply_implicit(self._compute(member.roles, channel, member.user_id))
        known = self._roles_of.get(channel.id)
        if known is None:
            known = self._roles_of[channel.id] = {}
        bits = known.get(member.roles)
        if bits is None:
            bits = known[member.roles] = apply_implicit(self._compute(member.roles, channel, 0))
        return bits

    def _in_thread(self, member: MemberFacts, thread: ChannelFacts) -> int:
        """As in its channel, but for sending; a private thread is there for its members and for who manages threads."""
        parent = self.channels.get(thread.parent_id or 0)
        if parent is None:
            return 0
        if member.user_id in self._own_of(parent):
            bits = apply_implicit(apply_thread(self._compute(member.roles, parent, member.user_id)))
        else:
            known = self._roles_of_threads.setdefault(parent.id, {})
            found = known.get(member.roles)
            if found is None:
                found = known[member.roles] = apply_implicit(apply_thread(self._compute(member.roles, parent, 0)))
            bits = found
        if thread.type == ChannelType.PRIVATE_THREAD and not bits & MANAGE_THREADS:
            return bits if member.user_id in self.thread_members.get(thread.id, ()) else 0
        return bits

    def _compute(self, role_ids: tuple[int, ...], channel: ChannelFacts, user_id: int) -> int:
        return compute_overwrites(
            self._base(role_ids), channel.overwrites, guild_id=self.guild.id, role_ids=role_ids, user_id=user_id
        )

    def _own_of(self, channel: ChannelFacts) -> frozenset[int]:
        own = self._own.get(channel.id)
        if own is None:
            own = self._own[channel.id] = frozenset(o.id for o in channel.overwrites if o.type == OverwriteType.MEMBER)
        return own
