"""What was asked of an app, as it is stored."""

from __future__ import annotations

import enum
from typing import NamedTuple

TOKEN_PREFIX = "aW50."  # tells tokens of interactions from those of webhooks, which have the same addresses


class InteractionType(enum.IntEnum):
    """What a person did."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class CallbackType(enum.IntEnum):
    """What an app does about it."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


class Interaction(NamedTuple):
    """The columns of ``interactions_interaction``, in order.

    ``message_id`` is the message of the button, ``response_id`` the first answer. ``ephemeral``: the answer that is awaited is
    for the asker alone. ``message_type`` and ``keys`` go into ``messages.Origin`` of each answer. ``modal`` is the form's
    JSON while it is open.
    """

    id: int
    token: str
    application_id: int
    user_id: int
    guild_id: int | None
    channel_id: int
    type: int
    nonce: str | None
    message_id: int | None
    answered: bool
    response_id: int | None
    ephemeral: bool
    message_type: int
    keys: str
    modal: str | None
