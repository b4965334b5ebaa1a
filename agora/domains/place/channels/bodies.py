"""What clients send about channels, in Discord's shape, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.channels.model import ThreadEdit
from agora.domains.place.permissions import Overwrite, Tag, ThreadDefaults
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.ids import Id
from agora.protocol.channel_types import OverwriteType
from agora.protocol.permissions import from_wire

Bits = str | int
Kind = Annotated[int, msgspec.Meta(ge=0, le=1)]
Position = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Minutes = Literal[60, 1440, 4320, 10080]
Slowmode = Annotated[int, msgspec.Meta(ge=0, le=21_600)]
PINNED, REQUIRE_TAG = 1 << 1, 1 << 4
"""Bits of a channel's ``flags``: a post on top of its forum; a forum whose posts need a tag."""


class OverwriteBody(msgspec.Struct, frozen=True):
    """An overwrite in a list; ``type`` is 0 for a role, 1 for a member."""

    id: Id
    type: Kind | None = None
    allow: Bits | None = None
    deny: Bits | None = None


class SetOverwriteBody(msgspec.Struct, frozen=True):
    """The overwrite of the role or member in the path."""

    type: Kind
    allow: Bits | None = None
    deny: Bits | None = None


class TagBody(msgspec.Struct, frozen=True):
    """A tag of a forum; without ``id`` it is a new one."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    id: Id | None = None
    moderated: bool | None = None
    emoji_id: Id | None = None
    emoji_name: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class DefaultsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel says of its threads; the tags, order and layout are a forum's."""

    default_auto_archive_duration: Minutes | UnsetType | None = UNSET
    default_thread_rate_limit_per_user: Slowmode | UnsetType | None = UNSET
    available_tags: Annotated[list[TagBody], msgspec.Meta(max_length=20)] | UnsetType | None = UNSET
    default_sort_order: Literal[0, 1] | UnsetType | None = UNSET
    default_forum_layout: Literal[0, 1, 2] | UnsetType | None = UNSET
    flags: int | UnsetType | None = UNSET


class NewBody(DefaultsBody, frozen=True, kw_only=True):
    """A channel to make."""

    name: str
    type: int | None = None
    topic: str | None = None
    parent_id: Id | None = None
    position: Position | None = None
    nsfw: bool | None = None
    rate_limit_per_user: int | None = None
    permission_overwrites: list[OverwriteBody] | None = None


class EditBody(DefaultsBody, frozen=True, kw_only=True):
    """What may change about a channel; from ``archived`` on it is a thread's alone. A group's name may be null."""

    name: str | UnsetType | None = UNSET
    type: int | UnsetType = UNSET
    topic: str | UnsetType | None = UNSET
    parent_id: Id | UnsetType | None = UNSET
    position: Position | UnsetType | None = UNSET
    nsfw: bool | UnsetType | None = UNSET
    rate_limit_per_user: int | UnsetType | None = UNSET
    permission_overwrites: list[OverwriteBody] | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    invitable: bool | UnsetType = UNSET
    auto_archive_duration: Minutes | UnsetType = UNSET
    applied_tags: Annotated[list[Id], msgspec.Meta(max_length=5)] | UnsetType | None = UNSET


class PlaceBody(msgspec.Struct, frozen=True):
    """Where one channel goes."""

    id: Id
    position: Position | UnsetType | None = UNSET
    parent_id: Id | UnsetType | None = UNSET
    lock_permissions: bool | None = None


class OpenBody(msgspec.Struct, frozen=True):
    """``recipient_id`` for a direct message, ``recipients`` for one or a group."""

    recipient_id: Id | None = None
    recipients: list[Id] | None = None


def read_id(text: Id, field: str) -> int:
    """An id of a body. Raises BadRequest on its field."""
    value = ids.parse(text)
    if value is None:
        raise invalid(field, f'Value "{str(text)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


def read_optional_id(text: Id | UnsetType | None, field: str) -> int | UnsetType | None:
    """An id, or nothing."""
    return read_id(text, field) if isinstance(text, str | int) else text


def read_bits(value: Bits | None, field: str) -> int:
    """Permission bits, as text or number. Raises BadRequest on its field."""
    bits = 0 if value is None else from_wire(str(value))
    if bits is None:
        raise invalid(field, "Must be a number of permission bits.", "NUMBER_TYPE_COERCE")
    return bits


def read_overwrites(bodies: list[OverwriteBody] | UnsetType | None) -> tuple[Overwrite, ...] | None:
    """The overwrites of a body; without a type, everyone's id is a role's, as Discord takes it."""
    if bodies is None or bodies is UNSET:
        return None
    made = []
    for index, body in enumerate(bodies):
        field = f"permission_overwrites.{index}"
        kind = OverwriteType.ROLE if body.type is None else body.type
        allow, deny = read_bits(body.allow, f"{field}.allow"), read_bits(body.deny, f"{field}.deny")
        made.append(Overwrite(read_id(body.id, f"{field}.id"), kind, allow, deny))
    return tuple(made)


def read_defaults(body: DefaultsBody, before: ThreadDefaults, ids_: ids.Snowflakes) -> ThreadDefaults:
    """What the body says of threads, over what was said before; new tags get an id."""
    changes: dict[str, object] = {}
    if body.default_auto_archive_duration is not UNSET:
        changes["auto_archive_min"] = body.default_auto_archive_duration
    if body.default_thread_rate_limit_per_user is not UNSET:
        changes["rate_limit_per_user"] = body.default_thread_rate_limit_per_user or 0
    if body.available_tags is not UNSET:
        changes["tags"] = _tags(body.available_tags or (), before, ids_)
    if body.default_sort_order is not UNSET:
        changes["sort_order"] = body.default_sort_order
    if body.default_forum_layout is not UNSET:
        changes["layout"] = body.default_forum_layout or 0
    if isinstance(body.flags, int):
        changes["require_tag"] = bool(body.flags & REQUIRE_TAG)
    return msgspec.structs.replace(before, **changes)


def read_thread_edit(body: EditBody) -> ThreadEdit:
    """What a body changes about a thread."""
    tags: tuple[int, ...] | UnsetType = UNSET
    if body.applied_tags is not UNSET:
        tags = tuple(read_id(each, f"applied_tags.{index}") for index, each in enumerate(body.applied_tags or ()))
    return ThreadEdit(
        name=body.name or "" if body.name is not UNSET else UNSET,
        archived=body.archived,
        locked=body.locked,
        invitable=body.invitable,
        auto_archive_min=body.auto_archive_duration,
        rate_limit_per_user=UNSET if body.rate_limit_per_user is UNSET else body.rate_limit_per_user or 0,
        tags=tags,
        pinned=bool(body.flags & PINNED) if isinstance(body.flags, int) else UNSET,
    )


def _tags(bodies: list[TagBody] | tuple[()], before: ThreadDefaults, ids_: ids.Snowflakes) -> tuple[Tag, ...]:
    known = {tag.id for tag in before.tags}
    made = []
    for index, body in enumerate(bodies):
        field = f"available_tags.{index}"
        tag_id = ids_.next() if body.id is None else read_id(body.id, f"{field}.id")
        if body.id is not None and tag_id not in known:
            raise invalid(f"{field}.id", "Unknown tag", "BASE_TYPE_CHOICES")
        emoji_id = None if body.emoji_id is None else read_id(body.emoji_id, f"{field}.emoji_id")
        made.append(Tag(id=tag_id, name=body.name, moderated=body.moderated is True, emoji_id=emoji_id, emoji_name=body.emoji_name))
    return tuple(made)
