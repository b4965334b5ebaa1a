"""What OpenAI's clients send and expect (https://platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Part(msgspec.Struct, frozen=True):
    """A part of a message's content; only text is read."""

    type: str
    text: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[Part] | None = None


class JsonSchemaFormat(msgspec.Struct, frozen=True):
    """A JSON schema that the answer has to fit."""

    schema: dict[str, Any] = {}
    name: str = ""
    description: str | None = None
    strict: bool | None = None


class ResponseFormat(msgspec.Struct, frozen=True):
    """Free text, any JSON object, or JSON that fits a schema."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: JsonSchemaFormat | None = None


class StreamOptions(msgspec.Struct, frozen=True):
    """``include_usage``: a last chunk with the token counts."""

    include_usage: bool = False


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """What both kinds of completion take. What is not given, the server chooses."""

    model: str
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    logit_bias: dict[str, float] | None = None
    grammar: str | None = None
    """GBNF, as llama-server takes it; another Agora that uses this one asks so for what must be kept."""


class ChatBody(Sampling, frozen=True, kw_only=True):
    """``POST /v1/chat/completions``; ``model`` is a model's name or ``agent:NAME``."""

    messages: list[Message]
    max_completion_tokens: int | None = None
    response_format: ResponseFormat | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    logprobs: bool | None = None


class CompletionBody(Sampling, frozen=True, kw_only=True):
    """``POST /v1/completions``: go on from a plain text."""

    prompt: str | list[str]
    echo: bool | None = None
    suffix: str | None = None
    best_of: int | None = None
    logprobs: int | None = None


class EmbeddingBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/embeddings``."""

    input: str | list[str]
    model: str
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


class CachedTokens(msgspec.Struct, frozen=True):
    """Prompt tokens that were already evaluated for an earlier answer."""

    cached_tokens: int


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens read and written."""

    prompt_tokens: int
    total_tokens: int
    completion_tokens: int | None = None
    prompt_tokens_details: CachedTokens | None = None


class Answer(msgspec.Struct, frozen=True):
    """The assistant's message."""

    content: str
    role: Literal["assistant"] = "assistant"
    refusal: str | None = None


class ChatChoice(msgspec.Struct, frozen=True):
    """The one answer."""

    message: Answer
    finish_reason: str
    index: int = 0
    logprobs: None = None


class ChatCompletion(msgspec.Struct, frozen=True):
    """The answer of ``/v1/chat/completions`` without ``stream``; with it, chunks as server-sent events."""

    id: str
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    object: Literal["chat.completion"] = "chat.completion"


class TextChoice(msgspec.Struct, frozen=True):
    """The one text."""

    text: str
    finish_reason: str | None
    index: int = 0
    logprobs: None = None


class Completion(msgspec.Struct, frozen=True):
    """The answer of ``/v1/completions``, and each chunk of its stream."""

    id: str
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage | None
    object: Literal["text_completion"] = "text_completion"


class Embedding(msgspec.Struct, frozen=True):
    """One vector: numbers, or base64 of 32-bit floats."""

    embedding: list[float] | str
    index: int
    object: Literal["embedding"] = "embedding"


class Embeddings(msgspec.Struct, frozen=True):
    """The vectors, in the order of the texts."""

    data: list[Embedding]
    model: str
    usage: Usage
    object: Literal["list"] = "list"


class Model(msgspec.Struct, frozen=True):
    """Something that can be named as the model."""

    id: str
    created: int
    owned_by: str
    object: Literal["model"] = "model"


class Models(msgspec.Struct, frozen=True):
    """Model files, agents and the embedding model."""

    data: list[Model]
    object: Literal["list"] = "list"
