"""What happens to threads. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.place.permissions import ChannelFacts, ThreadMember
from agora.kernel.events import Event


class ThreadCreated(Event, frozen=True, kw_only=True):
    """A thread began, with these who take part from the beginning."""

    thread: ChannelFacts
    members: tuple[ThreadMember, ...] = ()
    reason: str | None = None


class ThreadUpdated(Event, frozen=True, kw_only=True):
    """Name, state or tags of a thread changed. ``members`` take part in one that opens again."""

    thread: ChannelFacts
    before: ChannelFacts
    members: tuple[ThreadMember, ...] = ()
    reason: str | None = None


class ThreadDeleted(Event, frozen=True, kw_only=True):
    """A thread ended, and with it all that was said there."""

    thread: ChannelFacts
    reason: str | None = None


class ThreadsEnded(Event, frozen=True, kw_only=True):
    """These threads ended together with their channel or community, which says so itself."""

    ids: tuple[int, ...]


class ThreadMembersChanged(Event, frozen=True, kw_only=True):
    """Somebody takes part, or no more. ``fresh``: the thread has only just begun. ``lost``: of the removed, who sees it no more."""

    thread_id: int
    guild_id: int
    thread: ChannelFacts
    lost: tuple[int, ...] = ()
    added: tuple[ThreadMember, ...] = ()
    removed: tuple[int, ...] = ()
    member_count: int = 0
    fresh: bool = False


class ThreadMemberUpdated(Event, frozen=True, kw_only=True):
    """How much a member wants to hear of a thread changed."""

    thread_id: int
    guild_id: int
    member: ThreadMember


class ThreadMoved(Event, frozen=True, kw_only=True):
    """A thread is under another channel, after the ``ThreadUpdated`` that says so: others see it now."""

    thread: ChannelFacts


class ThreadMerged(Event, frozen=True, kw_only=True):
    """All that was said in ``old`` is in ``thread`` now, among what was said there at the same time; ``old`` ends."""

    old: ChannelFacts
    thread: ChannelFacts
    reason: str | None = None


ALL = (
    ThreadMoved,
    ThreadMerged,
    ThreadCreated,
    ThreadUpdated,
    ThreadDeleted,
    ThreadsEnded,
    ThreadMembersChanged,
    ThreadMemberUpdated,
)
