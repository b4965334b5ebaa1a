"""`llama_cpp.server`, the web server that comes with llama-cpp-python, as a contender: a child process, asked over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec
import psutil

from agora.domains.operations.bench.drive import Written
from agora.domains.operations.bench.room import Plan, count_tokens

NEEDED = ("starlette", "fastapi", "uvicorn", "sse_starlette", "starlette_context", "pydantic_settings")
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[bench]'"
START_SECONDS = 300
_REMAINING = re.compile(r"remaining (\d+) prompt tokens to eval")


def find_missing() -> str:
    """Why the server cannot run here; empty when it can."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return f"it needs {', '.join(missing)}; in the checkout run: {INSTALL}" if missing else ""


class _Choice(msgspec.Struct):
    text: str = ""


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []


class LlamaCppServer:
    """All agents ask at once; the server takes one after the other. The prompt has the history first, its best case."""

    persona_first = False

    def __init__(self, model: Path, plan: Plan) -> None:
        self._model, self._plan = model, plan
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._reader: asyncio.Task[None] | None = None
        self._remaining: int | None = None
        self._said: list[str] = []
        self._url = ""
        self._peak = 0
        self._asked = 0

    async def open(self) -> None:
        port = _find_free_port()
        self._url = f"http://127.0.0.1:{port}/v1"
        options = {
            "model": self._model,
            "n_ctx": self._plan.longest,
            "n_threads": self._plan.threads,
            "n_threads_batch": self._plan.threads,
            "host": "127.0.0.1",
            "port": port,
            "interrupt_requests": "false",  # else every request ends the one before it
            "verbose": "true",  # its log is the only place that says how much of a prompt was evaluated
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        environment = os.environ | {"OMP_WAIT_POLICY": "passive", "PYTHONUNBUFFERED": "1"}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "llama_cpp.server",
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        self._reader = asyncio.create_task(self._read_log())
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        await self._await_start()

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        if self._session is None:
            raise RuntimeError("the contender is not open")
        prompt = "".join(build())
        self._asked += 1
        body = {"prompt": prompt, "max_tokens": self._plan.reply, "seed": self._asked, "temperature": 0.8, "stream": True}
        body |= {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0}
        first_at, evaluated, parts = 0.0, None, list[str]()
        async with self._session.post(f"{self._url}/completions", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                if not first_at:
                    first_at, evaluated = time.monotonic(), self._remaining
                chunk = msgspec.json.decode(line[6:], type=_Chunk)
                parts += [choice.text for choice in chunk.choices if choice.text]
        self._note_memory()
        return Written(
            text="".join(parts),
            first_at=first_at,
            prompt_tokens=count_tokens(prompt),
            evaluated=evaluated,
            generated=count_tokens("".join(parts)),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 10)
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
        if self._reader is not None:
            await self._reader

    def measure_memory(self) -> int:
        return self._peak

    def measure_cpu(self) -> float:
        if self._process is None:
            return 0.0
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def _note_memory(self) -> None:
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                self._peak = max(self._peak, psutil.Process(self._process.pid).memory_info().rss)

    async def _await_start(self) -> None:
        """Raises RuntimeError with the server's own last words."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process is not None and self._process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                assert self._session is not None
                async with self._session.get(f"{self._url}/models") as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.1)
        raise RuntimeError("llama_cpp.server did not start: " + " / ".join(self._said[-5:]))

    async def _read_log(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            text = line.decode("utf-8", "replace").strip()
            self._said = [*self._said[-19:], text]
            if found := _REMAINING.search(text):
                self._remaining = int(found.group(1))


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
