"""The two languages that servers of models speak, as pure functions: bodies to send, lines to read.

OpenAI's shape (llama-server, llama-cpp-python, vLLM, LM Studio and others; https://platform.openai.com/docs/api-reference) with
the sampler fields of llama.cpp beside it, and Ollama's (https://github.com/ollama/ollama/blob/main/docs/api.md). What comes back
is somebody else's: everything is decoded into typed structs, and whatever does not fit is `Nonsense`.
"""

from typing import Any

import msgspec

from agora.inference.errors import BadRequestToModel
from agora.inference.ports import Finish, GenerationRequest
from agora.inference.safety import neutralise

LONGEST_LICENCE = 500
LONGEST_TEMPLATE = 20_000


class Nonsense(Exception):
    """An answer that is none; the text says what is wrong with it."""


class Said(Exception):
    """An error that the server itself reports in the middle of an answer."""


class Chunk(msgspec.Struct, frozen=True):
    """A piece of an answer. Counts are those of the whole answer, None while unknown; `done` after the very last piece."""

    text: str = ""
    finish: Finish | None = None
    done: bool = False
    prompt_tokens: int | None = None
    reused: int | None = None
    generated: int | None = None


class RemoteModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a server offers, as far as the server tells; 0 and "" where it does not."""

    name: str
    digest: str = ""
    bytes: int = 0
    family: str = ""
    size: str = ""
    quantisation: str = ""
    context: int = 0
    licence: str = ""
    template: str = ""


# ---- what is sent -------------------------------------------------------------------------------------------------


def build_openai(request: GenerationRequest, model: str, seed: int) -> tuple[str, dict[str, Any]]:
    """Path and body of a request in OpenAI's shape."""
    sampler = request.sampler
    body: dict[str, Any] = {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
        "temperature": sampler.temperature,
        "top_p": sampler.top_p,
        "top_k": sampler.top_k,
        "min_p": sampler.min_p,
        "repeat_penalty": sampler.repeat_penalty,
        "frequency_penalty": sampler.frequency_penalty,
        "presence_penalty": sampler.presence_penalty,
        "seed": seed,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.grammar is not None:
        body["grammar"] = request.grammar
    if request.messages:
        return "/v1/chat/completions", body | {"messages": _build_messages(request)}
    return "/v1/completions", body | {"prompt": list(request.tokens) or _build_prompt(request)}


def build_ollama(request: GenerationRequest, model: str, seed: int, context: int) -> tuple[str, dict[str, Any]]:
    """Path and body of a request in Ollama's shape. Raises BadRequestToModel for what Ollama has no word for."""
    if request.grammar is not None:
        raise BadRequestToModel("Ollama takes no grammar; use a model of this server, or one behind llama-server.")
    if request.tokens:
        raise BadRequestToModel("Ollama takes text, not token ids.")
    sampler = request.sampler
    options = {
        "num_predict": request.max_tokens,
        "num_ctx": context,
        "temperature": sampler.temperature,
        "top_k": sampler.top_k,
        "top_p": sampler.top_p,
        "min_p": sampler.min_p,
        "repeat_penalty": sampler.repeat_penalty,
        "repeat_last_n": sampler.penalty_window,
        "frequency_penalty": sampler.frequency_penalty,
        "presence_penalty": sampler.presence_penalty,
        "seed": seed,
        "stop": list(request.stop),
    }
    body = {"model": model, "stream": True, "options": options}
    if request.messages:
        return "/api/chat", body | {"messages": _build_messages(request), "think": False}
    return "/api/generate", body | {"prompt": _build_prompt(request), "raw": True}


def _build_messages(request: GenerationRequest) -> list[dict[str, str]]:
    """A server reads control tokens wherever they stand, so those that somebody typed are made unreadable first."""
    return [{"role": one.role, "content": neutralise(one.content)} for one in request.messages]


def _build_prompt(request: GenerationRequest) -> str:
    return "".join(part.text if part.control else neutralise(part.text) for part in request.prompt)


# ---- what comes back ----------------------------------------------------------------------------------------------


class _Cached(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


class _Message(msgspec.Struct):
    content: str = ""


class _Line(msgspec.Struct):
    done: bool = False
    message: _Message | None = None
    response: str | None = None
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: Any = None


_EVENT, _LINE = msgspec.json.Decoder(_Event), msgspec.json.Decoder(_Line)
_ENDS: dict[str, Finish] = {"stop": "stop", "length": "length"}


def read_openai_line(line: bytes) -> Chunk | None:
    """One line of a stream of server-sent events; None for lines without data. Raises Nonsense or Said."""
    if not line.startswith(b"data:"):
        if not line or line[:1] == b":" or line.split(b":")[0] in (b"event", b"id", b"retry"):
            return None
        return _read_stray(line)
    data = line[5:].strip()
    if data == b"[DONE]":
        return Chunk(done=True)
    event: _Event = _decode(_EVENT, data)
    if event.error is not None:
        raise Said(_read_error(event.error))
    choice = event.choices[0] if event.choices else _Choice()
    usage = event.usage or _Usage()
    return Chunk(
        text=(choice.delta.content if choice.delta else choice.text) or "",
        finish=_read_finish(choice.finish_reason),
        prompt_tokens=_count(usage.prompt_tokens),
        reused=_count(usage.prompt_tokens_details.cached_tokens) if usage.prompt_tokens_details else None,
        generated=_count(usage.completion_tokens),
    )


def read_ollama_line(line: bytes) -> Chunk | None:
    """One line of JSON. Raises Nonsense or Said."""
    if not line:
        return None
    said: _Line = _decode(_LINE, line)
    if said.error is not None:
        raise Said(_read_error(said.error))
    return Chunk(
        text=(said.message.content if said.message else said.response) or "",
        finish=_read_finish(said.done_reason or "stop") if said.done else None,
        done=said.done,
        prompt_tokens=_count(said.prompt_eval_count),
        generated=_count(said.eval_count),
    )


def read_openai_models(data: bytes) -> list[RemoteModel]:
    """`GET /v1/models`. llama-server and vLLM say more than OpenAI does. Raises Nonsense."""

    class Meta(msgspec.Struct):
        n_ctx_train: int | None = None
        size: int | None = None

    class Model(msgspec.Struct):
        id: str
        meta: Meta | None = None
        max_model_len: int | None = None

    class Models(msgspec.Struct):
        data: list[Model]

    models: Models = _decode(msgspec.json.Decoder(Models), data)
    return [
        RemoteModel(
            name=one.id,
            bytes=_count(one.meta.size) or 0 if one.meta else 0,
            context=_count(one.max_model_len) or (_count(one.meta.n_ctx_train) or 0 if one.meta else 0),
        )
        for one in models.data
    ]


def read_ollama_models(data: bytes) -> list[RemoteModel]:
    """`GET /api/tags`. Raises Nonsense."""

    class Details(msgspec.Struct):
        family: str | None = None
        parameter_size: str | None = None
        quantization_level: str | None = None

    class Tag(msgspec.Struct):
        name: str
        size: int = 0
        digest: str = ""
        details: Details | None = None

    class Tags(msgspec.Struct):
        models: list[Tag] | None = None

    tags: Tags = _decode(msgspec.json.Decoder(Tags), data)
    found = []
    for tag in tags.models or []:
        about = tag.details or Details()
        found.append(
            RemoteModel(
                name=tag.name,
                digest=tag.digest.removeprefix("sha256:"),
                bytes=max(0, tag.size),
                family=about.family or "",
                size=about.parameter_size or "",
                quantisation=about.quantization_level or "",
            )
        )
    return found


def read_ollama_show(data: bytes, model: RemoteModel) -> RemoteModel:
    """`POST /api/show`: context, licence and template besides what is known of the model. Raises Nonsense."""

    class Show(msgspec.Struct):
        license: str | None = None
        template: str | None = None
        model_info: dict[str, Any] | None = None

    show: Show = _decode(msgspec.json.Decoder(Show), data)
    sizes = [value for key, value in (show.model_info or {}).items() if key.endswith(".context_length")]
    context = int(sizes[0]) if sizes and str(sizes[0]).isdigit() else 0
    return msgspec.structs.replace(
        model,
        context=_count(context) or model.context,
        licence=(show.license or "").strip()[:LONGEST_LICENCE],
        template=(show.template or "")[:LONGEST_TEMPLATE],
    )


def read_error_body(data: bytes) -> str:
    """The sentence in an error's body, of whichever shape; empty when there is none."""
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return _read_error(body.get("error", body)) if isinstance(body, dict) else ""


def _read_stray(line: bytes) -> Chunk | None:
    """A line that is no event: some servers report an error as bare JSON."""
    said = read_error_body(line)
    if said:
        raise Said(said)
    raise Nonsense(f"it sent {_quote(line)} where an event belongs")


def _decode(decoder: Any, data: bytes) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Nonsense(f"it sent {_quote(data)}, which is no answer ({error})") from error


def _read_finish(reason: str | None) -> Finish | None:
    if reason is None:
        return None
    if reason not in _ENDS:
        raise Nonsense(f"it ended with {reason[:60]!r} instead of a text")
    return _ENDS[reason]


def _read_error(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("message") or error.get("error") or error.get("detail") or ""
    return str(error)[:300]


def _count(number: int | None) -> int | None:
    return number if number is not None and 0 <= number < 1 << 40 else None


def _quote(data: bytes) -> str:
    shown = data[:60].decode("utf-8", "replace")
    return repr(shown + ("…" if len(data) > 60 else ""))
