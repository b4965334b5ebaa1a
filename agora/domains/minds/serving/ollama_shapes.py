"""What Ollama's clients send and expect (https://github.com/ollama/ollama/blob/main/docs/api.md). Durations in nanoseconds."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to write; options that belong to a server's settings, such as ``num_ctx``, are read over."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    repeat_last_n: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    num_predict: int | None = None
    stop: str | list[str] | None = None


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = ""
    images: list[Any] | None = None


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What ``/api/chat`` and ``/api/generate`` both take. ``format`` is ``json`` or a JSON schema."""

    model: str
    stream: bool | None = None
    format: dict[str, Any] | Literal["", "json"] | None = None
    options: Options | None = None
    keep_alive: float | str | None = None
    think: bool | str | None = None


class ChatBody(Writing, frozen=True, kw_only=True):
    """``POST /api/chat``; ``model`` is a model's name or ``agent:NAME``."""

    messages: list[Message] = []
    tools: list[Any] | None = None


class GenerateBody(Writing, frozen=True, kw_only=True):
    """``POST /api/generate``: answer a prompt, or with ``raw`` go on from it."""

    prompt: str = ""
    system: str = ""
    raw: bool | None = None
    suffix: str = ""
    template: str = ""
    images: list[Any] | None = None


class EmbedBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /api/embed``."""

    model: str
    input: str | list[str] = []
    dimensions: int | None = None


class ShowBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /api/show``."""

    model: str


class Details(msgspec.Struct, frozen=True):
    """What a model is."""

    family: str
    parameter_size: str
    quantization_level: str
    format: str = "gguf"
    parent_model: str = ""
    families: list[str] = []


class Tag(msgspec.Struct, frozen=True):
    """A model that can be named; ``digest`` is the SHA-256 of its file."""

    name: str
    model: str
    modified_at: str
    size: int
    digest: str
    details: Details


class Tags(msgspec.Struct, frozen=True):
    """``GET /api/tags``."""

    models: list[Tag]


class Show(msgspec.Struct, frozen=True):
    """``POST /api/show``."""

    details: Details
    model_info: dict[str, str]
    capabilities: list[str]
    modified_at: str
    template: str = ""
    parameters: str = ""
    license: str = ""
    modelfile: str = ""


class Said(msgspec.Struct, frozen=True):
    """The assistant's words."""

    content: str
    role: Literal["assistant"] = "assistant"


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a stream, or the whole answer: ``message`` in a chat, ``response`` otherwise; the rest in the last line."""

    model: str
    created_at: str
    done: bool
    message: Said | None = None
    response: str | None = None
    done_reason: str | None = None
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None


class Embedded(msgspec.Struct, frozen=True):
    """``POST /api/embed``."""

    model: str
    embeddings: list[list[float]]
    total_duration: int
    load_duration: int
    prompt_eval_count: int


class Version(msgspec.Struct, frozen=True):
    """``GET /api/version``: Agora's version."""

    version: str
