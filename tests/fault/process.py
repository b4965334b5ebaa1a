"""A server in a process of its own, so that it can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 60.0


def environment(**extra: str) -> dict[str, str]:
    """The environment of a test server: no rate limits, the fake model."""
    return {**os.environ, "AGORA_SECURITY__RATE_LIMITS": "false", "AGORA_INFERENCE__ENGINE": "fake", **extra}


async def command(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run ``agora …``; exit status, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agora",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=env or environment(),
    )
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


class ServerProcess:
    """``agora serve`` on a data folder. ``port`` is kept over restarts, as a client would find it."""

    def __init__(self, data: Path, port: int, *arguments: str, env: dict[str, str] | None = None, demo: bool = False) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._arguments = arguments if demo else ("--no-demo", *arguments)
        self._env = env or environment()
        self._process: asyncio.subprocess.Process | None = None
        self.log = data.parent / f"{data.name}.log"

    async def start(self) -> float:
        """Start and wait until it says that it is ready; returns the seconds that took."""
        began = asyncio.get_running_loop().time()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "agora",
                "serve",
                "--data",
                str(self.data),
                "--port",
                str(self.port),
                *self._arguments,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=self._env,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_LIMIT_S):
            while line := await self._process.stdout.readline():
                if line.startswith(b"Agora is ready at"):
                    return asyncio.get_running_loop().time() - began
        raise AssertionError(f"the server ended while starting:\n{self.log.read_text()[-3000:]}")

    async def kill(self) -> None:
        """SIGKILL: no handler, no flush, no goodbye."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await self._process.wait()

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid


def free_port() -> int:
    """A port nobody listens on now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def make_owner(data: Path, name: str = "owner") -> str:
    """An owner account made on the command line; returns a token."""
    status, _, err = await command("user", "add", name, "--password-stdin", "--owner", "--data", str(data), stdin="correct horse\n")
    assert status == 0, err
    status, out, err = await command("user", "token", name, "--data", str(data))
    assert status == 0, err
    return out.strip()
