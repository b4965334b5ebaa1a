"""What somebody wants to say, before it is a message."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.talk.files import AttachmentBody, Received
from agora.domains.talk.messages.components import Component
from agora.domains.talk.messages.embeds import Embed
from agora.domains.talk.messages.poll import PollCreate
from agora.domains.talk.messages.snapshot import Snapshot, Source
from agora.protocol.message_types import MessageFlag

MAX_CONTENT = 2000  # Discord's limit, in characters
MAX_NONCE = 25
SETTABLE_FLAGS = int(MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2)


class AllowedMentions(msgspec.Struct, frozen=True):
    """Which mentions in the text really notify; None on a draft means all that the writer may."""

    everyone: bool = False
    all_users: bool = False
    all_roles: bool = False
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = False


ALLOW_ALL = AllowedMentions(everyone=True, all_users=True, all_roles=True, replied_user=True)


class Origin(msgspec.Struct, frozen=True):
    """What an app's answer to an interaction is: its ``MessageType``, further flags, and keys of the message object as JSON."""

    type: int
    flags: int
    keys: str


class Draft(msgspec.Struct, frozen=True):
    """A message to be sent. A repeated ``nonce`` of the same author in the same channel sends nothing again.

    ``forward`` names a message to carry on, ``snapshot`` is what it said: ``send`` looks it up.
    """

    content: str = ""
    nonce: str | None = None
    reply_to: int | None = None
    reply_must_exist: bool = True
    tts: bool = False
    embeds: tuple[Embed, ...] = ()
    allowed: AllowedMentions | None = None
    flags: int = 0
    files: tuple[Received, ...] = ()
    components: tuple[Component, ...] = ()
    origin: Origin | None = None
    poll: PollCreate | None = None
    forward: Source | None = None
    snapshot: Snapshot | None = None
    stickers: tuple[int, ...] = ()


class Patch(msgspec.Struct, frozen=True):
    """What changes in a message; ``UNSET`` stays as it is. Files that are not in ``attachments`` go; ``files`` come."""

    content: str | UnsetType = UNSET
    embeds: tuple[Embed, ...] | UnsetType = UNSET
    flags: int | UnsetType = UNSET
    allowed: AllowedMentions | None = None
    attachments: tuple[AttachmentBody, ...] | UnsetType = UNSET
    files: tuple[Received, ...] = ()
    components: tuple[Component, ...] | UnsetType = UNSET


class Sent(msgspec.Struct, frozen=True):
    """A stored message: its id and Discord's message object as JSON. ``repeated``: the nonce was known, this is the first one."""

    id: int
    wire: bytes
    repeated: bool = False
