"""What clients send about messages, in Discord's shape, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.talk.files import AttachmentBody, Received, match_files
from agora.domains.talk.messages.components import Component
from agora.domains.talk.messages.draft import AllowedMentions, Draft, Patch
from agora.domains.talk.messages.embeds import Embed
from agora.domains.talk.messages.poll import PollCreate
from agora.domains.talk.messages.snapshot import Source
from agora.kernel.errors import BadRequest, invalid
from agora.kernel.ids import parse
from agora.protocol.error_codes import ErrorCode
from agora.protocol.message_types import ReferenceType

Id = str | int
Attachments = Annotated[list[AttachmentBody], Meta(max_length=10)]


class AllowedMentionsBody(msgspec.Struct, frozen=True):
    """Discord's ``allowed_mentions``: ``parse`` names whole kinds, ``users`` and ``roles`` single ones."""

    parse: list[Literal["users", "roles", "everyone"]] | None = None
    users: Annotated[list[Id], Meta(max_length=100)] | None = None
    roles: Annotated[list[Id], Meta(max_length=100)] | None = None
    replied_user: bool | None = None


class ReferenceBody(msgspec.Struct, frozen=True):
    """The message that is replied to (type 0), or carried on (type 1)."""

    message_id: Id
    channel_id: Id | None = None
    guild_id: Id | None = None
    type: int | None = None
    fail_if_not_exists: bool | None = None


class MessageCreate(msgspec.Struct, frozen=True):
    """``POST …/messages``. ``nonce`` makes retries safe, with or without ``enforce_nonce``."""

    content: str | None = None
    nonce: str | int | None = None
    tts: bool | None = None
    embeds: list[Embed] | None = None
    allowed_mentions: AllowedMentionsBody | None = None
    message_reference: ReferenceBody | None = None
    flags: int | None = None
    enforce_nonce: bool | None = None
    components: list[Component] | None = None
    sticker_ids: Annotated[list[Id], Meta(max_length=3)] | None = None
    attachments: Attachments | None = None
    poll: PollCreate | None = None


class MessagePatch(msgspec.Struct, frozen=True):
    """``PATCH …/messages/{id}``: what is absent stays, null empties."""

    content: str | UnsetType | None = UNSET
    embeds: list[Embed] | UnsetType | None = UNSET
    flags: int | UnsetType | None = UNSET
    allowed_mentions: AllowedMentionsBody | None = None
    components: list[Component] | UnsetType | None = UNSET
    attachments: Attachments | UnsetType | None = UNSET


class BulkDelete(msgspec.Struct, frozen=True):
    """``POST …/messages/bulk-delete``."""

    messages: list[Id]


class PageQuery(msgspec.Struct, frozen=True):
    """Which messages: at most one of the three ids."""

    before: str | None = None
    after: str | None = None
    around: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class PinsQuery(msgspec.Struct, frozen=True):
    """A page of pins; ``before`` is an ISO 8601 time."""

    before: str | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 50


def snowflake(field: str, value: Id) -> int:
    """An id of the body. Raises 50035 naming the field."""
    number = value if isinstance(value, int) else parse(value)
    if number is None or not 0 <= number < 1 << 63:
        raise invalid(field, f'Value "{str(value)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return number


def build_draft(channel_id: int, body: MessageCreate, files: tuple[Received, ...] = ()) -> Draft:
    """The draft of a body. Raises 50035 for what Agora's messages cannot hold."""
    reference, source = body.message_reference, None
    if reference is not None and reference.type == ReferenceType.FORWARD:
        source, reference = _forwarded(reference), None
    return Draft(
        content=body.content or "",
        nonce=None if body.nonce is None or body.nonce == "" else str(body.nonce),
        reply_to=None if reference is None else _replied(channel_id, reference),
        reply_must_exist=reference is None or reference.fail_if_not_exists is not False,
        tts=bool(body.tts),
        embeds=tuple(body.embeds or ()),
        allowed=build_allowed(body.allowed_mentions),
        flags=body.flags or 0,
        files=match_files(body.attachments, files),
        components=tuple(body.components or ()),
        poll=body.poll,
        forward=source,
        stickers=tuple(snowflake("sticker_ids", each) for each in dict.fromkeys(body.sticker_ids or ())),
    )


def build_patch(body: MessagePatch, files: tuple[Received, ...] = ()) -> Patch:
    """The patch of a body."""
    return Patch(
        content=UNSET if body.content is UNSET else body.content or "",
        embeds=UNSET if body.embeds is UNSET else tuple(body.embeds or ()),
        flags=UNSET if body.flags is UNSET else body.flags or 0,
        allowed=build_allowed(body.allowed_mentions),
        attachments=UNSET if body.attachments is UNSET else tuple(body.attachments or ()),
        files=files,
        components=UNSET if body.components is UNSET else tuple(body.components or ()),
    )


def build_allowed(body: AllowedMentionsBody | None) -> AllowedMentions | None:
    """Discord's rules: a kind is either parsed or listed, not both."""
    if body is None:
        return None
    kinds = set(body.parse or ())
    for kind in ("users", "roles"):
        if kind in kinds and getattr(body, kind):
            raise invalid(
                "allowed_mentions",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            )
    return AllowedMentions(
        everyone="everyone" in kinds,
        all_users="users" in kinds,
        all_roles="roles" in kinds,
        users=frozenset(snowflake("allowed_mentions.users", each) for each in body.users or ()),
        roles=frozenset(snowflake("allowed_mentions.roles", each) for each in body.roles or ()),
        replied_user=bool(body.replied_user),
    )


def build_ids(body: BulkDelete) -> list[int]:
    """The ids to delete, each once. Raises 50016 for a wrong number."""
    ids = [snowflake(f"messages.{index}", value) for index, value in enumerate(body.messages)]
    if len(set(ids)) != len(ids):
        raise BadRequest("A message was provided more than once.", code=ErrorCode.INVALID_FORM_BODY)
    return ids


def _forwarded(reference: ReferenceBody) -> Source:
    if reference.channel_id is None:
        raise invalid("message_reference.channel_id", "This field is required", "BASE_TYPE_REQUIRED")
    channel_id = snowflake("message_reference.channel_id", reference.channel_id)
    return Source(channel_id, snowflake("message_reference.message_id", reference.message_id))


def _replied(channel_id: int, reference: ReferenceBody) -> int:
    if reference.type:
        raise invalid("message_reference.type", "Must be 0 (a reply) or 1 (a forward).", "BASE_TYPE_CHOICES")
    if reference.channel_id is not None and snowflake("message_reference.channel_id", reference.channel_id) != channel_id:
        raise invalid(
            "message_reference",
            "Cannot reply to a message in another channel",
            "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL",
        )
    return snowflake("message_reference.message_id", reference.message_id)
