"""The routes of both interfaces."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agora.domains.minds.serving import ollama, ollama_models, openai
from agora.domains.minds.serving import ollama_shapes as theirs
from agora.domains.minds.serving import openai_shapes as shapes
from agora.domains.minds.serving.errors import build_ollama_error, build_openai_error
from agora.kernel.access import ANYONE, SIGNED_IN
from agora.kernel.http import Bucket, Request, Route

_READ = Bucket("serving.read", 120, 60.0)
_WRITE = Bucket("serving.write", 60, 60.0)
_EMBED = Bucket("serving.embed", 120, 60.0)
_MOST_BYTES = 4 << 20
Handler = Callable[[Request], Awaitable[Any]]


def _openai(method: str, path: str, handler: Handler, summary: str, bucket: Bucket, body: Any, answer: Any) -> Route:
    return Route(
        method=method,
        path=f"/v1{path}",
        handler=handler,
        summary=summary,
        access=SIGNED_IN,
        bucket=bucket,
        body=body,
        answer=answer,
        error=build_openai_error,
        max_body=_MOST_BYTES,
    )


def _ollama(method: str, path: str, handler: Handler, summary: str, bucket: Bucket, body: Any, answer: Any) -> Route:
    """Whether a token is needed is a setting, so each handler asks ``check_caller`` first."""
    return Route(
        method=method,
        path=f"/api{path}",
        handler=handler,
        summary=summary,
        access=ANYONE,
        bucket=bucket,
        body=body,
        answer=answer,
        error=build_ollama_error,
        max_body=_MOST_BYTES,
    )


ROUTES = (
    _openai("GET", "/models", openai.get_models, "Models and agents (OpenAI's shape).", _READ, None, shapes.Models),
    _openai("GET", "/models/{model}", openai.get_model, "One model or agent (OpenAI's shape).", _READ, None, shapes.Model),
    _openai(
        "POST",
        "/chat/completions",
        openai.post_chat,
        "Answer a conversation, as a model or as agent:NAME (OpenAI's shape; with stream as server-sent events).",
        _WRITE,
        shapes.ChatBody,
        shapes.ChatCompletion,
    ),
    _openai(
        "POST",
        "/completions",
        openai.post_completion,
        "Go on from a plain text (OpenAI's shape; with stream as server-sent events).",
        _WRITE,
        shapes.CompletionBody,
        shapes.Completion,
    ),
    _openai(
        "POST",
        "/embeddings",
        openai.post_embeddings,
        "Vectors for texts (OpenAI's shape).",
        _EMBED,
        shapes.EmbeddingBody,
        shapes.Embeddings,
    ),
    _ollama("GET", "/version", ollama_models.get_version, "Agora's version (Ollama's shape).", _READ, None, theirs.Version),
    _ollama("GET", "/tags", ollama_models.get_tags, "Models and agents (Ollama's shape).", _READ, None, theirs.Tags),
    _ollama("POST", "/show", ollama_models.post_show, "One model or agent (Ollama's shape).", _READ, theirs.ShowBody, theirs.Show),
    _ollama(
        "POST",
        "/chat",
        ollama.post_chat,
        "Answer a conversation, as a model or as agent:NAME (Ollama's shape; unless stream is false, lines of JSON).",
        _WRITE,
        theirs.ChatBody,
        theirs.Line,
    ),
    _ollama(
        "POST",
        "/generate",
        ollama.post_generate,
        "Answer a prompt (Ollama's shape; unless stream is false, lines of JSON).",
        _WRITE,
        theirs.GenerateBody,
        theirs.Line,
    ),
    _ollama("POST", "/embed", ollama.post_embed, "Vectors for texts (Ollama's shape).", _EMBED, theirs.EmbedBody, theirs.Embedded),
)
