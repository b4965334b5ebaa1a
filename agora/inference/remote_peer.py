"""One server of models on this machine or in the home network: whether it is well, what it offers, and one answer from it."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal

import aiohttp
import msgspec

from agora.inference.errors import BadRequestToModel
from agora.inference.ports import GenerationRequest
from agora.inference.remote_address import Address
from agora.inference.remote_shapes import (
    Chunk,
    Nonsense,
    RemoteModel,
    Said,
    build_ollama,
    build_openai,
    read_error_body,
    read_ollama_line,
    read_ollama_models,
    read_ollama_show,
    read_openai_line,
    read_openai_models,
)
from agora.kernel.egress import EgressRefused

log = logging.getLogger(__name__)
CONNECT_S = 5.0
PROBE_S = 10.0
AFTER_END_S = 2.0
"""How long the counts, which come after the last word, are waited for."""
LONGEST_LINE = 1 << 20
LONGEST_ERROR = 64 << 10
LONGEST_LIST = 8 << 20


class PeerDown(Exception):
    """The server cannot be used now; the text says why."""


class PeerBusy(Exception):
    """The server asks for patience."""

    def __init__(self, seconds: float) -> None:
        super().__init__("it is busy")
        self.seconds = seconds


class PeerLacks(Exception):
    """The server has no such model any more."""


class PeerLimits(msgspec.Struct, frozen=True):
    """`parallel` answers at a time, `context` tokens to ask room for, at most `silence_s` between two signs of life."""

    parallel: int = 4
    context: int = 4096
    silence_s: float = 60.0


class Peer:
    """A server. All methods are for the event loop's thread."""

    def __init__(self, address: Address, limits: PeerLimits, session: aiohttp.ClientSession) -> None:
        self.address, self._limits, self._session = address, limits, session
        self.kind: Literal["openai", "ollama"] | None = None if address.kind == "auto" else address.kind
        self.state: Literal["unknown", "ready", "down"] = "unknown"
        self.reason = ""
        self.models: dict[str, RemoteModel] = {}
        self.taken = 0
        """Answers being written."""
        self.rests_until = 0.0
        """On the monotonic clock: it has asked for patience until then."""

    @property
    def name(self) -> str:
        """Host and port."""
        return self.address.name

    def has_seat(self, now: float) -> bool:
        """Whether another answer may begin (`now` on the monotonic clock)."""
        return self.taken < self._limits.parallel and now >= self.rests_until

    async def look(self) -> None:
        """Ask what it speaks and offers; afterwards `state` is ready or down. Never raises because of the server."""
        try:
            async with asyncio.timeout(PROBE_S):
                if self.kind is None:
                    self.kind = "ollama" if await self._speaks_ollama() else "openai"
                ollama = self.kind == "ollama"
                status, data = await self._get("/api/tags" if ollama else "/v1/models")
            if status != 200:
                raise _read_refusal(status, data)
            models = read_ollama_models(data) if ollama else read_openai_models(data)
        except (PeerDown, PeerBusy, PeerLacks, BadRequestToModel, Nonsense, aiohttp.ClientError, OSError) as error:
            self.fail(describe_failure(error))
            if self.address.kind == "auto":
                self.kind = None  # perhaps something else listens there next time
            return
        except Exception as error:  # whatever a server sends, the others are looked at
            log.exception("the server %s could not be looked at", self.name)
            self.fail(f"it could not be looked at ({error})")
            return
        self.models = {model.name: model for model in models}
        self.state, self.reason = "ready", ""

    async def describe(self, name: str) -> RemoteModel:
        """A model with all that the server tells of it. Raises PeerDown."""
        model = self.models[name]
        if self.kind != "ollama":
            return model
        try:
            async with asyncio.timeout(PROBE_S), self._open("/api/show", {"model": name}) as response:
                self.models[name] = read_ollama_show(await _read_at_most(response, LONGEST_LIST), model)
        except (PeerBusy, PeerLacks, BadRequestToModel, Nonsense, aiohttp.ClientError, OSError) as error:
            raise PeerDown(describe_failure(error)) from error
        return self.models[name]

    def fail(self, reason: str) -> None:
        """It did not work: nothing is asked of it until it is seen to be well again."""
        self.state, self.reason = "down", reason

    async def write(self, request: GenerationRequest, model: str, seed: int) -> AsyncGenerator[Chunk, None]:
        """One answer. Raises PeerDown, PeerBusy, PeerLacks, or BadRequestToModel; closing it hangs up."""
        ollama = self.kind == "ollama"
        path, body = build_ollama(request, model, seed, self._limits.context) if ollama else build_openai(request, model, seed)
        read = read_ollama_line if ollama else read_openai_line
        ended = False
        try:
            async with self._open(path, body) as response:
                async for line in _read_lines(response):
                    chunk = read(line)
                    if chunk is None:
                        continue
                    yield chunk
                    if chunk.done:
                        return
                    ended = ended or chunk.finish is not None
        except (Nonsense, Said, aiohttp.ClientError, OSError) as error:
            if ended:
                return  # the text is whole; only its counts are missing
            raise PeerDown(describe_failure(error)) from error
        if not ended:
            raise PeerDown("it closed the connection in the middle of an answer")

    @contextlib.asynccontextmanager
    async def _open(self, path: str, body: object) -> AsyncIterator[aiohttp.ClientResponse]:
        data = msgspec.json.encode(body)
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=self._limits.silence_s)
        headers = self._headers() | {"Content-Type": "application/json"}
        async with self._session.post(
            self.address.url + path, data=data, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            if response.status != 200:
                async with asyncio.timeout(PROBE_S):
                    said = await _read_at_most(response, LONGEST_ERROR)
                raise _read_refusal(response.status, said, response.headers.get("Retry-After", ""))
            yield response

    async def _speaks_ollama(self) -> bool:
        status, data = await self._get("/api/version")
        if status != 200:
            return False
        try:
            return isinstance(msgspec.json.decode(data).get("version"), str)
        except (msgspec.DecodeError, AttributeError):
            return False

    async def _get(self, path: str) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=PROBE_S, connect=CONNECT_S)
        async with self._session.get(
            self.address.url + path, headers=self._headers(), timeout=timeout, allow_redirects=False
        ) as response:
            return response.status, await _read_at_most(response, LONGEST_LIST)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.address.key}"} if self.address.key else {}


def describe_failure(error: BaseException) -> str:
    """Why a server could not be asked, in words."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, EgressRefused):
            return str(seen.strerror)
        seen = getattr(seen, "os_error", None) or seen.__cause__
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno or 0
        return f"nobody answers there ({os.strerror(number)})" if number > 0 else "nobody answers there"
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError | ConnectionError):
        return "it closed the connection in the middle of an answer"
    if isinstance(error, BadRequestToModel):
        return error.message
    if isinstance(error, Said):
        return f"it reports: {error}"
    return str(error) or type(error).__name__


def _read_refusal(status: int, data: bytes, retry_after: str = "") -> Exception:
    """What a status other than 200 means."""
    said = read_error_body(data)
    if status == 429 or (status == 503 and retry_after):
        return PeerBusy(_read_seconds(retry_after))
    if status in (401, 403):
        return PeerDown("it refuses the key; write the key into its address, as in http://KEY@host:port")
    if status == 404:
        return PeerLacks(said or "it has no such model")
    if status in (400, 413, 422):
        return BadRequestToModel(said or f"The server refuses the request (status {status}).")
    return PeerDown(f"it answers with status {status}{f': {said}' if said else ''}")


def _read_seconds(text: str) -> float:
    try:
        return min(60.0, max(0.05, float(text)))
    except ValueError:
        return 1.0


async def _read_at_most(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body. Raises Nonsense when it is longer."""
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > most:
            raise Nonsense(f"it sent more than {most} bytes")
    return b"".join(parts)


async def _read_lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Lines without their ends. Raises Nonsense for one that does not end."""
    held = b""
    async for part in response.content.iter_any():
        *lines, held = (held + part).split(b"\n")
        if len(held) > LONGEST_LINE:
            raise Nonsense("it sent a line without end")
        for line in lines:
            yield line.strip()
    if held.strip():
        yield held.strip()
