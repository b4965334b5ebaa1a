"""A contender that is a web server in a child process: started, asked over HTTP, measured from outside, ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Mapping, Sequence

import aiohttp
import psutil

START_SECONDS = 300


class WebChild:
    """One server. It is ready when the page at `ready` answers; its log is read line by line."""

    def __init__(self, name: str, ready: str) -> None:
        """`name` for what is said about it, `ready`: a path."""
        self._name, self._ready = name, ready
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._reader: asyncio.Task[None] | None = None
        self._said: list[str] = []
        self._peak = 0
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def session(self) -> aiohttp.ClientSession:
        """For requests. Raises RuntimeError before `start`."""
        if self._session is None:
            raise RuntimeError("the contender is not open")
        return self._session

    async def start(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Runs the command; returns when it answers. Raises RuntimeError with its own last words."""
        self._process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "OMP_WAIT_POLICY": "passive", **environment},
        )
        self._reader = asyncio.create_task(self._read_log())
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.get(f"{self.url}{self._ready}") as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.1)
        await self.close()  # its log is read to the end then
        raise RuntimeError(f"{self._name} did not start: " + " / ".join(self._said[-5:]))

    async def close(self) -> None:
        """Ends the server, by force if it will not."""
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

    def hear(self, line: str) -> None:
        """A line of the server's log."""

    def note_memory(self) -> None:
        """Looks at how much memory the server has now."""
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                self._peak = max(self._peak, psutil.Process(self._process.pid).memory_info().rss)

    def measure_memory(self) -> int:
        """The most memory that was seen, in bytes."""
        return self._peak

    def measure_cpu(self) -> float:
        """The server's processor time so far, in seconds."""
        if self._process is None:
            return 0.0
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    async def _read_log(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            text = line.decode("utf-8", "replace").strip()
            self._said = [*self._said[-19:], text]
            self.hear(text)


def find_free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
