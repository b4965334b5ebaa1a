"""An engine in a process of its own (`[inference] isolation = "process"`): a model that dies or hangs takes nothing else with it.

The supervisor starts the process again, sooner the first time and later when it dies again and again; what was being written ends
with the reason and can be asked anew.
"""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from agora.inference.adapters import Adapter
from agora.inference.child_wire import (
    FROM_CHILD,
    Ask,
    Cancel,
    ChildLimits,
    Pulse,
    Ready,
    Refused,
    Setup,
    Wrote,
    clean_request,
    encode_frame,
    read_frame,
    read_refusal,
)
from agora.inference.errors import BadRequestToModel, EngineStopped, EngineUnusable, InferenceError, QueueFull
from agora.inference.estimate import TokenEstimate
from agora.inference.ports import Delta, EngineInfo, GenerationRequest
from agora.inference.requests import check_request
from agora.inference.settings import InferenceSettings

log = logging.getLogger(__name__)
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 60.0
HEALTHY_S = 60.0
"""Who lived so long is started again at once."""
STOP_S = 10.0
ENDING_S = 2.0
"""Who has closed its output is given so long to end by itself."""
CODE = Path(__file__).resolve().parent.parent.parent
LOOK_S = 1.0

State = Literal["stopped", "starting", "ready", "failed"]
Item = Delta | InferenceError


class ChildEngine:
    """An `Engine` (see ports) whose model lives in a supervised process."""

    def __init__(
        self,
        settings: InferenceSettings,
        path: Path,
        cache: Path,
        limits: ChildLimits,
        *,
        name: str,
        adapters: Sequence[Adapter] = (),
    ) -> None:
        """The model file at `path`, named `name` in receipts."""
        settings = msgspec.structs.replace(settings, model=str(path.absolute()))
        self._setup = Setup(settings, str(cache.absolute()), limits, tuple(adapters), name)
        self._name, self._limits = name, limits
        self._state: State = "stopped"
        self._reason = ""
        self._process: asyncio.subprocess.Process | None = None
        self._ready: Ready | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._streams: dict[str, asyncio.Queue[Item]] = {}
        self._cancelled: set[str] = set()
        self._pulse = Pulse(0, 0, 0)
        self._alive_at = self._moved_at = 0.0
        self._last_words: deque[str] = deque(maxlen=4)
        self._estimate = TokenEstimate()
        self.restarts = 0
        """How often the process was started again."""

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """See Engine.start; raises what the model's load raises in the process, or EngineUnusable when that dies."""
        if self._state in ("starting", "ready"):
            return
        self._state, self._reason = "starting", ""
        try:
            await self._launch()
        except BaseException as error:
            self._state, self._reason = "failed", str(error)
            await self._end_process()
            raise
        self._supervisor = asyncio.create_task(self._supervise(), name="model-process")

    async def stop(self) -> None:
        """See Engine.stop."""
        self._state = "stopped"
        supervisor, self._supervisor = self._supervisor, None
        self._fail_all(EngineStopped("The model engine was stopped."))
        if supervisor is not None:
            supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await supervisor
        await self._end_process()
        self._ready = None

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta, None]:
        """See Engine.generate."""
        check_request(request)
        process = self._check_new(request)
        stream = self._streams[request.id] = asyncio.Queue()
        finished = False
        try:
            assert process.stdin is not None
            process.stdin.write(encode_frame(Ask(clean_request(request))))
            while not finished:
                item = await stream.get()
                if isinstance(item, InferenceError):
                    finished = True
                    raise item
                finished = item.finish is not None
                if request.id in self._cancelled:
                    if not finished:
                        continue
                    item = _as_cancelled(item)
                self._learn(request, item)
                yield item
        finally:
            self._streams.pop(request.id, None)
            self._cancelled.discard(request.id)
            if not finished:
                self._send_cancel(request.id)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        if request_id in self._streams:
            self._cancelled.add(request_id)
            self._send_cancel(request_id)

    def info(self) -> EngineInfo:
        """See Engine.info."""
        ready = self._ready
        return EngineInfo(
            engine="process",
            state=self._state,
            model=self._name,
            model_hash=ready.model_hash if ready else "",
            style=ready.style if ready else "chat",
            description=ready.description if ready else "",
            context=ready.context if ready else 0,
            threads=self._pulse.threads or (ready.threads if ready else 0),
            active=max(0, len(self._streams) - self._pulse.waiting),
            waiting=min(self._pulse.waiting, len(self._streams)),
            reason=self._reason,
            system=ready.system if ready else "",
            steps=self._pulse.steps,
            load=self._pulse.load,
        )

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high: the vocabulary is in the other process. Raises EngineStopped."""
        if self._ready is None:
            raise EngineStopped("The model engine is not running.")
        return self._estimate.count(text)

    # the process

    async def _launch(self) -> None:
        """Starts the process and waits until it has loaded the model. Raises InferenceError."""
        self._last_words.clear()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "agora.inference.child_main",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=CODE,  # the same code as here, wherever the server was started
        )
        assert process.stdin is not None
        assert process.stdout is not None
        listener = asyncio.create_task(self._listen(process), name="model-process-log")
        process.stdin.write(encode_frame(self._setup))
        frame = await read_frame(process.stdout, FROM_CHILD)
        if isinstance(frame, Refused):
            raise read_refusal(frame)
        if not isinstance(frame, Ready):
            await process.wait()
            await listener
            raise EngineUnusable(f"The model {self._name} could not be loaded: its process {self._describe_end()}.")
        self._ready = frame
        self._estimate.set(frame.bytes_per_token)
        self._pulse = Pulse(0, 0, 0)
        self._alive_at = self._moved_at = time.monotonic()
        self._state, self._reason = "ready", ""

    async def _supervise(self) -> None:
        """Reads what the process says, and starts it again whenever it has ended."""
        pause = 0.0
        while True:
            born = time.monotonic()
            watchdog = asyncio.create_task(self._watch())
            try:
                await self._read()
            finally:
                watchdog.cancel()
            await self._end_process()
            pause = 0.0 if time.monotonic() - born > HEALTHY_S else min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, pause * 2))
            while not await self._relaunch(pause):
                pause = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, pause * 2))

    async def _relaunch(self, pause: float) -> bool:
        """One try, after a pause in seconds; false when it failed."""
        ended = f"The model's process {self._describe_end()}" if not self._reason else self._reason
        self._state, self._reason = "starting", f"{ended.removesuffix('.')}; it is being started again."
        log.warning("%s", self._reason)
        self._fail_all(EngineStopped(f"{ended.removesuffix('.')}; ask again in a moment."))
        await asyncio.sleep(pause)
        try:
            await self._launch()
        except (InferenceError, OSError, ValueError) as error:
            self._state, self._reason = "failed", str(error)
            log.error("%s", error)
            await self._end_process()
            return False
        self.restarts += 1
        return True

    async def _read(self) -> None:
        """Frames until the process ends or says what makes no sense."""
        assert self._process is not None
        assert self._process.stdout is not None
        while True:
            try:
                frame = await read_frame(self._process.stdout, FROM_CHILD)
            except ValueError as error:
                self._reason = f"The model's process sent nonsense ({error})."
                return
            if frame is None:
                return
            self._alive_at = time.monotonic()
            if isinstance(frame, Pulse):
                if frame.steps != self._pulse.steps or not frame.active:
                    self._moved_at = self._alive_at
                self._pulse = frame
            elif isinstance(frame, Wrote):
                self._moved_at = self._alive_at
                self._deliver(frame.delta.request_id, frame.delta)
            elif isinstance(frame, Refused):
                self._deliver(frame.request_id, read_refusal(frame))

    async def _watch(self) -> None:
        """Kills a process that gives no sign of life, or makes no step although it has work."""
        patience = self._limits.watchdog_s
        while True:
            await asyncio.sleep(min(LOOK_S, patience / 4))
            now = time.monotonic()
            if now - min(self._alive_at, self._moved_at) > patience and self._process is not None:
                self._reason = f"The model's process gave no sign of life for {patience:g} s"
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                return

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Passes on what the process writes to standard error, and keeps its last words."""
        assert process.stderr is not None
        while line := await _read_line(process.stderr):
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._last_words.append(text)
                log.info("model process: %s", text)

    async def _end_process(self) -> None:
        """Lets the process end, and makes it end when it does not.

        One that closed its output is ending: killing it at once would hide how. And asyncio's kill() itself asks for the status of
        a process that is gone, before the loop's watcher does, which then knows none.
        """
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        patience = STOP_S if self._state == "stopped" else 0.0 if self._reason else ENDING_S
        try:
            async with asyncio.timeout(patience):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _describe_end(self) -> str:
        """How the process ended, in words."""
        code = self._process.returncode if self._process is not None else None
        if code is not None and code < 0:
            return f"was ended by {_name_signal(-code)}"
        words = f" ({self._last_words[-1][:200]})" if self._last_words else ""
        return f"ended with status {code}{words}"

    # requests

    def _check_new(self, request: GenerationRequest) -> asyncio.subprocess.Process:
        if self._state != "ready" or self._process is None:
            raise EngineStopped(f"The model engine is not running{': ' + self._reason if self._reason else ''}.")
        if request.id in self._streams:
            raise BadRequestToModel(f"A request named {request.id} is running already.")
        if len(self._streams) >= self._setup.settings.waiting + self._setup.settings.sequences:
            raise QueueFull("Too many requests wait for the model; try again in a moment.")
        return self._process

    def _deliver(self, request_id: str, item: Item) -> None:
        stream = self._streams.get(request_id)
        if stream is not None:
            stream.put_nowait(item)

    def _fail_all(self, error: InferenceError) -> None:
        for stream in self._streams.values():
            stream.put_nowait(error)
        self._pulse = Pulse(0, 0, self._pulse.steps)

    def _send_cancel(self, request_id: str) -> None:
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(encode_frame(Cancel(request_id)))

    def _learn(self, request: GenerationRequest, delta: Delta) -> None:
        if delta.receipt is not None:
            texts = [*(part.text for part in request.prompt), *(one.content for one in request.messages)]
            self._estimate.learn(sum(len(text.encode("utf-8", "replace")) for text in texts), delta.receipt.prompt_tokens)


def _as_cancelled(delta: Delta) -> Delta:
    """The last delta of a request that was cancelled while its end was on its way."""
    assert delta.receipt is not None
    receipt = msgspec.structs.replace(delta.receipt, finish="cancelled")
    return msgspec.structs.replace(delta, text="", finish="cancelled", receipt=receipt)


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """The next line, or the part of a line too long to be held; empty at the end."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await reader.readexactly(error.consumed)


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
