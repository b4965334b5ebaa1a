"""Expressions: the table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agora.domains.place.guilds import GuildDeleted, GuildKey, GuildStep
from agora.domains.talk.expressions import (
    audit,
    dispatches,
    events,
    http,
    http_applications,
    http_stickers,
    migrations,
    shelf,
    tables,
)
from agora.domains.talk.expressions.queries import list_emojis, list_pictures, list_stickers
from agora.domains.talk.expressions.wire import build_emojis, build_stickers
from agora.domains.talk.expressions.writes import do_end_guild, do_end_role
from agora.kernel.domain import Domain, durable, live
from agora.kernel.files import Keeps

if TYPE_CHECKING:
    from agora.kernel.app import App

USES = ("accounts", "permissions", "guilds", "audit", "files")


async def open_expressions(app: App) -> AsyncIterator[None]:
    """All emojis and stickers into memory."""
    app.put(shelf.Emojis, shelf.Emojis(await app.db.read(list_emojis)))
    app.put(shelf.Stickers, shelf.Stickers(await app.db.read(list_stickers)))
    yield


DOMAIN = Domain(
    name="expressions",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http.ROUTES, *http_stickers.ROUTES, *http_applications.ROUTES),
    listeners=(
        live(events.EmojiCreated, shelf.on_emoji),
        live(events.EmojiUpdated, shelf.on_emoji),
        live(events.EmojiDeleted, shelf.on_emoji_deleted),
        live(events.AppEmojiCreated, shelf.on_emoji),
        live(events.AppEmojiUpdated, shelf.on_emoji),
        live(events.AppEmojiDeleted, shelf.on_emoji_deleted),
        live(events.StickerCreated, shelf.on_sticker),
        live(events.StickerUpdated, shelf.on_sticker),
        live(events.StickerDeleted, shelf.on_sticker_deleted),
        live(GuildDeleted, shelf.on_guild_deleted),
        durable("expressions.audit", audit.EVENTS, audit.on_acts),
    ),
    offers=(
        Keeps(list_pictures),
        GuildKey(key="emojis", build=build_emojis),
        GuildKey(key="stickers", build=build_stickers),
        GuildStep(deleted=do_end_guild, role_deleted=do_end_role),
        *dispatches.OFFERS,
    ),
    lifetime=open_expressions,
)
