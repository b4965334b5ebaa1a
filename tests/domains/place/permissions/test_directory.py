"""The directory remembers results; after any change they must be what a directory filled afresh says."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest

from agora.domains.place.permissions import (
    ChannelFacts,
    Directory,
    GuildFacts,
    MemberFacts,
    Overwrite,
    RoleFacts,
)
from agora.kernel.clock import FrozenClock
from agora.protocol.permissions import ALL, DEFAULT_EVERYONE, DM, Permission

VIEW, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
USERS, ROLES, CHANNELS = range(10, 18), (2, 3, 4), (50, 51, 52)


def fill(directory: Directory, guild_id: int = 1, owner_id: int = 10, everyone: int = DEFAULT_EVERYONE) -> None:
    directory.put_guild(GuildFacts(id=guild_id, name="g", owner_id=owner_id))
    directory.put_role(guild_id, RoleFacts(id=guild_id, name="@everyone", permissions=everyone))
    directory.put_member(guild_id, MemberFacts(user_id=owner_id))


class Mirror:
    """The plain facts, from which a fresh directory can be filled at any time."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.guild = GuildFacts(id=1, name="g", owner_id=10)
        self.roles = {1: RoleFacts(id=1, name="@everyone", permissions=VIEW)}
        self.members: dict[int, MemberFacts] = {10: MemberFacts(user_id=10)}
        self.channels: dict[int, ChannelFacts] = {}

    def fresh(self, clock: FrozenClock) -> Directory:
        directory = Directory(clock)
        directory.put_guild(self.guild)
        for role in self.roles.values():
            directory.put_role(1, role)
        for member in self.members.values():
            directory.put_member(1, member)
        for channel in self.channels.values():
            directory.put_channel(channel)
        return directory

    def bits(self) -> int:
        return self.chance.choice((0, VIEW, VIEW | SEND, int(Permission.ADMINISTRATOR), SEND))

    def change(self, directory: Directory) -> None:
        """One random change, told to the directory as the live listeners tell it."""
        pick = self.chance
        match pick.randrange(8):
            case 0:
                role = RoleFacts(id=pick.choice((1, *ROLES)), name="r", permissions=self.bits())
                self.roles[role.id] = role
                directory.put_role(1, role)
            case 1:
                gone = pick.choice(ROLES)
                if gone in self.roles:
                    del self.roles[gone]
                    self._forget_role(gone)
                    directory.drop_role(1, gone)
            case 2 | 3:
                roles = tuple(sorted(r for r in ROLES if r in self.roles and pick.random() < 0.5))
                until = pick.choice((0, 0, 2_000_000_000_000))
                member = MemberFacts(user_id=pick.choice(USERS), roles=roles, timeout_until=until)
                self.members[member.user_id] = member
                directory.put_member(1, member)
            case 4:
                user_id = pick.choice(USERS)
                if user_id in self.members and user_id != self.guild.owner_id:
                    del self.members[user_id]
                    directory.drop_member(1, user_id)
            case 5 | 6:
                channel = self._channel(pick.choice(CHANNELS))
                self.channels[channel.id] = channel
                directory.put_channel(channel)
            case 7:
                self.guild = GuildFacts(id=1, name="g", owner_id=pick.choice(sorted(self.members)))
                directory.put_guild(self.guild)

    def _channel(self, channel_id: int) -> ChannelFacts:
        pick = self.chance
        targets = [(r, 0) for r in self.roles] + [(u, 1) for u in USERS]
        chosen = pick.sample(targets, pick.randrange(4))
        overwrites = tuple(sorted((Overwrite(t, k, self.bits(), self.bits()) for t, k in chosen), key=lambda o: o.id))
        return ChannelFacts(id=channel_id, type=0, guild_id=1, name="c", overwrites=overwrites)

    def _forget_role(self, role_id: int) -> None:
        for member in list(self.members.values()):
            kept = tuple(r for r in member.roles if r != role_id)
            self.members[member.user_id] = MemberFacts(user_id=member.user_id, roles=kept, timeout_until=member.timeout_until)
        for channel in list(self.channels.values()):
            kept_overwrites = tuple(o for o in channel.overwrites if o.id != role_id)
            self.channels[channel.id] = ChannelFacts(id=channel.id, type=0, guild_id=1, name="c", overwrites=kept_overwrites)


def answers(directory: Directory) -> dict[object, object]:
    """Everything one may ask."""
    found: dict[object, object] = {"members": directory.members(1), "roles": directory.roles(1)}
    for user_id in USERS:
        found[user_id, "guilds"] = directory.guilds_of(user_id)
        found[user_id, "base"] = directory.guild_permissions(user_id, 1)
        found[user_id, "sees"] = directory.visible_channels(user_id)
        for channel_id in CHANNELS:
            found[user_id, channel_id] = directory.permissions(user_id, channel_id)
            found[user_id, channel_id, "sees"] = directory.can_view(user_id, channel_id)
    for channel_id in CHANNELS:
        found[channel_id] = directory.viewers(channel_id)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_what_is_remembered_is_never_stale(seed: int) -> None:
    clock, mirror = FrozenClock(), Mirror(random.Random(seed))
    directory = mirror.fresh(clock)
    for _ in range(60):
        mirror.change(directory)
        assert answers(directory) == answers(mirror.fresh(clock))


def test_direct_messages_are_for_their_recipients_alone() -> None:
    directory = Directory(FrozenClock())
    fill(directory, owner_id=10)
    directory.put_channel(ChannelFacts(id=60, type=1, recipients=(11, 12)))
    assert directory.permissions(11, 60) == DM
    assert directory.permissions(10, 60) == 0  # an administrator elsewhere is nobody here
    assert directory.viewers(60) == {11, 12}
    assert directory.private_of(12) == (60,)
    assert directory.visible_channels(12) == []


def test_a_timeout_ends_by_itself() -> None:
    clock = FrozenClock()
    directory = Directory(clock)
    fill(directory)
    directory.put_member(1, MemberFacts(user_id=11, timeout_until=clock.now_ms() + 1000))
    directory.put_channel(ChannelFacts(id=50, type=0, guild_id=1))
    assert not directory.permissions(11, 50) & SEND
    assert directory.can_view(11, 50)
    clock.advance(1000)
    assert directory.permissions(11, 50) & SEND


def test_what_was_deleted_still_knows_its_audience() -> None:
    directory = Directory(FrozenClock())
    fill(directory)
    directory.put_member(1, MemberFacts(user_id=11))
    directory.put_channel(ChannelFacts(id=50, type=0, guild_id=1))
    directory.drop_channel(50)
    assert directory.channel(50) is None
    assert directory.permissions(11, 50) == 0
    assert directory.viewers(50) == {10, 11}
    directory.drop_guild(1)
    assert directory.guild(1) is None
    assert directory.guilds_of(11) == ()
    assert directory.members(1) == {10, 11}


def test_unknown_ids_are_answered_with_nothing() -> None:
    directory = Directory(FrozenClock())
    assert directory.permissions(1, 2) == directory.guild_permissions(1, 2) == 0
    assert not directory.can_view(1, 2)
    assert directory.viewers(2) == directory.members(3) == frozenset()
    assert directory.channels(3) == directory.roles(3) == directory.visible_in(3, 1) == []


def test_members_are_cheap() -> None:
    """About 230 bytes for each member (23 MB for 100,000), and a channel's viewers at once."""
    clock, chance = FrozenClock(), random.Random(7)
    tracemalloc.start()
    directory = Directory(clock)
    fill(directory)
    for role_id in range(2, 12):
        directory.put_role(1, RoleFacts(id=role_id, name=str(role_id), permissions=SEND))
    for number in range(10_000):
        roles = tuple(sorted(chance.sample(range(2, 12), chance.randrange(4))))
        directory.put_member(1, MemberFacts(user_id=1 << 40 | number, roles=roles, joined_at=clock.now_ms()))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 3_500_000, f"{size / 1e6:.1f} MB"
    deny = Overwrite(1, 0, deny=VIEW)
    directory.put_channel(ChannelFacts(id=50, type=0, guild_id=1, overwrites=(deny, Overwrite(5, 0, allow=VIEW))))
    started = time.thread_time()
    seers = directory.viewers(50)
    spent = time.thread_time() - started
    assert 500 < len(seers) < 4_000
    assert spent < 0.1, f"{spent:.3f} s"
    assert directory.permissions(10, 50) == ALL
