"""``Emojis`` and ``Stickers``: all of them in memory, kept fresh by live listeners; and who may use which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from agora.domains.place.guilds import GuildDeleted
from agora.domains.place.permissions import Directory
from agora.domains.talk.expressions.events import (
    AppEmojiCreated,
    AppEmojiDeleted,
    AppEmojiUpdated,
    EmojiCreated,
    EmojiDeleted,
    EmojiUpdated,
    StickerCreated,
    StickerDeleted,
    StickerUpdated,
)
from agora.domains.talk.expressions.model import NO_GUILD, Emoji, Sticker
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.domains.place.permissions import ChannelFacts
    from agora.kernel.app import App
    from agora.kernel.events import Recorded

_EXTERNAL = int(Permission.USE_EXTERNAL_EMOJIS)
_EXTERNAL_STICKERS = int(Permission.USE_EXTERNAL_STICKERS)


class Pictured(Protocol):
    """Something that a guild made."""

    @property
    def id(self) -> int: ...
    @property
    def guild_id(self) -> int: ...


T = TypeVar("T", bound=Pictured)


class Shelf(Generic[T]):
    """What every guild made of one kind."""

    def __init__(self, found: Iterable[T]) -> None:
        self._all: dict[int, T] = {}
        self._guilds: dict[int, dict[int, T]] = {}
        for each in found:
            self.put(each)

    def put(self, each: T) -> None:
        """Add or change one."""
        self._all[each.id] = self._guilds.setdefault(each.guild_id, {})[each.id] = each

    def drop(self, each: T) -> None:
        """Remove one."""
        self._all.pop(each.id, None)
        self._guilds.get(each.guild_id, {}).pop(each.id, None)

    def drop_guild(self, guild_id: int) -> None:
        """Remove all of a guild."""
        for one in self._guilds.pop(guild_id, {}):
            del self._all[one]

    def find(self, one: int) -> T | None:
        """Any of them."""
        return self._all.get(one)

    def of(self, guild_id: int) -> list[T]:
        """A guild's, oldest first."""
        known = self._guilds.get(guild_id, {})
        return [known[one] for one in sorted(known)]


class Emojis(Shelf[Emoji]):
    """The emojis of every guild, and of every application."""

    def of_application(self, application_id: int) -> list[Emoji]:
        """An application's, oldest first."""
        return [emoji for emoji in self.of(NO_GUILD) if emoji.application_id == application_id]


class Stickers(Shelf[Sticker]):
    """The stickers of every guild."""


def find_usable(app: App, emoji_id: int, channel: ChannelFacts, user_id: int) -> Emoji | None:
    """The emoji, if this user may use it there; None also when there is none, so that nothing is told of other guilds.

    Those of the channel's own guild are free, but for roles; those of others need to belong there and USE_EXTERNAL_EMOJIS here.
    Who is no member of the guild, such as a webhook, uses what all members may. An application uses its own anywhere.
    """
    emoji = app.get(Emojis).find(emoji_id)
    if emoji is None:
        return None
    if emoji.application_id is not None:
        return emoji if emoji.application_id == user_id else None
    directory = app.get(Directory)
    member = directory.member(emoji.guild_id, user_id)
    if emoji.roles and (member is None or not set(emoji.roles) & set(member.roles)):
        return None
    if emoji.guild_id == channel.guild_id:
        return emoji
    return emoji if member is not None and directory.permissions(user_id, channel.id) & _EXTERNAL else None


def find_sendable(app: App, sticker_id: int, channel: ChannelFacts, user_id: int) -> Sticker | None:
    """The sticker, if this user may send it there; None also when there is none. In private conversations all of one's own."""
    sticker = app.get(Stickers).find(sticker_id)
    if sticker is None or sticker.guild_id == channel.guild_id:
        return sticker
    directory = app.get(Directory)
    if directory.member(sticker.guild_id, user_id) is None:
        return None
    may = channel.guild_id is None or directory.permissions(user_id, channel.id) & _EXTERNAL_STICKERS
    return sticker if may else None


def on_emoji(app: App, recorded: Recorded) -> None:
    """A new or changed emoji."""
    event = recorded.event
    assert isinstance(event, EmojiCreated | EmojiUpdated | AppEmojiCreated | AppEmojiUpdated)
    app.get(Emojis).put(event.emoji)


def on_emoji_deleted(app: App, recorded: Recorded) -> None:
    """An emoji less."""
    event = recorded.event
    assert isinstance(event, EmojiDeleted | AppEmojiDeleted)
    app.get(Emojis).drop(event.emoji)


def on_sticker(app: App, recorded: Recorded) -> None:
    """A new or changed sticker."""
    event = recorded.event
    assert isinstance(event, StickerCreated | StickerUpdated)
    app.get(Stickers).put(event.sticker)


def on_sticker_deleted(app: App, recorded: Recorded) -> None:
    """A sticker less."""
    event = recorded.event
    assert isinstance(event, StickerDeleted)
    app.get(Stickers).drop(event.sticker)


def on_guild_deleted(app: App, recorded: Recorded) -> None:
    """All of a guild's less."""
    event = recorded.event
    assert isinstance(event, GuildDeleted)
    app.get(Emojis).drop_guild(event.guild.id)
    app.get(Stickers).drop_guild(event.guild.id)
