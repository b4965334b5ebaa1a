"""What clients send about webhooks, in Discord's shape."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.talk.messages import MessageCreate
from agora.domains.talk.webhooks.model import MAX_NAME
from agora.kernel.errors import invalid
from agora.kernel.ids import Id

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]


class WebhookCreate(msgspec.Struct, frozen=True):
    """``avatar`` is a data URI of an image."""

    name: Name
    avatar: str | None = None


class WebhookPatch(msgspec.Struct, frozen=True):
    """What is absent stays; a null avatar takes the picture away."""

    name: Name | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET
    channel_id: Id | UnsetType | None = UNSET


class TokenPatch(msgspec.Struct, frozen=True):
    """The same for who has only the token: it cannot be moved."""

    name: Name | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET


class ExecuteBody(MessageCreate, frozen=True):
    """``POST /webhooks/{id}/{token}``. ``avatar_url`` is taken and left alone: this server fetches nothing from elsewhere."""

    username: Annotated[str, Meta(max_length=MAX_NAME)] | None = None
    avatar_url: Annotated[str, Meta(max_length=2048)] | None = None
    thread_name: Annotated[str, Meta(max_length=100)] | None = None
    applied_tags: list[Any] | None = None


class ExecuteQuery(msgspec.Struct, frozen=True):
    """``wait``: answer with the message instead of 204. ``thread_id``: a thread of the webhook's channel."""

    wait: bool = False
    thread_id: str | None = None
    with_components: bool = False


class ThreadQuery(msgspec.Struct, frozen=True):
    """Where the message is, when it is in a thread."""

    thread_id: str | None = None
    with_components: bool = False


def clean_name(name: str, field: str = "name") -> str:
    """Without space around it. Raises 50035 when nothing is left."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise invalid(field, f"Must be between 1 and {MAX_NAME} in length.", "BASE_TYPE_BAD_LENGTH")
    return cleaned
