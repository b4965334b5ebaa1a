"""Reading messages back: pages of a channel, one message, pins; encoded where they are read."""

from __future__ import annotations

from datetime import datetime

from agora.domains.talk.messages.access import HISTORY, check_place
from agora.domains.talk.messages.bodies import PageQuery, PinsQuery, snowflake
from agora.domains.talk.messages.queries import (
    MAX_ID,
    list_after,
    list_around,
    list_payloads,
    list_pinned,
    list_recent,
)
from agora.domains.talk.messages.service import get_message
from agora.kernel.clock import iso
from agora.kernel.ctx import Ctx
from agora.kernel.errors import invalid
from agora.kernel.http import encode
from agora.kernel.tx import Tx

MAX_OLD_PINS = 50  # the older pins route has no pages


async def read_page(ctx: Ctx, channel_id: int, query: PageQuery) -> bytes:
    """A page of messages, newest first. Who may see the channel but not its history gets an empty one, as on Discord."""
    place = check_place(ctx, channel_id)
    given = [field for field in ("before", "after", "around") if getattr(query, field) is not None]
    if len(given) > 1:
        raise invalid(given[1], "Only one of before, after and around may be given.")
    if not place.bits & HISTORY:
        return b"[]"
    field = given[0] if given else ""
    at = snowflake(field, getattr(query, field)) if field else MAX_ID
    return await ctx.read(read_payloads, ctx.actor.user_id, channel_id, field, at, query.limit)


def read_payloads(tx: Tx, viewer_id: int, channel_id: int, field: str, at: int, limit: int) -> bytes:
    """The JSON of one page."""
    if field == "after":
        rows = list_after(tx, channel_id, at, limit)
    elif field == "around":
        rows = list_around(tx, channel_id, at, limit)
    else:
        rows = list_recent(tx, channel_id, limit, at)
    return encode(list_payloads(tx, rows, viewer_id))


async def read_one(ctx: Ctx, channel_id: int, message_id: int) -> bytes:
    """One message. Raises 10008."""
    row = await get_message(ctx, channel_id, message_id)
    return encode((await ctx.read(list_payloads, [row], ctx.actor.user_id))[0])


async def read_pins(ctx: Ctx, channel_id: int, query: PinsQuery) -> dict[str, object]:
    """A page of pins with their times, the newest first."""
    before_ms = MAX_ID if query.before is None else _milliseconds(query.before)
    place = check_place(ctx, channel_id)
    if not place.bits & HISTORY:
        return {"items": [], "has_more": False}
    rows = await ctx.read(list_pinned, channel_id, query.limit + 1, before_ms)
    shown = rows[: query.limit]
    payloads = await ctx.read(list_payloads, shown, ctx.actor.user_id)
    items = [{"pinned_at": iso(row.pinned_ms or 0), "message": payload} for row, payload in zip(shown, payloads, strict=True)]
    return {"items": items, "has_more": len(rows) > len(shown)}


async def read_pinned_messages(ctx: Ctx, channel_id: int) -> bytes:
    """The older form: only the messages."""
    if not check_place(ctx, channel_id).bits & HISTORY:
        return b"[]"
    rows = await ctx.read(list_pinned, channel_id, MAX_OLD_PINS)
    return encode(await ctx.read(list_payloads, rows, ctx.actor.user_id))


def _milliseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise invalid("before", "This is not an ISO 8601 time.", "DATE_TIME_TYPE_PARSE") from None
