"""From a draft to a row: trimming, limits, mentions and HTML; everything that can be done before the transaction."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agora.domains.talk.expressions import build_item, find_sendable
from agora.domains.talk.files import check_number
from agora.domains.talk.messages.access import ATTACH, EMBED, POLLS, TTS, Place
from agora.domains.talk.messages.components import LAYOUT, Component, check_components, components_column
from agora.domains.talk.messages.draft import (
    MAX_CONTENT,
    MAX_NONCE,
    SETTABLE_FLAGS,
    AllowedMentions,
    Draft,
)
from agora.domains.talk.messages.embeds import Embed, build_embeds, check_embeds
from agora.domains.talk.messages.markdown import has_markup, render
from agora.domains.talk.messages.mentions import find_mentions, names_in, to_column
from agora.domains.talk.messages.poll import check_poll, poll_column
from agora.domains.talk.messages.row import Row, traits
from agora.domains.talk.messages.snapshot import snapshot_column
from agora.kernel.app import App
from agora.kernel.errors import BadRequest, Forbidden, invalid
from agora.kernel.http import encode
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageFlag, MessageType


def check_draft(app: App, place: Place, draft: Draft) -> str:
    """The trimmed content. Raises Discord's errors for what is empty, too long or not allowed."""
    content = check_content(draft.content, may_be_empty=may_be_empty(draft))
    check_number(app, len(draft.files))
    check_components(draft.components, draft.flags)
    check_layout(draft.flags, content, draft.embeds)
    if draft.files and not place.bits & ATTACH:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    if draft.poll is not None:
        check_poll(draft.poll)
        if place.channel.guild_id is not None and not place.bits & POLLS:
            raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    if draft.embeds:
        check_embeds(draft.embeds)
    if draft.embeds and not place.bits & EMBED:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    if draft.tts and not place.bits & TTS:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    if draft.nonce is not None and len(draft.nonce) > MAX_NONCE:
        raise invalid("nonce", f"Must be {MAX_NONCE} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return content


def may_be_empty(draft: Draft) -> bool:
    """Whether there is something besides words; what an app is still thinking about comes later."""
    thinking = draft.origin is not None and draft.origin.flags & MessageFlag.LOADING
    return bool(draft.embeds or draft.files or draft.components or draft.poll or draft.snapshot or draft.stickers or thinking)


def check_layout(flags: int, content: str, embeds: object) -> None:
    """Raise 400 when the newer layout of components comes with words or embeds: they stand inside it."""
    if flags & LAYOUT and (content or embeds):
        field = "content" if content else "embeds"
        raise invalid(field, "This field cannot be used with the flag IS_COMPONENTS_V2.", "MESSAGE_CANNOT_USE_LEGACY_FIELDS")


def check_content(content: str, *, may_be_empty: bool) -> str:
    """The trimmed content; it may be empty where there are embeds or files. Raises 50006 or 50035."""
    if "\x00" in content:
        content = content.replace("\x00", "")  # SQLite's text functions end there
    content = content.strip()
    if not content and not may_be_empty:
        raise BadRequest("Cannot send an empty message", code=ErrorCode.CANNOT_SEND_EMPTY)
    if len(content) > MAX_CONTENT:
        raise invalid("content", f"Must be {MAX_CONTENT} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return content


def build_row(app: App, author_id: int, place: Place, draft: Draft, content: str, replied: Row | None) -> Row:
    """The row of a new message."""
    mentions = find_mentions(app, place.channel, place.bits, content, draft.allowed, None if replied is None else replied.author_id)
    return Row(
        id=app.ids.next(),
        channel_id=place.channel.id,
        guild_id=place.channel.guild_id,
        author_id=author_id,
        type=_type(draft, replied),
        content=content,
        html=rich_html(app, author_id, place, content),
        flags=_flags(draft),
        tts=draft.tts,
        edited_ms=None,
        pinned_ms=None,
        reply_to=None if replied is None else replied.id,
        nonce=draft.nonce,
        mentions=to_column(mentions),
        embeds=embeds_column(draft.embeds),
        has=traits(
            content,
            embeds=bool(draft.embeds),
            files=bool(draft.files),
            poll=draft.poll is not None,
            snapshot=draft.snapshot is not None,
            stickers=bool(draft.stickers),
        ),
        components=rich_components(app, author_id, place, draft.components),
        origin=None if draft.origin is None else draft.origin.keys,
        poll=poll_column(draft.poll, app.clock.now_ms()),
        snapshot=snapshot_column(draft.snapshot),
        stickers=stickers_column(app, author_id, place, draft.stickers),
    )


def _flags(draft: Draft) -> int:
    flags = draft.flags & SETTABLE_FLAGS | (0 if draft.origin is None else draft.origin.flags)
    return flags if draft.snapshot is None else flags | int(MessageFlag.HAS_SNAPSHOT)


def _type(draft: Draft, replied: Row | None) -> int:
    if draft.origin is not None:
        return draft.origin.type
    return int(MessageType.DEFAULT if replied is None else MessageType.REPLY)


def change_row(
    app: App,
    row: Row,
    place: Place,
    content: str,
    *,
    embeds: str | None,
    files: bool,
    flags: int,
    allowed: AllowedMentions | None,
    replied: int | None,
    components: str | None,
) -> Row:
    """The row of an edited message; ``replied`` is the user it still answers."""
    if allowed is not None and replied is not None:
        allowed = msgspec.structs.replace(allowed, replied_user=True)
    mentions = find_mentions(app, place.channel, place.bits, content, allowed, replied)
    return row._replace(
        content=content,
        html=rich_html(app, row.author_id, place, content),
        flags=flags,
        edited_ms=None if row.flags & MessageFlag.LOADING else app.clock.now_ms(),
        mentions=to_column(mentions),
        embeds=embeds,
        has=traits(
            content,
            embeds=embeds is not None,
            files=files,
            poll=row.poll is not None,
            snapshot=row.snapshot is not None,
            stickers=row.stickers is not None,
        ),
        components=components,
    )


def stickers_column(app: App, author_id: int, place: Place, ids: Sequence[int]) -> str | None:
    """JSON for the table; null for none. Raises 50081 for one that does not exist or is not for the author there."""
    found = [find_sendable(app, sticker_id, place.channel, author_id) for sticker_id in ids]
    items = [build_item(sticker) for sticker in found if sticker is not None]
    if len(items) < len(ids):
        raise BadRequest(MESSAGES[ErrorCode.INVALID_STICKER], code=ErrorCode.INVALID_STICKER)
    return encode(items).decode() if items else None


def embeds_column(embeds: Sequence[Embed]) -> str | None:
    """JSON for the table; null for none."""
    return encode(build_embeds(embeds)).decode() if embeds else None


def rich_html(app: App, author_id: int, place: Place, content: str) -> str | None:
    """The HTML to store, or None for text without markup: that is quicker made than read."""
    return render(content, names_in(app, place.channel, author_id)) if has_markup(content) else None


def rich_components(app: App, author_id: int, place: Place, components: Sequence[Component]) -> str | None:
    """The components to store, their texts rendered; None for none."""
    return components_column(components, lambda text: render(text, names_in(app, place.channel, author_id)))
