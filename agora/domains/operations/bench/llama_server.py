"""llama.cpp's own `llama-server` with four slots, as a contender: a child process, asked over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from agora.domains.operations.bench.drive import Written
from agora.domains.operations.bench.peers import find_server
from agora.domains.operations.bench.room import Plan, count_tokens
from agora.domains.operations.bench.web_child import WebChild

SLOTS = 4
BUILD = "agora bench build-peers --server"


def find_missing() -> str:
    """Why the server cannot run here; empty when it can."""
    return "" if find_server() else f"it has to be compiled first: {BUILD}"


class _Timings(msgspec.Struct):
    prompt_n: int = 0
    predicted_n: int = 0


class _Chunk(msgspec.Struct):
    content: str = ""
    timings: _Timings | None = None


class LlamaServer(WebChild):
    """All agents ask at once; the server gives each request the slot that remembers most of its beginning. The prompt has the
    history first, its best case."""

    persona_first = False

    def __init__(self, model: Path, plan: Plan) -> None:
        super().__init__("llama-server", "/health")
        self._model, self._plan = model, plan
        self._asked = 0

    async def open(self) -> None:
        program = find_server()
        if program is None:
            raise RuntimeError(find_missing())
        threads = str(self._plan.threads)
        words = [str(program), "--model", str(self._model), "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--ctx-size", str(SLOTS * self._plan.longest), "--parallel", str(SLOTS), "--threads", threads]
        words += ["--threads-batch", threads, "--no-webui", "--offline"]
        await self.start(words, {})

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        prompt = "".join(build())
        self._asked += 1
        body = {"prompt": prompt, "n_predict": self._plan.reply, "seed": self._asked, "temperature": 0.8, "stream": True}
        body |= {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0, "cache_prompt": True}
        first_at, timings, parts = 0.0, _Timings(), list[str]()
        async with self.session.post(f"{self.url}/completion", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                first_at = first_at or time.monotonic()
                chunk = msgspec.json.decode(line[6:], type=_Chunk)
                parts.append(chunk.content)
                timings = chunk.timings or timings
        self.note_memory()
        return Written(
            text="".join(parts),
            first_at=first_at,
            prompt_tokens=count_tokens(prompt),
            evaluated=timings.prompt_n,
            generated=timings.predicted_n,
        )
