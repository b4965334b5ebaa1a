"""Who may do what where: the algorithm, the facts in memory, and the one access door."""

from agora.domains.place.permissions.compute import compute_base, compute_overwrites
from agora.domains.place.permissions.directory import Directory
from agora.domains.place.permissions.facts import (
    ChannelFacts,
    FactsSource,
    GuildFacts,
    MemberFacts,
    Overwrite,
    RoleFacts,
    Tag,
    ThreadDefaults,
    ThreadFacts,
    ThreadMember,
)
from agora.domains.place.permissions.gate import build_refusal, check, check_guild

__all__ = [
    "ChannelFacts",
    "Directory",
    "FactsSource",
    "GuildFacts",
    "MemberFacts",
    "Overwrite",
    "RoleFacts",
    "Tag",
    "ThreadDefaults",
    "ThreadFacts",
    "ThreadMember",
    "build_refusal",
    "check",
    "check_guild",
    "compute_base",
    "compute_overwrites",
]
