"""One answer while it is written: its pieces, its end, and what stops it early."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import msgspec
from aiohttp import web

from agora.domains.minds.serving.asking import Ask
from agora.domains.minds.serving.desk import Desk
from agora.domains.minds.serving.names import Target, check_awake
from agora.inference.cleaning import clean_reply
from agora.inference.errors import GenerationFailed
from agora.inference.ports import Engine, Receipt
from agora.kernel.errors import AgoraError
from agora.kernel.http import Request

LOOK_S = 0.05
"""How often it is looked whether the client is still there: an answer that nobody reads ends so soon, also in the queue."""
_QUOTES = ('"', "«", "\u201c")


class Piece(msgspec.Struct, frozen=True):
    """Some text; the last piece has the receipt."""

    text: str
    receipt: Receipt | None = None


class Gone(AgoraError):
    """The client closed the connection; nobody reads this (499, as nginx counts it)."""

    status = 499


async def write(request: Request, target: Target, ask: Ask) -> AsyncGenerator[Piece, None]:
    """The answer piece by piece. Raises AgoraError; Gone when the client went away. Close it to stop the model."""
    ctx, engine = request.ctx, target.engine
    cut = Cut(ask.name, ask.others) if ask.name is not None else None
    trim = ask.trim
    with ctx.app.get(Desk).seat(ctx.actor.user_id):
        stream = engine.generate(ask.request)
        watch = asyncio.create_task(_watch(request.http, engine, ask.request.id), name="serving-watch")
        try:
            async for delta in stream:
                if is_gone(request.http):
                    raise Gone("The client went away.")
                if target.agent is not None:
                    check_awake(ctx.app, target.agent)
                if delta.finish == "cancelled":
                    raise GenerationFailed("The answer was stopped.")
                text = delta.text if cut is None else cut.push(delta.text, last=delta.finish is not None)
                if trim and text:
                    text = text.lstrip()
                    trim = not text
                if text or delta.receipt is not None:
                    yield Piece(text, delta.receipt)
        finally:
            watch.cancel()
            engine.cancel(ask.request.id)
            await stream.aclose()


async def write_whole(request: Request, target: Target, ask: Ask) -> tuple[str, Receipt]:
    """The answer at once."""
    parts: list[str] = []
    async with contextlib.aclosing(write(request, target, ask)) as pieces:
        async for piece in pieces:
            parts.append(piece.text)
            if piece.receipt is not None:
                return "".join(parts), piece.receipt
    raise GenerationFailed("The engine ended without its last word.")


def is_gone(http: web.BaseRequest) -> bool:
    """Whether the client has closed the connection."""
    return http.transport is None or http.transport.is_closing()


async def _watch(http: web.BaseRequest, engine: Engine, request_id: str) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        if is_gone(http):
            return engine.cancel(request_id)


class Cut:
    """The agent's own words as they grow: what was given out is never taken back."""

    def __init__(self, name: str, others: frozenset[str]) -> None:
        self._name, self._others = name, others
        self._raw = self._given = ""

    def push(self, text: str, *, last: bool) -> str:
        """What can be given out now. While a name or a quotation may still turn out to be around the text, it waits."""
        self._raw += text
        clean = clean_reply(self._raw, self._name, self._others)
        open_ended = clean_reply(self._raw + "x", self._name, self._others)  # a closed quotation may still go on
        waits = len(clean) <= len(self._name) + 4 or open_ended.startswith(_QUOTES)
        if (waits and not last) or not clean.startswith(self._given):
            return ""
        new, self._given = clean[len(self._given) :], clean
        return new
