"""Servers of models for tests: a real one of our own over the tiny model, and ones that misbehave on purpose."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from agora.inference.ports import Engine
from agora.inference.remote_address import read_address
from agora.inference.remote_peer import PeerLimits
from agora.inference.remote_pool import Remotes
from tests.kit.server import Kit, open_kit

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LIMITS = PeerLimits(parallel=4, context=2048, silence_s=60.0)


@contextlib.asynccontextmanager
async def open_agora(folder: Path, model: Path) -> AsyncIterator[tuple[Kit, str]]:
    """Agora itself as somebody's server of models; gives the kit and the address with a key."""
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "tiny.gguf").hardlink_to(model)
    flags = {
        "inference.engine": "llama",
        "inference.model": "tiny",
        "inference.context": 4096,
        "inference.threads": 1,
        "inference.exact": True,
        "inference.try_models": False,
    }
    async with open_kit(folder, flags=flags) as kit:
        key = (await kit.person("asker")).token
        async with asyncio.timeout(60):
            while kit.app.get(Engine).info().state != "ready":
                await asyncio.sleep(0.01)
        yield kit, kit.url.replace("http://", f"http://{key}@")


@contextlib.contextmanager
def run_agora(folder: Path, model: Path) -> Iterator[str]:
    """The same in a thread with a loop of its own, so that one server can serve many tests; gives the address with a key."""
    ready: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        ended = asyncio.Event()
        async with open_agora(folder, model) as (_, url):
            ready.set_result((url, asyncio.get_running_loop(), ended))
            await ended.wait()

    with ThreadPoolExecutor(1, "peer") as pool:
        serving = pool.submit(asyncio.run, serve())
        serving.add_done_callback(lambda done: None if ready.done() else ready.set_exception(done.exception()))
        url, loop, ended = ready.result(120)
        try:
            yield url
        finally:
            loop.call_soon_threadsafe(ended.set)
            serving.result(60)


@contextlib.asynccontextmanager
async def open_remotes(*entries: str, limits: PeerLimits = LIMITS, waiting: int = 512) -> AsyncIterator[Remotes]:
    """The servers of these entries, looked at once."""
    remotes = Remotes([read_address(entry) for entry in entries], limits, waiting=waiting)
    await remotes.start()
    try:
        yield remotes
    finally:
        await remotes.stop()


@contextlib.asynccontextmanager
async def open_odd_server(serve: Serve) -> AsyncIterator[str]:
    """A server that does with each connection what it likes; gives its address."""
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            handlers.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Path and body of one HTTP request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next((int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")), 0)
    return head.split(" ")[1], await reader.readexactly(length) if length else b""


def http(status: int, body: bytes, headers: str = "") -> bytes:
    """A whole answer; the connection ends after it."""
    return f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n".encode() + body


def offers(answer: bytes | Serve, *, models: bytes = b'{"data": [{"id": "m"}]}') -> Serve:
    """Speaks OpenAI's shape, offers the model m and answers every POST with these bytes, or lets `answer` do it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path, _ = await read_request(reader)
        if path.endswith("/v1/models"):
            writer.write(http(200, models))
        elif "/api/" in path:
            writer.write(http(404, b"{}"))
        elif isinstance(answer, bytes):
            writer.write(answer)
        else:
            await answer(reader, writer)
        await writer.drain()

    return serve


def events(*parts: str, end: str = "stop", done: bool = True) -> bytes:
    """A streamed answer of these pieces; without `done` it breaks off in the middle."""
    lines = [f'data: {{"choices": [{{"text": "{part}", "delta": {{"content": "{part}"}}}}]}}' for part in parts]
    if done:
        lines += [f'data: {{"choices": [{{"text": "", "finish_reason": "{end}"}}]}}', "data: [DONE]"]
    body = "".join(f"{line}\n\n" for line in lines)
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{body}".encode()
