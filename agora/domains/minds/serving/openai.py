"""OpenAI's interface: models, chat completions, completions, embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agora.domains.minds.models import list_remote_models
from agora.domains.minds.serving.asking import Wish, ask_chat, ask_text, build_grammar, read_drawing, read_stop
from agora.domains.minds.serving.embedding import embed, to_base64
from agora.domains.minds.serving.errors import build_openai_error, unsupported
from agora.domains.minds.serving.names import AGENT, changed_ms, check_embedder, find_embedder, find_target, list_agents, list_files
from agora.domains.minds.serving.openai_shapes import (
    Answer,
    CachedTokens,
    ChatBody,
    ChatChoice,
    ChatCompletion,
    Completion,
    CompletionBody,
    Embedding,
    EmbeddingBody,
    Embeddings,
    Message,
    Model,
    Models,
    Sampling,
    TextChoice,
    Usage,
)
from agora.domains.minds.serving.streams import stream_events
from agora.domains.minds.serving.writing import Piece, write, write_whole
from agora.inference.errors import ModelNotFound
from agora.inference.layout import ChatMessage
from agora.inference.ports import Receipt
from agora.kernel.app import App
from agora.kernel.http import Request


async def get_models(request: Request) -> Models:
    """Everything that can be asked."""
    return Models(await list_all(request.ctx.app))


async def get_model(request: Request) -> Model:
    """One of them."""
    name = str(request.path["model"])
    for model in await list_all(request.ctx.app):
        if model.id == name:
            return model
    raise ModelNotFound(f"There is no model named {name!r}; GET /v1/models lists them.")


async def list_all(app: App) -> list[Model]:
    """Files, other servers' models, agents, and the embedding model. ``created`` is in seconds."""
    files = [Model(entry.name, changed_ms(entry) // 1000, "agora") for entry in await list_files(app)]
    remote = [Model(name, 0, "remote") for name in list_remote_models(app)]
    agents = [Model(AGENT + agent.name, agent.created_at // 1000, "agora") for agent in list_agents(app)]
    return [*files, *remote, *agents, Model(find_embedder(app), 0, "agora")]


async def post_chat(request: Request) -> Any:
    """Answer a conversation."""
    body: ChatBody = request.body
    _check(body, body.tools, body.functions)
    if body.logprobs:
        raise unsupported("logprobs", "This server gives no log probabilities.")
    target = await find_target(request.ctx.app, body.model)
    ask = ask_chat(request.ctx, target, [_message(message) for message in body.messages], _wish(body))
    made = _now(request)
    name = f"chatcmpl-{ask.request.id}"
    if body.stream:
        head = {"id": name, "object": "chat.completion.chunk", "created": made, "model": body.model}
        first = _chunk(head, {"role": "assistant", "content": ""})
        usage = body.stream_options is not None and body.stream_options.include_usage

        def build(piece: Piece) -> list[Any]:
            chunks = [_chunk(head, {"content": piece.text})] if piece.text else []
            if piece.receipt is not None:
                chunks.append(_chunk(head, {}, piece.receipt.finish))
                if usage:
                    chunks.append({**head, "choices": [], "usage": build_usage(piece.receipt)})
            return chunks

        return await stream_events(request, write(request, target, ask), [first], build, build_openai_error)
    text, receipt = await write_whole(request, target, ask)
    return ChatCompletion(name, made, body.model, [ChatChoice(Answer(text), receipt.finish)], build_usage(receipt))


async def post_completion(request: Request) -> Any:
    """Go on from a plain text."""
    body: CompletionBody = request.body
    _check(body)
    for param, value in (("echo", body.echo), ("suffix", body.suffix), ("logprobs", body.logprobs)):
        if value:
            raise unsupported(param, f"This server does not take {param}.")
    if body.best_of not in (None, 1):
        raise unsupported("best_of", "This server writes one text: best_of must be 1.")
    prompts = [body.prompt] if isinstance(body.prompt, str) else body.prompt
    if len(prompts) != 1:
        raise unsupported("prompt", "This server takes one prompt at a time.")
    target = await find_target(request.ctx.app, body.model)
    ask = ask_text(request.ctx, target, prompts[0], _wish(body))
    name, made = f"cmpl-{ask.request.id}", _now(request)
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage

        def build(piece: Piece) -> list[Any]:
            end = None if piece.receipt is None else piece.receipt.finish
            chunks = [Completion(name, made, body.model, [TextChoice(piece.text, end)], None)]
            if usage and piece.receipt is not None:
                chunks.append(Completion(name, made, body.model, [], build_usage(piece.receipt)))
            return chunks

        return await stream_events(request, write(request, target, ask), (), build, build_openai_error)
    text, receipt = await write_whole(request, target, ask)
    return Completion(name, made, body.model, [TextChoice(text, receipt.finish)], build_usage(receipt))


async def post_embeddings(request: Request) -> Embeddings:
    """Vectors for texts."""
    body: EmbeddingBody = request.body
    check_embedder(request.ctx.app, body.model)
    texts = [body.input] if isinstance(body.input, str) else body.input
    vectors, tokens = await embed(request.ctx.app, texts, body.dimensions)
    packed = body.encoding_format == "base64"
    data = [Embedding(to_base64(vector) if packed else vector, index) for index, vector in enumerate(vectors)]
    return Embeddings(data, body.model, Usage(tokens, tokens))


def build_usage(receipt: Receipt) -> Usage:
    """Tokens read, of them reused, and written."""
    return Usage(
        prompt_tokens=receipt.prompt_tokens,
        completion_tokens=receipt.tokens_generated,
        total_tokens=receipt.prompt_tokens + receipt.tokens_generated,
        prompt_tokens_details=CachedTokens(receipt.tokens_reused),
    )


def _check(body: Sampling, *tools: Sequence[Any] | None) -> None:
    if body.n not in (None, 1):
        raise unsupported("n", "This server writes one answer: n must be 1.")
    if any(tools):
        raise unsupported("tools", "This server does not take tools; ask for JSON with response_format instead.")
    if body.logit_bias:
        raise unsupported("logit_bias", "This server does not take logit_bias.")


def _wish(body: Sampling) -> Wish:
    grammar, most = body.grammar, body.max_tokens
    if isinstance(body, ChatBody):
        most = body.max_completion_tokens if body.max_completion_tokens is not None else most
        wanted = body.response_format
        if wanted is not None and wanted.type != "text":
            if grammar is not None:
                raise unsupported("grammar", "Give a grammar or a response_format, not both.")
            if wanted.type == "json_schema" and wanted.json_schema is None:
                raise unsupported("response_format.json_schema", "The schema is missing.")
            grammar = build_grammar(wanted.json_schema.schema if wanted.json_schema and wanted.type == "json_schema" else None)
    return Wish(
        max_tokens=most,
        stop=read_stop(body.stop),
        seed=body.seed,
        grammar=grammar,
        drawing=read_drawing(
            temperature=body.temperature,
            top_p=body.top_p,
            frequency_penalty=body.frequency_penalty,
            presence_penalty=body.presence_penalty,
        ),
    )


def _message(message: Message) -> ChatMessage:
    content = message.content
    if isinstance(content, list):
        for part in content:
            if part.type != "text":
                raise unsupported("messages", f"This server reads text only, not {part.type}.")
        content = "".join(part.text for part in content)
    return ChatMessage("system" if message.role == "developer" else message.role, content or "")


def _chunk(head: dict[str, Any], delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}


def _now(request: Request) -> int:
    return request.ctx.app.clock.now_ms() // 1000
