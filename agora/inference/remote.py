"""An engine whose model runs elsewhere: behind Ollama or any server that speaks OpenAI's shape, several of them if there are.

As long as no word of an answer was given out, a server that fails is replaced by the next one. After that the answer ends with
its reason, because nobody could go on in the same words; whoever asked may ask again.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from typing import Literal

from agora.inference.errors import (
    BadRequestToModel,
    EngineStopped,
    EngineUnusable,
    GenerationFailed,
    InferenceError,
    ModelNotFound,
    QueueFull,
)
from agora.inference.estimate import TokenEstimate
from agora.inference.job import hash_prompt
from agora.inference.ports import Delta, EngineInfo, Finish, GenerationRequest, Receipt
from agora.inference.remote_peer import AFTER_END_S, Peer, PeerBusy, PeerDown, PeerLacks
from agora.inference.remote_pool import Remotes
from agora.inference.remote_shapes import Chunk
from agora.inference.requests import check_length, check_request
from agora.inference.safety import neutralise
from agora.inference.sampling import SEED_MASK
from agora.inference.textstream import TextStream

log = logging.getLogger(__name__)
MOST_RESTS = 20
"""So often a request waits for a server that asks for patience."""
MOST_LETTERS = 64
"""Characters of one token at most: a server that writes more than so many times `max_tokens` is cut off."""


class RemoteEngine:
    """An `Engine` (see ports) over one model of the servers."""

    def __init__(self, remotes: Remotes, model: str, *, waiting: int = 512, seed: int = -1, name: str = "") -> None:
        """`model` as the servers name it, and `name` as receipts do (empty: the same); `waiting` requests at most; `seed` for
        requests that bring none (-1: a random one)."""
        self._name = name or model
        self._remotes, self._model, self._most, self._seed = remotes, model, waiting, seed
        self._state: Literal["stopped", "ready"] = "stopped"
        self._runs: dict[str, _Run] = {}
        self._estimate = TokenEstimate()

    async def start(self) -> None:
        """Looks for the model. Raises ModelNotFound, or EngineUnusable when no server can be reached."""
        await self._remotes.start()
        if self._model not in self._remotes.list_models():
            await self._remotes.look()
        if self._model not in self._remotes.list_models():
            ready = [peer for peer in self._remotes.peers if peer.state == "ready"]
            problem = self._remotes.find_problem(self._model)
            if ready:
                raise ModelNotFound(f"No server offers a model named {self._model}.")
            raise EngineUnusable(f"The model {self._model} cannot be reached: {problem}.")
        self._state = "ready"

    async def stop(self) -> None:
        """See Engine.stop. The servers stay in use for other engines."""
        self._state = "stopped"
        for run in list(self._runs.values()):
            run.end(EngineStopped("The model engine was stopped."))
        await asyncio.sleep(0)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        run = self._runs.get(request_id)
        if run is not None:
            run.end(None)

    def info(self) -> EngineInfo:
        """See Engine.info; ready while at least one server that offers the model is well."""
        problem = self._remotes.find_problem(self._model) if self._state == "ready" else ""
        offered = self._remotes.list_models().get(self._model)
        about = [offered.family, offered.size, offered.quantisation] if offered else []
        return EngineInfo(
            engine="remote",
            state="failed" if problem else self._state,
            model=self._name,
            model_hash=offered.digest if offered else "",
            description=" ".join(part for part in about if part),
            context=min(self._remotes.context, offered.context) if offered and offered.context else self._remotes.context,
            threads=0,
            active=sum(run.peer is not None for run in self._runs.values()),
            waiting=sum(run.peer is None for run in self._runs.values()),
            reason=problem,
        )

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high, which learns from what the servers count."""
        return self._estimate.count(text)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta, None]:
        """See Engine.generate."""
        text = self._check(request)
        seed = self._choose_seed(request)
        run = self._runs[request.id] = _Run(request, text, seed)
        task = asyncio.create_task(self._write(run), name="remote-answer")
        run.on_end = task.cancel
        try:
            while True:
                delta = await run.next_delta()
                yield delta
                if delta.finish is not None:
                    return
        except EndOfRun:
            yield self._finish(run, "cancelled", "")
        finally:
            self._runs.pop(request.id, None)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _check(self, request: GenerationRequest) -> str:
        """The prompt's text. Raises BadRequestToModel, EngineStopped or QueueFull."""
        check_request(request)
        if self._state != "ready":
            raise EngineStopped("The model engine is not running.")
        if request.id in self._runs:
            raise BadRequestToModel(f"A request named {request.id} is running already.")
        if len(self._runs) >= self._most:
            raise QueueFull("Too many requests wait for the model; try again in a moment.")
        parts = [part.text if part.control else neutralise(part.text) for part in request.prompt]
        text = "".join(parts) + "\n".join(neutralise(one.content) for one in request.messages)
        least = len(request.tokens) or (max(1, self._estimate.count_least(text)) if text else 0)
        check_length(least, self.info().context)
        return text

    def _choose_seed(self, request: GenerationRequest) -> int:
        if request.seed is not None:
            return request.seed & SEED_MASK
        return self._seed if self._seed >= 0 else secrets.randbits(31)

    async def _write(self, run: "_Run") -> None:
        """Runs a request to its end, at one server after another. What comes of it goes into the run."""
        tried: dict[str, str] = {}
        rests = 0
        try:
            while True:
                peer = run.peer = await self._remotes.take(self._model, run.request.priority, frozenset(tried))
                try:
                    await self._write_at(peer, run)
                    return
                except PeerBusy as busy:
                    rests += 1
                    self._remotes.rest(peer, busy.seconds)
                    if rests > MOST_RESTS:
                        tried[peer.name] = "it is busy all the time"
                except PeerLacks as error:
                    peer.models.pop(self._model, None)
                    tried[peer.name] = str(error)
                except PeerDown as error:
                    peer.fail(str(error))
                    tried[peer.name] = str(error)
                finally:
                    run.peer = None
                    self._remotes.give_back(peer)
                if run.begun and tried:
                    raise GenerationFailed(f"The server {peer.name} failed in the middle of the text: {tried[peer.name]}.")
        except InferenceError as error:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in tried.items())
            lost = isinstance(error, GenerationFailed) and reasons and not run.begun
            run.put(GenerationFailed(f"No server could write the text: {reasons}.") if lost else error)
        except Exception as error:
            log.exception("an answer of a server could not be read")
            run.put(GenerationFailed(f"The answer of a server could not be read: {error}"))

    async def _write_at(self, peer: Peer, run: "_Run") -> None:
        stream = peer.write(run.request, self._model, run.seed)
        finish: Finish | None = None
        async with contextlib.aclosing(stream):
            while True:
                chunk = await _next_chunk(stream, AFTER_END_S if finish else None)
                if chunk is None or chunk.done:
                    run.count(chunk)
                    break
                run.count(chunk)
                finish = finish or chunk.finish
                text = run.take(chunk)
                if run.stopped or run.letters > (run.request.max_tokens + 64) * MOST_LETTERS:
                    finish = "stop" if run.stopped else "length"
                    run.put(self._finish(run, finish, text))
                    return
                if text:
                    run.put(Delta(request_id=run.request.id, text=text, tokens=1))
            finish = finish or (chunk.finish if chunk else None) or "stop"
            run.put(self._finish(run, finish, (run.take(chunk) if chunk else "") + run.flush()))

    def _finish(self, run: "_Run", finish: Finish, text: str) -> Delta:
        receipt = run.build_receipt(finish, self.info(), self._estimate.count(run.text))
        if run.prompt_tokens:
            self._estimate.learn(len(run.text.encode("utf-8", "replace")), run.prompt_tokens)
        return Delta(request_id=run.request.id, text=text, finish=finish, receipt=receipt)


async def _next_chunk(stream: AsyncGenerator[Chunk, None], seconds: float | None) -> Chunk | None:
    """The next piece; None at the end. When the text has ended only its counts are awaited, and not for long."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(stream, None)
    except TimeoutError:
        return None


class EndOfRun(Exception):
    """The request was cancelled."""


class _Run:
    """One request: its deltas on their way to whoever asked, and the account of it."""

    def __init__(self, request: GenerationRequest, text: str, seed: int) -> None:
        self.request, self.text, self.seed = request, text, seed
        self.peer: Peer | None = None
        self.letters = self._pieces = 0
        self.prompt_tokens: int | None = None
        self.on_end: Callable[[], object] | None = None
        self._reused = self._generated = 0
        self._stream = TextStream(request.stop)
        self._queue: asyncio.Queue[Delta | InferenceError] = asyncio.Queue()
        self._ended: InferenceError | EndOfRun | None = None
        self._arrived = time.monotonic()
        self._seated = self._first = 0.0

    @property
    def begun(self) -> bool:
        """Whether words were given out."""
        return self._pieces > 0

    @property
    def stopped(self) -> bool:
        """Whether a stop sequence was reached."""
        return self._stream.stopped

    def end(self, error: InferenceError | None) -> None:
        """Ends it now, whatever waits: with an error, or as cancelled."""
        self._ended = error or EndOfRun()
        self._queue.put_nowait(GenerationFailed("The request has ended."))  # wakes whoever waits
        if self.on_end is not None:
            self.on_end()

    def put(self, item: Delta | InferenceError) -> None:
        """For whoever asked."""
        self._queue.put_nowait(item)

    async def next_delta(self) -> Delta:
        """Raises what ended the request."""
        item = await self._queue.get() if self._ended is None else None
        if self._ended is not None:
            raise self._ended
        if isinstance(item, InferenceError):
            raise item
        assert item is not None
        return item

    def take(self, chunk: Chunk) -> str:
        """The text of a piece that can be given out."""
        if chunk.text and not self._pieces:
            self._first = time.monotonic()
        self._pieces += bool(chunk.text)
        self.letters += len(chunk.text)
        return self._stream.push(chunk.text.encode("utf-8", "replace"))

    def flush(self) -> str:
        """What was held back."""
        return self._stream.flush()

    def count(self, chunk: Chunk | None) -> None:
        """The server's own counts."""
        self._seated = self._seated or time.monotonic()
        if chunk is None:
            return
        self.prompt_tokens = chunk.prompt_tokens if chunk.prompt_tokens is not None else self.prompt_tokens
        self._reused = chunk.reused if chunk.reused is not None else self._reused
        self._generated = chunk.generated if chunk.generated is not None else self._generated

    def build_receipt(self, finish: Finish, info: EngineInfo, estimate: int) -> Receipt:
        """The account. Where a server counts nothing, prompt tokens are estimated and pieces taken for tokens.

        `prompt_hash` is over the prompt's characters, as nobody here knows its tokens.
        """
        now = time.monotonic()
        first = self._first or now
        prompt = self.prompt_tokens or len(self.request.tokens) or estimate
        reused = min(self._reused, prompt)
        generated = self._generated or self._pieces
        writing = now - first
        return Receipt(
            request_id=self.request.id,
            model=info.model,
            model_hash=info.model_hash,
            prompt_hash=hash_prompt(self.request.tokens or [ord(letter) for letter in self.text]),
            seed=self.seed,
            sampler=self.request.sampler,
            finish=finish,
            prompt_tokens=prompt,
            tokens_reused=reused,
            tokens_evaluated=prompt - reused,
            tokens_generated=generated,
            queued_ms=round(((self._seated or now) - self._arrived) * 1000, 3),
            ttft_ms=round((first - self._arrived) * 1000, 3),
            total_ms=round((now - self._arrived) * 1000, 3),
            tokens_per_s=round((generated - 1) / writing, 1) if writing > 0 and generated > 1 else 0.0,
        )
