"""Packing old messages, a few in each transaction, so that nobody's message waits behind them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from agora.domains.talk.messages.packed import NAME, count_old, do_pack, list_old, list_samples, texts_of
from agora.kernel.ids import first_at
from agora.kernel.packed import Dictionary, Packer, count_bytes, do_add_dictionary, find_dictionary, train

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

log = logging.getLogger(__name__)
BATCH = 50  # some milliseconds of the writer's time
BREATH_S = 0.01  # between two batches, for everybody else's writes
SAMPLES = 8000
FEWEST = 2000  # fewer old messages are not worth a dictionary


class Packed(msgspec.Struct, frozen=True):
    """How many messages were packed, and the bytes of their texts before and after."""

    messages: int = 0
    before: int = 0
    after: int = 0


async def pack_messages(ctx: Ctx, before_ms: int) -> Packed:
    """Pack the texts of all messages from before this moment; can be cut off anywhere and goes on from there."""
    before = first_at(before_ms)
    dictionary = await _get_dictionary(ctx, before)
    done = Packed()
    if dictionary is None:
        return done
    packer, after = await asyncio.to_thread(Packer, dictionary), dictionary.reached
    while rows := await ctx.read(list_old, after, before, BATCH):
        texts = [texts_of(row) for row in rows]
        blobs = await asyncio.to_thread(packer.pack, texts)
        small = [(row, blob) for row, blob in zip(rows, blobs, strict=True) if blob is not None]
        after = rows[-1].id
        await ctx.write(do_pack, small, after)
        done = Packed(
            done.messages + len(small),
            done.before + sum(count_bytes(texts_of(row)) for row, _ in small),
            done.after + sum(len(blob) for _, blob in small),
        )
        await asyncio.sleep(BREATH_S)
    if done.messages:
        log.info("packed %d old messages: %d bytes of text are %d now", done.messages, done.before, done.after)
    return done


async def _get_dictionary(ctx: Ctx, before: int) -> Dictionary | None:
    """The one in use, else one trained on what is there; None while there is too little."""
    known = await ctx.read(find_dictionary, NAME)
    if known is not None or await ctx.read(count_old, before, FEWEST) < FEWEST:
        return known
    samples = await ctx.read(list_samples, before, SAMPLES)
    content = await asyncio.to_thread(train, samples)
    return None if content is None else await ctx.write(do_add_dictionary, NAME, content)
