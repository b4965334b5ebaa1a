"""What a supervised model process and its supervisor say to each other: msgpack frames, each after its length in four bytes."""

import asyncio
import struct
from typing import Any

import msgspec

from agora.inference import errors
from agora.inference.adapters import Adapter
from agora.inference.errors import GenerationFailed, InferenceError
from agora.inference.layout import Style
from agora.inference.ports import Delta, EngineLoad, GenerationRequest
from agora.inference.settings import InferenceSettings

LONGEST = 256 << 20


class ChildLimits(msgspec.Struct, frozen=True):
    """What a model process may use; 0 for no limit. `memory_mib` counts what it writes to, not the mapped model file."""

    memory_mib: int = 0
    cores: int = 0
    watchdog_s: float = 60.0


class Setup(msgspec.Struct, frozen=True, tag="setup"):
    """To the child, first: what to load and how."""

    settings: InferenceSettings
    cache: str
    limits: ChildLimits
    adapters: tuple[Adapter, ...] = ()
    name: str = ""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """To the child: write this."""

    request: GenerationRequest


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """To the child: do not go on with this."""

    request_id: str


class Ready(msgspec.Struct, frozen=True, tag="ready", kw_only=True):
    """To the supervisor: the model is loaded."""

    model_hash: str
    description: str
    style: Style
    context: int
    threads: int
    system: str
    bytes_per_token: float


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """To the supervisor: an error; of the load when `request_id` is empty."""

    request_id: str
    kind: str
    message: str


class Wrote(msgspec.Struct, frozen=True, tag="wrote"):
    """To the supervisor: a piece of an answer."""

    delta: Delta


class Pulse(msgspec.Struct, frozen=True, tag="pulse"):
    """To the supervisor, every second: it lives; so many requests are in it, so many steps were made; how it stands."""

    active: int
    waiting: int
    steps: int
    threads: int = 0
    load: EngineLoad = EngineLoad()


ToChild = Setup | Ask | Cancel
FromChild = Ready | Refused | Wrote | Pulse
TO_CHILD, FROM_CHILD = msgspec.msgpack.Decoder(ToChild), msgspec.msgpack.Decoder(FromChild)
_ENCODER = msgspec.msgpack.Encoder()
_LENGTH = struct.Struct("<I")


def encode_frame(value: Any) -> bytes:
    """A frame."""
    body = _ENCODER.encode(value)
    return _LENGTH.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader, decoder: Any) -> Any:
    """The next frame's value; None at the end of the stream. Raises ValueError for what is no frame."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > LONGEST:
            raise ValueError("a frame without end")
        return decoder.decode(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except msgspec.DecodeError as error:
        raise ValueError(f"no frame: {error}") from error


def build_refusal(request_id: str, error: InferenceError) -> Refused:
    """An error as it travels."""
    return Refused(request_id, type(error).__name__, error.message)


def read_refusal(refused: Refused) -> InferenceError:
    """The error again, of its own class."""
    kind: object = getattr(errors, refused.kind, None)
    if isinstance(kind, type) and issubclass(kind, InferenceError):
        return kind(refused.message)
    return GenerationFailed(refused.message)


def clean_request(request: GenerationRequest) -> GenerationRequest:
    """The request in valid UTF-8: halves of surrogate pairs, which no frame can hold, become question marks."""
    replace = msgspec.structs.replace
    return replace(
        request,
        prompt=tuple(replace(part, text=_clean(part.text)) for part in request.prompt),
        messages=tuple(replace(one, content=_clean(one.content)) for one in request.messages),
        stop=tuple(_clean(stop) for stop in request.stop),
        grammar=None if request.grammar is None else _clean(request.grammar),
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
