"""What the audit log says about emojis and stickers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.audit import Action, Change, Draft, build_changes, do_append
from agora.domains.talk.expressions.events import (
    EMOJIS,
    STICKERS,
    EmojiCreated,
    EmojiDeleted,
    EmojiUpdated,
    StickerCreated,
    StickerDeleted,
    StickerUpdated,
)
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.domains.talk.expressions.model import Emoji, Sticker
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

EVENTS = (*EMOJIS, *STICKERS)
_SAID = ("name", "description", "tags")


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write them down."""
    return lambda tx: do_append(tx, batch, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    match event:
        case EmojiCreated():
            return [_draft(Action.EMOJI_CREATE, "emoji.created", event.emoji, None, event.emoji, event.reason)]
        case EmojiUpdated():
            return [_draft(Action.EMOJI_UPDATE, "emoji.updated", event.emoji, event.before, event.emoji, event.reason)]
        case EmojiDeleted():
            return [_draft(Action.EMOJI_DELETE, "emoji.deleted", event.emoji, event.emoji, None, event.reason)]
        case StickerCreated():
            return [_sticker(Action.STICKER_CREATE, "sticker.created", event.sticker, None, event.sticker, event.reason)]
        case StickerUpdated():
            return [_sticker(Action.STICKER_UPDATE, "sticker.updated", event.sticker, event.before, event.sticker, event.reason)]
        case StickerDeleted():
            return [_sticker(Action.STICKER_DELETE, "sticker.deleted", event.sticker, event.sticker, None, event.reason)]
    return []


def _sticker(
    action: Action, name: str, sticker: Sticker, before: Sticker | None, after: Sticker | None, reason: str | None
) -> Draft:
    changes = tuple(change for change in build_changes(before, after) if change.key in _SAID)
    return Draft(action=action, name=name, target_id=sticker.id, guild_id=sticker.guild_id, changes=changes, reason=reason)


def _draft(action: Action, name: str, emoji: Emoji, before: Emoji | None, after: Emoji | None, reason: str | None) -> Draft:
    return Draft(
        action=action, name=name, target_id=emoji.id, guild_id=emoji.guild_id, changes=_changes(before, after), reason=reason
    )


def _changes(before: Emoji | None, after: Emoji | None) -> tuple[Change, ...]:
    """The name, and the roles where any are or were named."""
    found = []
    names = [None if each is None else each.name for each in (before, after)]
    if names[0] != names[1]:
        found.append(Change("name", *names))
    roles = [[] if each is None else [str(role_id) for role_id in each.roles] for each in (before, after)]
    if roles[0] != roles[1]:
        found.append(Change("roles", *roles))
    return tuple(found)
