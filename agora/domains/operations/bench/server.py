"""`llama_cpp.server`, the web server that comes with llama-cpp-python, as a contender: a child process, asked over HTTP."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from agora.domains.operations.bench.drive import Written
from agora.domains.operations.bench.room import Plan, count_tokens
from agora.domains.operations.bench.web_child import WebChild

NEEDED = ("starlette", "fastapi", "uvicorn", "sse_starlette", "starlette_context", "pydantic_settings")
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[bench]'"
_REMAINING = re.compile(r"remaining (\d+) prompt tokens to eval")


def find_missing() -> str:
    """Why the server cannot run here; empty when it can."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return f"it needs {', '.join(missing)}; in the checkout run: {INSTALL}" if missing else ""


class _Choice(msgspec.Struct):
    text: str = ""


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []


class LlamaCppServer(WebChild):
    """All agents ask at once; the server takes one after the other. The prompt has the history first, its best case."""

    persona_first = False

    def __init__(self, model: Path, plan: Plan) -> None:
        super().__init__("llama_cpp.server", "/v1/models")
        self._model, self._plan = model, plan
        self._remaining: int | None = None
        self._asked = 0

    async def open(self) -> None:
        options = {
            "model": self._model,
            "n_ctx": self._plan.longest,
            "n_threads": self._plan.threads,
            "n_threads_batch": self._plan.threads,
            "host": "127.0.0.1",
            "port": self.port,
            "interrupt_requests": "false",  # else every request ends the one before it
            "verbose": "true",  # its log is the only place that says how much of a prompt was evaluated
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        await self.start([sys.executable, "-m", "llama_cpp.server", *words], {"PYTHONUNBUFFERED": "1"})

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        prompt = "".join(build())
        self._asked += 1
        body = {"prompt": prompt, "max_tokens": self._plan.reply, "seed": self._asked, "temperature": 0.8, "stream": True}
        body |= {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0}
        first_at, evaluated, parts = 0.0, None, list[str]()
        async with self.session.post(f"{self.url}/v1/completions", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                if not first_at:
                    first_at, evaluated = time.monotonic(), self._remaining
                chunk = msgspec.json.decode(line[6:], type=_Chunk)
                parts += [choice.text for choice in chunk.choices if choice.text]
        self.note_memory()
        return Written(
            text="".join(parts),
            first_at=first_at,
            prompt_tokens=count_tokens(prompt),
            evaluated=evaluated,
            generated=count_tokens("".join(parts)),
        )

    def hear(self, line: str) -> None:
        if found := _REMAINING.search(line):
            self._remaining = int(found.group(1))
