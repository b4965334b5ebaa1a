"""Emojis and stickers as Discord writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from agora.domains.place.accounts import Users, build_user
from agora.domains.talk.expressions.model import Emoji, Sticker
from agora.domains.talk.expressions.shelf import Emojis, Stickers
from agora.protocol import payloads

if TYPE_CHECKING:
    from agora.kernel.app import App


def build_emoji(app: App, emoji: Emoji, *, user: bool = False) -> payloads.Emoji:
    """An emoji; ``user`` adds who made it, which only those see who may make some."""
    creator = app.get(Users).get(emoji.creator_id) if user else None
    return payloads.Emoji(
        id=str(emoji.id),
        name=emoji.name,
        roles=tuple(map(str, emoji.roles)),
        animated=emoji.animated,
        user=UNSET if creator is None else build_user(creator),
    )


def build_emojis(app: App, guild_id: int) -> tuple[payloads.Emoji, ...]:
    """All of a guild, as its members are told."""
    return tuple(build_emoji(app, emoji) for emoji in app.get(Emojis).of(guild_id))


def build_sticker(app: App, sticker: Sticker, *, user: bool = False) -> payloads.Sticker:
    """A sticker; ``user`` as for emojis."""
    creator = app.get(Users).get(sticker.creator_id) if user else None
    return payloads.Sticker(
        id=str(sticker.id),
        guild_id=str(sticker.guild_id),
        name=sticker.name,
        description=sticker.description,
        tags=sticker.tags,
        format_type=sticker.format,
        user=UNSET if creator is None else build_user(creator),
    )


def build_stickers(app: App, guild_id: int) -> tuple[payloads.Sticker, ...]:
    """All of a guild, as its members are told."""
    return tuple(build_sticker(app, sticker) for sticker in app.get(Stickers).of(guild_id))


def build_item(sticker: Sticker) -> payloads.StickerItem:
    """A sticker in a message."""
    return payloads.StickerItem(id=str(sticker.id), name=sticker.name, format_type=sticker.format)
