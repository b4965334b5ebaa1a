"""Ollama's interface: chat, generate, embed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from agora.domains.minds.serving.asking import Ask, Wish, ask_chat, ask_text, build_grammar, read_drawing, read_stop
from agora.domains.minds.serving.callers import check_caller
from agora.domains.minds.serving.embedding import embed
from agora.domains.minds.serving.errors import build_ollama_error, unsupported
from agora.domains.minds.serving.names import Target, check_embedder, find_target
from agora.domains.minds.serving.ollama_shapes import (
    ChatBody,
    EmbedBody,
    Embedded,
    GenerateBody,
    Line,
    Options,
    Said,
    Writing,
)
from agora.domains.minds.serving.streams import stream_lines
from agora.domains.minds.serving.writing import Piece, write, write_whole
from agora.inference.layout import ChatMessage
from agora.inference.ports import Receipt
from agora.kernel.app import App
from agora.kernel.http import Request

_MS = 1_000_000  # nanoseconds


async def post_chat(request: Request) -> Any:
    """Answer a conversation."""
    check_caller(request)
    started = time.monotonic_ns()
    body: ChatBody = request.body
    if body.tools:
        raise unsupported("tools", "This server does not take tools; ask for JSON with format instead.")
    if any(message.images for message in body.messages):
        raise unsupported("messages", "This server reads text only, not images.")
    target = await find_target(request.ctx.app, body.model)
    if not body.messages:
        return _loaded(request, body, chat=True)
    messages = [ChatMessage(message.role, message.content) for message in body.messages]
    return await _answer(request, body, target, ask_chat(request.ctx, target, messages, _wish(body)), started, chat=True)


async def post_generate(request: Request) -> Any:
    """Answer a prompt."""
    check_caller(request)
    started = time.monotonic_ns()
    body: GenerateBody = request.body
    for param in ("images", "suffix", "template"):
        if getattr(body, param):
            raise unsupported(param, f"This server does not take {param}.")
    target = await find_target(request.ctx.app, body.model)
    if not body.prompt:
        return _loaded(request, body, chat=False)
    if body.raw:
        ask = ask_text(request.ctx, target, body.prompt, _wish(body))
    else:
        system = [ChatMessage("system", body.system)] if body.system else []
        ask = ask_chat(request.ctx, target, [*system, ChatMessage("user", body.prompt)], _wish(body))
    return await _answer(request, body, target, ask, started, chat=False)


async def post_embed(request: Request) -> Embedded:
    """Vectors for texts."""
    check_caller(request)
    started = time.monotonic_ns()
    body: EmbedBody = request.body
    check_embedder(request.ctx.app, body.model)
    texts = [body.input] if isinstance(body.input, str) else body.input
    vectors, tokens = await embed(request.ctx.app, texts, body.dimensions)
    return Embedded(body.model, vectors, time.monotonic_ns() - started, 0, tokens)


async def _answer(request: Request, body: Writing, target: Target, ask: Ask, started: int, *, chat: bool) -> Any:
    found = time.monotonic_ns() - started
    if body.stream is False:
        text, receipt = await write_whole(request, target, ask)
        return _last(request, body, text, receipt, found, chat=chat)

    def build(piece: Piece) -> list[Line]:
        if piece.receipt is None:
            return [_line(request, body, piece.text, chat=chat)]
        before = [_line(request, body, piece.text, chat=chat)] if piece.text else []
        return [*before, _last(request, body, "", piece.receipt, found, chat=chat)]

    return await stream_lines(request, write(request, target, ask), build, build_ollama_error)


def _line(request: Request, body: Writing, text: str, *, chat: bool) -> Line:
    now = build_time(request.ctx.app)
    said = Said(text) if chat else None
    return Line(model=body.model, created_at=now, done=False, message=said, response=None if chat else text)


def _last(request: Request, body: Writing, text: str, receipt: Receipt, found: int, *, chat: bool) -> Line:
    """The last line, or the whole answer. ``found``: nanoseconds that loading the model took."""
    reading = max(0.0, receipt.ttft_ms - receipt.queued_ms)
    return Line(
        model=body.model,
        created_at=build_time(request.ctx.app),
        done=True,
        message=Said(text) if chat else None,
        response=None if chat else text,
        done_reason=receipt.finish,
        total_duration=found + int(receipt.total_ms * _MS),
        load_duration=found,
        prompt_eval_count=receipt.prompt_tokens,
        prompt_eval_duration=int(reading * _MS),
        eval_count=receipt.tokens_generated,
        eval_duration=int(max(0.0, receipt.total_ms - receipt.ttft_ms) * _MS),
    )


def _loaded(request: Request, body: Writing, *, chat: bool) -> Line:
    """Nothing was asked: the model is loaded, that is all."""
    said = Said("") if chat else None
    now = build_time(request.ctx.app)
    return Line(model=body.model, created_at=now, done=True, message=said, response=None if chat else "", done_reason="load")


def build_time(app: App, ms: int | None = None) -> str:
    """A time (UTC ms; now when not given) as Ollama writes it."""
    return datetime.fromtimestamp((app.clock.now_ms() if ms is None else ms) / 1000, UTC).isoformat().replace("+00:00", "Z")


def _wish(body: Writing) -> Wish:
    options = body.options or Options()
    most = options.num_predict
    return Wish(
        max_tokens=None if most is None or most <= 0 else most,
        stop=read_stop(options.stop),
        seed=options.seed,
        grammar=build_grammar(None if body.format == "json" else body.format) if body.format else None,
        drawing=read_drawing(
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
            min_p=options.min_p,
            repeat_penalty=options.repeat_penalty,
            penalty_window=None if options.repeat_last_n is None or options.repeat_last_n < 0 else options.repeat_last_n,
            frequency_penalty=options.frequency_penalty,
            presence_penalty=options.presence_penalty,
        ),
    )
