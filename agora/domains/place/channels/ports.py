"""What channels asks of the domain that keeps threads: the routes of a channel are also those of a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.channels.model import ThreadEdit
from agora.domains.place.permissions import ChannelFacts
from agora.protocol.message_types import MessageType

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx


class ThreadDesk(msgspec.Struct, frozen=True):
    """Offered once, by threads: how a thread is changed and ended. Both check permissions themselves."""

    edit: Callable[[Ctx, ChannelFacts, ThreadEdit], Awaitable[ChannelFacts]]
    delete: Callable[[Ctx, ChannelFacts], Awaitable[ChannelFacts]]


class GroupNotice(msgspec.Struct, frozen=True):
    """Offered once, by messages: what happened to a group is told in it, as the actor's act.

    ``do_tell(tx, group, type, user_id, words)`` runs in the transaction that changes the group. ``user_id`` is who was added or
    removed, ``words`` the new name.
    """

    do_tell: Callable[[Tx, ChannelFacts, MessageType, int | None, str], None]


class ChannelEnd(msgspec.Struct, frozen=True):
    """Offered by whoever keeps things in channels: ``do_end(tx, channel)`` removes them in the transaction that ends it."""

    do_end: Callable[[Tx, ChannelFacts], None]
