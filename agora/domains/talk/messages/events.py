"""What happens to messages. ``wire`` is Discord's message object, encoded once: HTTP answer and gateway payload alike."""

import msgspec

from agora.kernel.events import Event


class MessageSent(Event, frozen=True, kw_only=True):
    """A message is in the channel. ``mentions`` are the users it addresses, the author of the replied-to message included."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    author_is_bot: bool
    content: str
    mentions: tuple[int, ...]
    mention_roles: tuple[int, ...]
    mention_everyone: bool
    reply_to: int | None
    nonce: str | None
    at: int
    type: int = 0
    wire: msgspec.Raw


class MessageEdited(Event, frozen=True, kw_only=True):
    """The content, embeds, flags or pin of a message changed."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    content: str
    at: int
    wire: msgspec.Raw


class MessageDeleted(Event, frozen=True, kw_only=True):
    """A message is gone."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int


class MessagesBulkDeleted(Event, frozen=True, kw_only=True):
    """Several messages of one channel went at once."""

    ids: tuple[int, ...]
    channel_id: int
    guild_id: int | None


class MessagesImported(Event, frozen=True, kw_only=True):
    """Messages of elsewhere, some of them old, were put into a channel. Nobody is notified; ``last_id`` is the channel's newest."""

    ids: tuple[int, ...]
    channel_id: int
    guild_id: int | None
    last_id: int


class MessagesMoved(Event, frozen=True, kw_only=True):
    """Messages went from the channel ``old_id`` to another one."""

    ids: tuple[int, ...]
    old_id: int
    channel_id: int
    guild_id: int | None


class PinsChanged(Event, frozen=True, kw_only=True):
    """A message of the channel was pinned or unpinned; ``last_pin_ms`` is the newest pin that is left."""

    channel_id: int
    guild_id: int | None
    last_pin_ms: int | None


ALL = (MessageSent, MessageEdited, MessageDeleted, MessagesBulkDeleted, MessagesImported, MessagesMoved, PinsChanged)
