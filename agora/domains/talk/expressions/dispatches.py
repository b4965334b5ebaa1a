"""What gateway clients hear of emojis and stickers: always the whole list, as on Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.talk.expressions import events as e
from agora.domains.talk.expressions.wire import build_emojis, build_stickers
from agora.gateway.ports import Dispatch
from agora.kernel.http import encode
from agora.protocol.intents import Intent

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.events import Recorded


def emojis_payload(app: App, recorded: Recorded) -> bytes:
    """GUILD_EMOJIS_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.EmojiCreated | e.EmojiUpdated | e.EmojiDeleted)
    guild_id = event.emoji.guild_id
    return encode({"guild_id": str(guild_id), "emojis": build_emojis(app, guild_id)})


def stickers_payload(app: App, recorded: Recorded) -> bytes:
    """GUILD_STICKERS_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.StickerCreated | e.StickerUpdated | e.StickerDeleted)
    guild_id = event.sticker.guild_id
    return encode({"guild_id": str(guild_id), "stickers": build_stickers(app, guild_id)})


INTENT = int(Intent.GUILD_EXPRESSIONS)

OFFERS = (
    *(Dispatch(event=event, name="GUILD_EMOJIS_UPDATE", payload=emojis_payload, intent=INTENT) for event in e.EMOJIS),
    *(Dispatch(event=event, name="GUILD_STICKERS_UPDATE", payload=stickers_payload, intent=INTENT) for event in e.STICKERS),
)
