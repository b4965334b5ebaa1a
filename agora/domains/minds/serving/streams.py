"""Streaming answers over HTTP: server-sent events for OpenAI's clients, lines of JSON for Ollama's."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

from aiohttp import web

from agora.domains.minds.serving.writing import Piece
from agora.kernel.errors import AgoraError
from agora.kernel.http import Request, encode

Build = Callable[[Piece], Iterable[Any]]
BuildError = Callable[[AgoraError], Any]


def build_event(value: Any) -> bytes:
    """One server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    return b"data: " + encode(value) + b"\n\n"


def build_line(value: Any) -> bytes:
    """One line of JSON."""
    return encode(value) + b"\n"


async def stream_events(
    request: Request, pieces: AsyncGenerator[Piece, None], first: Iterable[Any], build: Build, on_error: BuildError
) -> web.StreamResponse:
    """``text/event-stream`` that ends with ``[DONE]``."""
    return await _stream(request, pieces, "text/event-stream", first, build, on_error, build_event, b"data: [DONE]\n\n")


async def stream_lines(
    request: Request, pieces: AsyncGenerator[Piece, None], build: Build, on_error: BuildError
) -> web.StreamResponse:
    """``application/x-ndjson``."""
    return await _stream(request, pieces, "application/x-ndjson", (), build, on_error, build_line, b"")


async def _stream(
    request: Request,
    pieces: AsyncGenerator[Piece, None],
    content_type: str,
    first: Iterable[Any],
    build: Build,
    on_error: BuildError,
    frame: Callable[[Any], bytes],
    end: bytes,
) -> web.StreamResponse:
    async with contextlib.aclosing(pieces):
        piece = await anext(pieces)  # what is wrong with the request is still answered with its own status
        headers = {"Content-Type": content_type, "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        headers["X-Request-Id"] = request.ctx.request_id
        response = web.StreamResponse(headers=headers)
        with contextlib.suppress(ConnectionResetError):  # nobody reads any more; closing the pieces stops the model
            await response.prepare(request.http)
            await response.write(b"".join(frame(value) for value in (*first, *build(piece))))
            try:
                async for piece in pieces:
                    await response.write(b"".join(frame(value) for value in build(piece)))
            except AgoraError as error:
                await response.write(frame(on_error(error)))
            await response.write(end)
            await response.write_eof()
    return response
