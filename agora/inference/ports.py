"""What the rest of Agora knows of language models: plain values in, an async stream of deltas out.

Every engine (llama.cpp in a thread, the fake one, later remote ones) takes these structs and passes the same
contract suite.
"""

import enum
import secrets
from collections.abc import AsyncGenerator, Sequence
from typing import Literal, Protocol

import msgspec

from agora.inference.layout import ChatMessage, Style

Finish = Literal["stop", "length", "cancelled"]


class Priority(enum.IntEnum):
    """Who waits for the answer; smaller goes first."""

    PERSON = 0
    MENTION = 1
    REPLY = 2
    AMBIENT = 3
    BACKGROUND = 4


class Segment(msgspec.Struct, frozen=True):
    """A piece of prompt. Only where `control` is true are the model's control tokens read as such."""

    text: str
    control: bool = False


class Sampler(msgspec.Struct, frozen=True, kw_only=True):
    """How the next token is drawn. Temperature 0 always takes the likeliest token."""

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    penalty_window: int = 64
    """How many of the reply's own last tokens the penalties look at."""


def new_request_id() -> str:
    """A name that no other request has."""
    return secrets.token_hex(8)


class GenerationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One text to write. Exactly one of `prompt`, `messages` and `tokens` is given."""

    id: str = msgspec.field(default_factory=new_request_id)
    prompt: tuple[Segment, ...] = ()
    messages: tuple[ChatMessage, ...] = ()
    tokens: tuple[int, ...] = ()
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    """The text ends before the first of these; none of them is part of the answer."""
    sampler: Sampler = Sampler()
    seed: int | None = None
    priority: Priority = Priority.REPLY
    grammar: str | None = None
    """GBNF with the rule `root`; the text then always fits it, or ends at max_tokens on the way."""
    scope: str = ""
    """Evaluated tokens are only shared between requests of one scope (who may see the same things)."""
    group: str = ""
    """On whose behalf: within one class the engine's time is divided evenly among groups (communities)…"""
    owner: str = ""
    """…and within a group among owners (agents)."""
    private: int = 0
    """How many of the last segments or messages no other request begins with. Evaluated, they are forgotten as soon as the text is
    written, and the text with them: what lies in memory unused is looked at again in every step."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """How a text came about. Times in milliseconds."""

    request_id: str
    model: str
    model_hash: str
    """SHA-256 of the model file, hexadecimal."""
    prompt_hash: str
    """SHA-256 over the prompt's token ids (32-bit little-endian), hexadecimal."""
    seed: int
    sampler: Sampler
    finish: Finish
    prompt_tokens: int
    tokens_reused: int
    """Prompt tokens that were already evaluated for an earlier text."""
    tokens_evaluated: int
    """Prompt tokens that had to be evaluated; with those reused they are all, unless the request ended before."""
    deterministic: bool = False
    """Whether it was written alone and in steps of one size, so that the same request gives the same text byte for byte."""
    tokens_repeated: int = 0
    """Tokens evaluated once more, because the request had to make room for a more urgent one meanwhile."""
    tokens_generated: int
    tokens_drafted: int = 0
    """Tokens that a draft model guessed…"""
    tokens_accepted: int = 0
    """…and those of them that are part of the text."""
    queued_ms: float
    ttft_ms: float
    """From the request's arrival to its first token."""
    total_ms: float
    tokens_per_s: float
    """Generated tokens a second, after the first one."""


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the text. The last one of a request has `finish` and `receipt`, and may have text too."""

    request_id: str
    text: str = ""
    tokens: int = 0
    finish: Finish | None = None
    receipt: Receipt | None = None


class GenerationResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished text."""

    text: str
    finish: Finish
    receipt: Receipt


class EngineLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How large an engine is and how much of that it uses now."""

    seats: int = 0
    """Texts that may be written at a time at the moment…"""
    most_seats: int = 0
    """…and at most."""
    step_tokens: int = 0
    """Tokens that a step may hold at the moment, so that it does not take too long…"""
    batch: int = 0
    """…and at most."""
    cells_used: int = 0
    """Evaluated tokens that are kept…"""
    cells: int = 0
    """…and how many can be."""
    draft: str = ""
    """The model that guesses ahead."""
    draft_problem: str = ""
    """Why the one that the settings name does not."""
    drafted: int = 0
    """Tokens guessed since the start…"""
    accepted: int = 0
    """…and those of them that were right."""


class EngineInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine is and does at the moment."""

    engine: str
    state: Literal["stopped", "starting", "ready", "failed"]
    model: str
    model_hash: str
    description: str
    style: Style = "chat"
    """The prompt layout the model was trained on."""
    context: int
    """Most tokens of one prompt with its answer."""
    threads: int
    active: int
    waiting: int
    reason: str = ""
    """Why it failed, if it did."""
    system: str = ""
    """What the compute library says about the processor."""
    load: EngineLoad = EngineLoad()
    steps: int = 0
    """Steps made since the start: while there is work and it does not grow, the engine hangs."""


class Engine(Protocol):
    """A running language model. All methods are for the event loop's thread."""

    async def start(self) -> None:
        """Loads the model. Raises ModelRefused or EngineUnusable and stays stopped."""

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta, None]:
        """Streams the text. Raises InferenceError; closing the stream early cancels the request."""

    def cancel(self, request_id: str) -> None:
        """Ends a request with `finish="cancelled"` within one step; unknown ids are ignored."""

    async def stop(self) -> None:
        """Ends all requests with EngineStopped, also in the middle of a step, and frees the model."""

    def info(self) -> EngineInfo:
        """The state now."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a plain text is."""


class Embedder(Protocol):
    """Turns texts into vectors of one length whose cosine says how alike they are."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit-length vector per text, in order."""

    async def count_tokens(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together, as far as the model reads them."""


async def complete(engine: Engine, request: GenerationRequest) -> GenerationResult:
    """Runs a request to its end and returns the whole text."""
    parts: list[str] = []
    last: Delta | None = None
    async for delta in engine.generate(request):  # to its very end, so that nothing of the request is left behind
        parts.append(delta.text)
        last = delta
    if last is None or last.finish is None or last.receipt is None:
        raise RuntimeError("an engine ended a stream without its last delta")
    return GenerationResult(text="".join(parts), finish=last.finish, receipt=last.receipt)


def text_prompt(text: str, *, control: bool = False) -> tuple[Segment, ...]:
    """A prompt of one piece; `control` when the text carries control tokens that the program wrote itself."""
    return (Segment(text, control),)
