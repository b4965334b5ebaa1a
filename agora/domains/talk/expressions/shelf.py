"""``Emojis``: all of them in memory, kept fresh by live listeners; and who may use which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agora.domains.place.guilds import GuildDeleted
from agora.domains.place.permissions import Directory
from agora.domains.talk.expressions.events import EmojiCreated, EmojiDeleted, EmojiUpdated
from agora.domains.talk.expressions.model import Emoji
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.domains.place.permissions import ChannelFacts
    from agora.kernel.app import App
    from agora.kernel.events import Recorded

_EXTERNAL = int(Permission.USE_EXTERNAL_EMOJIS)


class Emojis:
    """The emojis of every guild."""

    def __init__(self, emojis: Iterable[Emoji]) -> None:
        self._all: dict[int, Emoji] = {}
        self._guilds: dict[int, dict[int, Emoji]] = {}
        for emoji in emojis:
            self.put(emoji)

    def put(self, emoji: Emoji) -> None:
        """Add or change one."""
        self._all[emoji.id] = self._guilds.setdefault(emoji.guild_id, {})[emoji.id] = emoji

    def drop(self, emoji: Emoji) -> None:
        """Remove one."""
        self._all.pop(emoji.id, None)
        self._guilds.get(emoji.guild_id, {}).pop(emoji.id, None)

    def drop_guild(self, guild_id: int) -> None:
        """Remove all of a guild."""
        for emoji_id in self._guilds.pop(guild_id, {}):
            del self._all[emoji_id]

    def find(self, emoji_id: int) -> Emoji | None:
        """Any emoji."""
        return self._all.get(emoji_id)

    def of(self, guild_id: int) -> list[Emoji]:
        """A guild's emojis, oldest first."""
        known = self._guilds.get(guild_id, {})
        return [known[emoji_id] for emoji_id in sorted(known)]


def find_usable(app: App, emoji_id: int, channel: ChannelFacts, user_id: int) -> Emoji | None:
    """The emoji, if this user may use it there; None also when there is none, so that nothing is told of other guilds.

    Those of the channel's own guild are free, but for roles; those of others need to belong there and USE_EXTERNAL_EMOJIS here.
    Who is no member of the guild, such as a webhook, uses what all members may.
    """
    emoji = app.get(Emojis).find(emoji_id)
    if emoji is None:
        return None
    directory = app.get(Directory)
    member = directory.member(emoji.guild_id, user_id)
    if emoji.roles and (member is None or not set(emoji.roles) & set(member.roles)):
        return None
    if emoji.guild_id == channel.guild_id:
        return emoji
    return emoji if member is not None and directory.permissions(user_id, channel.id) & _EXTERNAL else None


def on_emoji(app: App, recorded: Recorded) -> None:
    """A new or changed emoji."""
    event = recorded.event
    assert isinstance(event, EmojiCreated | EmojiUpdated)
    app.get(Emojis).put(event.emoji)


def on_emoji_deleted(app: App, recorded: Recorded) -> None:
    """An emoji less."""
    event = recorded.event
    assert isinstance(event, EmojiDeleted)
    app.get(Emojis).drop(event.emoji)


def on_guild_deleted(app: App, recorded: Recorded) -> None:
    """All of a guild's less."""
    event = recorded.event
    assert isinstance(event, GuildDeleted)
    app.get(Emojis).drop_guild(event.guild.id)
