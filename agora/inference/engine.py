"""The engine as the event loop sees it: prepares requests, hands them to the worker thread, streams what comes back."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

import msgspec

from agora.inference.backend import Backend
from agora.inference.drafting import Draft
from agora.inference.encoding import encode
from agora.inference.errors import BadRequestToModel, EngineStopped, InferenceError, QueueFull
from agora.inference.job import Job
from agora.inference.layout import Style
from agora.inference.ports import Delta, EngineInfo, EngineLoad, GenerationRequest, Segment
from agora.inference.prefix_files import PrefixFiles
from agora.inference.requests import check_length, check_request
from agora.inference.sampling import SEED_MASK
from agora.inference.settings import InferenceSettings, find_threads
from agora.inference.worker import Event, Failure, Worker

log = logging.getLogger(__name__)

LONG_PROMPT = 4000
"""Characters from which a prompt is tokenised in a helper thread, so that the event loop is not held up."""

STOP_SECONDS = 5.0
"""How long `stop` waits for the thread; it is cut short in the middle of a step, so this is never reached in health."""

LOOK_SECONDS = 1.0
"""How often the watchdog looks."""

MOST_LOST = 2
"""Threads that hang for good cannot be ended and keep their memory; after so many the engine is not started again."""

State = Literal["stopped", "starting", "ready", "failed"]


class Loaded(NamedTuple):
    """A model in memory with what is known of its file: SHA-256, prompt layout, and the processor's features in use."""

    backend: Backend
    model_hash: str = ""
    style: Style = "chat"
    system: str = ""
    files: PrefixFiles | None = None
    """Where evaluated prompts are kept over a restart."""
    draft: Draft | None = None
    """A model that guesses ahead, and why there is none though one is wanted."""
    draft_problem: str = ""


class ThreadEngine:
    """An `Engine` (see ports) over any backend, which one thread of this process runs."""

    def __init__(self, load: Callable[[], Loaded], settings: InferenceSettings, *, name: str) -> None:
        """`load` checks and opens the model named `name`; it runs outside the event loop at `start`."""
        self._load, self._settings, self._name = load, settings, name
        self._state: State = "stopped"
        self._reason = ""
        self._model: Loaded | None = None
        self._worker: Worker | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: dict[str, asyncio.Queue[Event]] = {}
        self._arrivals = 0
        self._round = 0
        self._lost = 0
        self._watchdog: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Loads the model and starts the thread. Raises InferenceError and can be called again."""
        if self._state in ("starting", "ready"):
            return
        self._state, self._reason = "starting", ""
        self._loop = asyncio.get_running_loop()
        try:
            self._model = model = await asyncio.to_thread(self._load)
        except BaseException as error:
            self._state, self._reason = "failed", str(error)
            raise
        self._round += 1
        deliver = partial(self._deliver, self._round)
        self._worker = Worker(model.backend, self._settings, self._name, model.model_hash, deliver, model.files, model.draft)
        self._worker.start()
        self._state = "ready"
        if self._watchdog is None:
            self._watchdog = asyncio.create_task(self._watch(), name="inference-watchdog")

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta, None]:
        """See Engine.generate."""
        check_request(request)
        job, worker = await self._prepare(request)
        stream: asyncio.Queue[Event] = asyncio.Queue()
        self._check_new(request)  # again: turning a long prompt into tokens took a while
        self._streams[request.id] = stream
        finished = False
        try:
            if not worker.submit(job):
                raise EngineStopped("The model engine was stopped.")
            while not finished:
                event = await stream.get()
                if isinstance(event, Failure):
                    finished = True
                    raise event.error
                finished = event.finish is not None
                yield event
        finally:
            self._streams.pop(request.id, None)
            if not finished:
                worker.cancel(request.id)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        if self._worker is not None and request_id in self._streams:
            self._worker.cancel(request_id)

    async def stop(self) -> None:
        """See Engine.stop."""
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            watchdog.cancel()
            await asyncio.gather(watchdog, return_exceptions=True)
        worker, self._worker, self._model = self._worker, None, None
        self._state = "stopped"
        if worker is not None:
            await _end(worker, keep=True)
            await asyncio.sleep(0)  # lets the last events, which the thread has queued, reach their streams

    async def check_alive(self, now: float) -> None:
        """Starts anew when one step has taken longer than the settings allow; `now` of the monotonic clock.

        What was being written ends with EngineStopped and can be asked again.
        """
        worker, limit = self._worker, self._settings.process_watchdog_s
        if worker is None or self._state != "ready" or worker.busy_since is None or now - worker.busy_since <= limit:
            return
        log.error("the model engine made no step for %d s and is started anew", limit)
        self._state, self._reason = "starting", "it did not answer and is being started anew"
        self._round += 1  # nothing that the old thread may still say reaches anybody
        error = EngineStopped(f"The model engine did not answer for {limit} s and is started anew; try again.")
        for request_id, stream in self._streams.items():
            stream.put_nowait(Failure(request_id, error))
        if not await _end(worker, keep=False):
            self._lost += 1
        if self._lost >= MOST_LOST:
            self._state, self._reason = "failed", "it hangs again and again; choose another model or restart Agora"
            return
        self._state = "stopped"
        try:
            await self.start()
        except InferenceError as failure:
            log.error("the model engine could not be started anew: %s", failure)

    def info(self) -> EngineInfo:
        """See Engine.info."""
        worker, model = self._worker, self._model
        if self._state == "ready" and worker is not None and worker.ended:
            self._state, self._reason = "failed", "the engine's thread has ended; see the log"
        return EngineInfo(
            engine="llama",
            state=self._state,
            model=self._name,
            model_hash=model.model_hash if model else "",
            style=model.style if model else "chat",
            description=model.backend.describe() if model else "",
            context=model.backend.longest if model else 0,
            threads=worker.threads if worker else find_threads(self._settings),
            active=worker.active if worker else 0,
            waiting=worker.waiting if worker else 0,
            reason=self._reason,
            system=model.system if model else "",
            steps=worker.steps if worker else 0,
            load=self._find_load(),
        )

    def _find_load(self) -> EngineLoad:
        if self._worker is None or self._model is None:
            return EngineLoad()
        return msgspec.structs.replace(self._worker.load, draft_problem=self._model.draft_problem)

    def count_tokens(self, text: str) -> int:
        """See Engine.count_tokens. Raises EngineStopped."""
        if self._model is None:
            raise EngineStopped("The model engine is not running.")
        return len(self._model.backend.encode(GenerationRequest(prompt=(Segment(text),))))

    async def _prepare(self, request: GenerationRequest) -> tuple[Job, Worker]:
        """Checks what can be checked here and turns the prompt into tokens."""
        worker, model = self._worker, self._model
        if self.info().state != "ready" or worker is None or model is None:
            raise EngineStopped(f"The model engine is not running{': ' + self._reason if self._reason else ''}.")
        backend = model.backend
        self._check_new(request)
        arrived = time.monotonic()
        size = sum(len(part.text) for part in request.prompt) + sum(len(one.content) for one in request.messages)
        tokens, kept = await asyncio.to_thread(encode, backend, request) if size > LONG_PROMPT else encode(backend, request)
        check_length(len(tokens), backend.longest)
        self._arrivals += 1
        job = Job(request, tokens, self._choose_seed(request), self._arrivals, arrived)
        job.kept = kept
        job.limit = min(request.max_tokens, backend.longest - len(tokens))
        return job, worker

    def _check_new(self, request: GenerationRequest) -> None:
        if request.id in self._streams:
            raise BadRequestToModel(f"A request named {request.id} is running already.")
        if len(self._streams) >= self._settings.waiting + self._settings.sequences:
            raise QueueFull("Too many requests wait for the model; try again in a moment.")

    def _choose_seed(self, request: GenerationRequest) -> int:
        if request.seed is not None:
            return request.seed & SEED_MASK
        return self._settings.seed if self._settings.seed >= 0 else secrets.randbits(31)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.check_alive(time.monotonic())

    def _deliver(self, number: int, events: Sequence[Event]) -> None:
        """Called by the worker thread of this number once per step."""
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._dispatch, number, events)
        except RuntimeError:  # the loop is closed: nobody is left to read
            log.debug("the event loop ended before the model engine")

    def _dispatch(self, number: int, events: Sequence[Event]) -> None:
        if number != self._round:
            return
        for event in events:
            stream = self._streams.get(event.request_id)
            if stream is not None:
                stream.put_nowait(event)


async def _end(worker: Worker, *, keep: bool) -> bool:
    """Ends a worker's thread; false when it does not end. `keep` see Worker.shut_down."""
    worker.shut_down(keep=keep)
    await asyncio.to_thread(worker.join, STOP_SECONDS)
    if worker.is_alive():
        log.error("the model engine's thread did not end within %g s", STOP_SECONDS)
    return not worker.is_alive()
