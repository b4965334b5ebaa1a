"""An engine without a model: the same port, the same rules, a text that follows from a hash of the request.

Tests use it wherever the words do not matter. It can be told what to say, to fail and to stall.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Literal

from agora.inference.errors import BadRequestToModel, EngineStopped, InferenceError
from agora.inference.job import hash_prompt
from agora.inference.ports import Delta, EngineInfo, Finish, GenerationRequest, Receipt
from agora.inference.requests import check_length, check_request
from agora.inference.textstream import TextStream

WORDS = ("agora", "bridge", "déjà", "echo", "forest", "island", "jardin", "river", "théâtre", "été", "naïve", "demain")

Reply = str | InferenceError
Script = Callable[[GenerationRequest], Reply | None]


class FakeEngine:
    """Deterministic engine: equal prompt, sampler and seed give the equal text, whatever runs beside it."""

    def __init__(self, *, context: int = 4096, words: int = 12) -> None:
        """`context` tokens (here words) at most, replies of `words` words where nothing is scripted."""
        self._context, self._words = context, words
        self._state: Literal["stopped", "ready"] = "stopped"
        self._script: Script | None = None
        self._replies: list[Reply] = []
        self._gate = asyncio.Event()
        self._gate.set()
        self._running: dict[str, asyncio.Event] = {}
        self.requests: list[GenerationRequest] = []
        """Every request that was accepted, in order."""

    def answer(self, *replies: Reply) -> None:
        """The next requests get these texts (or errors), one each."""
        self._replies.extend(replies)

    def answer_with(self, script: Script | None) -> None:
        """Asks `script` for the text of every request; None from it means the usual text."""
        self._script = script

    def stall(self) -> None:
        """From now on no request makes a step, until `resume`."""
        self._gate.clear()

    def resume(self) -> None:
        """Ends a stall."""
        self._gate.set()

    async def start(self) -> None:
        """See Engine.start."""
        self._state = "ready"

    async def stop(self) -> None:
        """See Engine.stop."""
        self._state = "stopped"
        for ended in self._running.values():
            ended.set()
        await asyncio.sleep(0)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        if request_id in self._running:
            self._running[request_id].set()

    def info(self) -> EngineInfo:
        """See Engine.info."""
        return EngineInfo(
            engine="fake",
            state=self._state,
            model="fake",
            model_hash=hashlib.sha256(b"fake").hexdigest(),
            description="words from a hash",
            context=self._context,
            threads=0,
            active=len(self._running),
            waiting=0,
        )

    def count_tokens(self, text: str) -> int:
        """Here a token is a word."""
        return len(text.split())

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta, None]:
        """See Engine.generate."""
        run = _Run(request, self._count_prompt(request), time.monotonic())
        if request.id in self._running:
            raise BadRequestToModel(f"A request named {request.id} is running already.")
        reply = self._choose_reply(request)
        self.requests.append(request)
        ended = self._running[request.id] = asyncio.Event()
        try:
            await self._wait(ended)
            if isinstance(reply, InferenceError):
                raise reply
            for piece in _split(reply):
                await self._wait(ended)
                if ended.is_set():
                    yield run.end("cancelled")
                    return
                delta = run.step(piece)
                yield delta
                if delta.finish is not None:
                    return
            yield run.end("stop")
        finally:
            self._running.pop(request.id, None)

    async def _wait(self, ended: asyncio.Event) -> None:
        """Lets others run between two words, and holds still during a stall. Raises EngineStopped."""
        await asyncio.sleep(0)
        while not self._gate.is_set() and not ended.is_set():
            waits = [asyncio.ensure_future(self._gate.wait()), asyncio.ensure_future(ended.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        if self._state != "ready":
            raise EngineStopped("The fake engine was stopped.")

    def _count_prompt(self, request: GenerationRequest) -> list[int]:
        """Checks the request as a real engine would and makes up token ids."""
        check_request(request)
        if self._state != "ready":
            raise EngineStopped("The fake engine is not running.")
        text = " ".join(part.text for part in request.prompt) + " ".join(one.content for one in request.messages)
        tokens = list(request.tokens) or [_hash_number(word) for word in text.split()]
        check_length(len(tokens), self._context)
        return tokens

    def _choose_reply(self, request: GenerationRequest) -> Reply:
        if self._replies:
            return self._replies.pop(0)
        scripted = self._script(request) if self._script else None
        if scripted is not None:
            return scripted
        parts = (request.prompt, request.messages, request.tokens, request.sampler, request.seed)
        digest = hashlib.shake_256(repr(parts).encode("utf-8", "replace")).digest(self._words)
        return " ".join(WORDS[byte % len(WORDS)] for byte in digest)


class _Run:
    """One request of the fake engine."""

    def __init__(self, request: GenerationRequest, prompt: Sequence[int], started: float) -> None:
        self._request, self._prompt, self._started = request, prompt, started
        self._stream = TextStream(request.stop)
        self._written = 0

    def step(self, piece: bytes) -> Delta:
        """One word more; the last delta when a stop sequence or the limit was reached."""
        self._written += 1
        text = self._stream.push(piece)
        if self._stream.stopped:
            return self.end("stop", text)
        if self._written >= self._request.max_tokens:
            return self.end("length", text)
        return Delta(request_id=self._request.id, text=text, tokens=1)

    def end(self, finish: Finish, text: str = "") -> Delta:
        """The last delta, with the receipt."""
        text += "" if finish == "cancelled" else self._stream.flush()
        spent = round((time.monotonic() - self._started) * 1000, 3)
        receipt = Receipt(
            request_id=self._request.id,
            model="fake",
            model_hash=hashlib.sha256(b"fake").hexdigest(),
            prompt_hash=hash_prompt(self._prompt),
            seed=self._request.seed or 0,
            sampler=self._request.sampler,
            finish=finish,
            deterministic=True,
            prompt_tokens=len(self._prompt),
            tokens_reused=0,
            tokens_evaluated=len(self._prompt),
            tokens_generated=self._written,
            queued_ms=0.0,
            ttft_ms=spent,
            total_ms=spent,
            tokens_per_s=0.0,
        )
        return Delta(request_id=self._request.id, text=text, finish=finish, receipt=receipt)


def _split(text: str) -> list[bytes]:
    """A token is a word with the space before it, cut once more in the middle of its bytes, as real tokens are."""
    words = re.findall(r"\s*\S+|\s+$", text)
    return [piece for word in words for piece in _halve(word.encode("utf-8", "replace"))]


def _halve(data: bytes) -> tuple[bytes, ...]:
    middle = len(data) // 2
    return (data[:middle], data[middle:]) if len(data) > 8 else (data,)


def _hash_number(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:3], "little")
