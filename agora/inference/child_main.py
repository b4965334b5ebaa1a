"""Run as `python -m agora.inference.child_main`: a model and its engine in a process of their own, served over standard input.

Only `child.ChildEngine` starts it. It ends when its input ends, so it never outlives the server.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO

from agora.inference.child_wire import (
    TO_CHILD,
    Ask,
    Cancel,
    ChildLimits,
    Pulse,
    Ready,
    Setup,
    Wrote,
    build_refusal,
    encode_frame,
    read_frame,
)
from agora.inference.errors import GenerationFailed, InferenceError
from agora.inference.ports import Engine, GenerationRequest
from agora.inference.registry import ModelRegistry
from agora.inference.start import build_engine
from agora.kernel.egress import guard
from agora.kernel.settings import Network

PULSE_S = 1.0
STOP_S = 8.0
SAMPLE = (
    "The library closes at six, so we could meet on the bridge and walk along the river before dinner. "
    "La bibliothèque ferme à dix-huit heures : retrouvons-nous sur le pont, puis marchons le long du fleuve. "
)
"""Both languages of the product; by it the supervisor learns how many bytes a token has."""


class Child:
    """The engine's side of the conversation."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Loads the model and answers until the input ends."""
        setup = await read_frame(reader, TO_CHILD)
        if not isinstance(setup, Setup):
            return
        apply_limits(setup.limits)
        cache = Path(setup.cache)
        try:
            engine = build_engine(setup.settings, ModelRegistry([], cache, cache), cache, setup.adapters, name=setup.name)
            await engine.start()
        except InferenceError as error:
            self._send(build_refusal("", error))
            return
        info = engine.info()
        self._send(
            Ready(
                model_hash=info.model_hash,
                description=info.description,
                style=info.style,
                context=info.context,
                threads=info.threads,
                system=info.system,
                bytes_per_token=len(SAMPLE.encode()) / max(1, engine.count_tokens(SAMPLE)),
            )
        )
        pulse = asyncio.create_task(self._pulse(engine))
        while (frame := await read_frame(reader, TO_CHILD)) is not None:
            if isinstance(frame, Ask):
                self._begin(engine, frame.request)
            elif isinstance(frame, Cancel):
                engine.cancel(frame.request_id)
        pulse.cancel()
        asyncio.get_running_loop().call_later(STOP_S, os._exit, 1)  # an engine that hangs is not waited for
        await engine.stop()

    def _begin(self, engine: Engine, request: GenerationRequest) -> None:
        task = self._tasks[request.id] = asyncio.create_task(self._write(engine, request))
        task.add_done_callback(lambda _: self._tasks.pop(request.id, None))

    async def _write(self, engine: Engine, request: GenerationRequest) -> None:
        try:
            async for delta in engine.generate(request):
                self._send(Wrote(delta))
        except InferenceError as error:
            self._send(build_refusal(request.id, error))
        except Exception as error:
            logging.getLogger(__name__).exception("a request failed")
            self._send(build_refusal(request.id, GenerationFailed(f"The model engine failed on this text: {error}")))

    async def _pulse(self, engine: Engine) -> None:
        while True:
            info = engine.info()
            self._send(Pulse(info.active, info.waiting, info.steps, info.threads, info.load))
            await asyncio.sleep(PULSE_S)

    def _send(self, value: object) -> None:
        """Blocks when the supervisor does not read; then there is nothing better to do than to wait for it."""
        self._out.write(encode_frame(value))
        self._out.flush()


def apply_limits(limits: ChildLimits) -> None:
    """Holds this process to its memory and cores, where the system can."""
    if limits.memory_mib and sys.platform == "linux":
        import resource

        # Counts the heap and everything written to, also what llama.cpp maps for itself, but not the read-only model file.
        size = limits.memory_mib << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    if limits.cores and hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[-limits.cores :])


async def run() -> None:
    """Until the input ends."""
    # Libraries print to standard output now and then; the frames go to a copy of it that nobody else knows.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    reader = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await Child(out).serve(reader)


def main() -> None:
    """The process."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    guard(Network())  # a model has no business outside this machine
    asyncio.run(run())


if __name__ == "__main__":
    main()
