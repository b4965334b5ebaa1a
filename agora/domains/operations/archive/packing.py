"""Packing old events, a batch in each transaction, so that nobody's message waits behind it."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from agora.domains.operations.archive.settings import ArchiveSettings
from agora.domains.talk.messages import Packed as PackedMessages
from agora.domains.talk.messages import pack_messages
from agora.kernel.ctx import Ctx
from agora.kernel.ledger_pack import Dictionary, do_add_dictionary, do_pack, find_dictionary, list_old, list_samples, pack, train

log = logging.getLogger(__name__)
BATCH = 500
BREATH_S = 0.01  # between two batches, for everybody else's writes
SAMPLES = 2000  # fewer old events are not worth a dictionary
DAY_MS = 86_400_000


class Packed(msgspec.Struct, frozen=True):
    """How many events were packed, and the bytes of their bodies before and after."""

    events: int
    before: int
    after: int


async def pack_history(ctx: Ctx) -> Packed:
    """Pack everything that is old enough and not packed; can be cut off anywhere and goes on from there."""
    days = ctx.app.config.get(ArchiveSettings).pack_after_days
    before_ms = ctx.app.clock.now_ms() - days * DAY_MS
    dictionary = await _get_dictionary(ctx, before_ms) if days else None
    events = size = small = 0
    if dictionary is None:
        return Packed(0, 0, 0)
    after = dictionary.packed_seq
    while batch := await ctx.read(list_old, after, before_ms, BATCH):
        bodies = [row.body for row in batch]
        frames = await asyncio.to_thread(pack, dictionary, bodies)
        await ctx.write(do_pack, dictionary.id, batch, frames)
        after = batch[-1].seq
        events, size, small = events + len(batch), size + sum(map(len, bodies)), small + sum(map(len, frames))
        await asyncio.sleep(BREATH_S)
    if events:
        log.info("packed %d old events: %d bytes are %d now", events, size, small)
    return Packed(events, size, small)


async def pack_old_messages(ctx: Ctx) -> PackedMessages:
    """Pack the texts of messages that are old enough."""
    days = ctx.app.config.get(ArchiveSettings).pack_messages_after_days
    return await pack_messages(ctx, ctx.app.clock.now_ms() - days * DAY_MS) if days else PackedMessages()


async def _get_dictionary(ctx: Ctx, before_ms: int) -> Dictionary | None:
    """The one in use, else one trained on what is there; None while there is too little."""
    known = await ctx.read(find_dictionary)
    if known is not None:
        return known
    samples = await ctx.read(list_samples, before_ms, SAMPLES)
    return await ctx.write(do_add_dictionary, await asyncio.to_thread(train, samples)) if samples else None
