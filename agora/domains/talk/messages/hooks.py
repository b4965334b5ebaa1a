"""Where other domains take part in messages without being known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agora.domains.talk.messages.draft import Draft
from agora.domains.talk.messages.row import Row
from agora.kernel.hooks import Hook
from agora.protocol.payloads import Reaction

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


class Outgoing(msgspec.Struct, frozen=True):
    """A draft on its way into a channel."""

    channel_id: int
    draft: Draft


BEFORE_SEND: Hook[Outgoing] = Hook("messages.before_send")
"""May rewrite a draft, or refuse it by raising. Runs after the permission check, outside any transaction."""


BEFORE_EDIT: Hook[Outgoing] = Hook("messages.before_edit")
"""The same for the new text of a message that is edited; what it rewrites is not used, only what it refuses."""


class ReactionsOf(msgspec.Struct, frozen=True):
    """Offered by reactions: ``list_for(tx, viewer_id, message_ids)`` gives the reactions of the messages that have any."""

    list_for: Callable[[Tx, int, Sequence[int]], dict[int, tuple[Reaction, ...]]]


class VotesOf(msgspec.Struct, frozen=True):
    """Offered by polls: ``list_for(tx, viewer_id, message_ids)`` gives the ``results`` of those messages' polls."""

    list_for: Callable[[Tx, int, Sequence[int]], dict[int, Any]]


class Forget(msgspec.Struct, frozen=True):
    """Offered by whoever keeps rows about messages: ``do_forget(tx, message_ids)`` deletes them, in the deleting transaction."""

    do_forget: Callable[[Tx, Sequence[int]], None]


class ChannelStep(msgspec.Struct, frozen=True):
    """Offered by whoever keeps count of a channel's messages, in the same transaction: ``do_sent(tx, row)`` after one was stored,
    ``do_removed(tx, channel_id, message_ids)`` after some were deleted.
    """

    do_sent: Callable[[Tx, Row], None]
    do_removed: Callable[[Tx, int, Sequence[int]], None]


class EditStep(msgspec.Struct, frozen=True):
    """Offered by whoever repeats messages elsewhere: ``do_edited(tx, row)`` after one was edited, in the same transaction."""

    do_edited: Callable[[Tx, Row], None]


class MoveStep(msgspec.Struct, frozen=True):
    """Offered by whoever keeps the channel of messages: ``do_moved(tx, message_ids, channel_id)`` after these went there."""

    do_moved: Callable[[Tx, Sequence[int], int], None]
