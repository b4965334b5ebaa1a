"""The permission algorithm exactly as Discord documents it, without any state.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Iterable

from agora.domains.place.permissions.facts import Overwrite
from agora.protocol.channel_types import OverwriteType
from agora.protocol.permissions import ALL, Permission

VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)
SEND_MESSAGES = int(Permission.SEND_MESSAGES)
SEND_IN_THREADS = int(Permission.SEND_MESSAGES_IN_THREADS)
MANAGE_THREADS = int(Permission.MANAGE_THREADS)
ADMINISTRATOR = int(Permission.ADMINISTRATOR)
_MEMBER = int(OverwriteType.MEMBER)

# Without SEND_MESSAGES these mean nothing ("implicit permissions").
NEEDS_SENDING = int(Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES | Permission.ATTACH_FILES | Permission.EMBED_LINKS)
# All that a timed-out member keeps.
TIMED_OUT = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)


def compute_base(everyone: int, roles: Iterable[int], *, is_owner: bool = False) -> int:
    """Permissions in the guild: everyone's and all roles' bits together; the owner and administrators have all."""
    if is_owner:
        return ALL
    bits = everyone
    for role in roles:
        bits |= role
    return ALL if bits & ADMINISTRATOR else bits


def compute_overwrites(base: int, overwrites: Iterable[Overwrite], *, guild_id: int, role_ids: Iterable[int], user_id: int) -> int:
    """Permissions in a channel: everyone's overwrite, then all roles' (denies before allows), then the member's own.

    An overwrite can neither give nor take ADMINISTRATOR.
    """
    if base & ADMINISTRATOR:
        return ALL
    mine = frozenset(role_ids)
    everyone = member = None
    allow = deny = 0
    for overwrite in overwrites:
        if overwrite.type == _MEMBER:
            if overwrite.id == user_id:
                member = overwrite
        elif overwrite.id == guild_id:
            everyone = overwrite
        elif overwrite.id in mine:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = base
    if everyone is not None:
        bits = (bits & ~everyone.deny) | everyone.allow
    bits = (bits & ~deny) | allow
    if member is not None:
        bits = (bits & ~member.deny) | member.allow
    return bits & ~ADMINISTRATOR


def apply_implicit(bits: int) -> int:
    """Who cannot see a channel can do nothing in it; who cannot send cannot mention, attach, embed or speak either."""
    if not bits & VIEW_CHANNEL:
        return 0
    if not bits & SEND_MESSAGES:
        return bits & ~NEEDS_SENDING
    return bits


def apply_thread(bits: int) -> int:
    """Permissions in a thread, from those in its channel: SEND_MESSAGES has no meaning there, SEND_MESSAGES_IN_THREADS takes its
    place (https://discord.com/developers/docs/topics/threads#permissions).
    """
    return bits | SEND_MESSAGES if bits & SEND_IN_THREADS else bits & ~SEND_MESSAGES


def apply_timeout(bits: int) -> int:
    """A timed-out member only sees and reads; administrators are exempt."""
    return bits if bits & ADMINISTRATOR else bits & TIMED_OUT
