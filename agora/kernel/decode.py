"""From a request's bytes to the route's Structs, with Discord's errors for what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import BodyPartReader, web

from agora.kernel import ids
from agora.kernel.errors import BadRequest, NotFound, TooLarge, invalid
from agora.kernel.http import Route

MAX_FIELDS = 200
_PATH = re.compile(r"\$\.?([^\s`]*)")
_AT = re.compile(r" - at `(?:key in )?(\$[^`]*)`$")


def path_values(route: Route, match: Mapping[str, str]) -> dict[str, int | str]:
    """The path's parameters; those named ``…_id`` as ints."""
    values: dict[str, int | str] = {}
    for name, text in match.items():
        if not name.endswith("_id"):
            values[name] = text
            continue
        value = ids.parse(text)
        if value is None:
            if route.html:
                raise NotFound("There is nothing at this address.")
            raise invalid(name, f'Value "{text[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
        values[name] = value
    return values


class Decoders:
    """One decoder per body type, made once."""

    def __init__(self) -> None:
        self._json: dict[Any, msgspec.json.Decoder[Any]] = {}

    async def body(self, route: Route, request: web.BaseRequest) -> Any:
        """The checked body, or None when the route takes none."""
        return None if route.body is None else await self.read(route.body, request, route.max_body)

    def query(self, route: Route, request: web.BaseRequest) -> Any:
        """The checked query string, or None when the route takes none."""
        return None if route.query is None else self.form(route.query, dict(request.query))

    async def read(self, kind: Any, request: web.BaseRequest, limit: int) -> Any:
        """The body as this type: JSON, a web form, or the JSON of Discord's multipart form. ``limit`` is in bytes."""
        if (request.content_length or 0) > limit:
            raise TooLarge(f"The request is larger than {limit} bytes: send less.")
        if request.content_type == "application/x-www-form-urlencoded":
            return self.form(kind, await read_fields(request, limit))
        if request.content_type == "multipart/form-data":
            return self.json(kind, await _payload_json(request, limit))
        return self.json(kind, await _read(request, limit))

    def json(self, kind: Any, raw: bytes) -> Any:
        """JSON as this type; nothing at all is an empty object. Raises 50035 naming the field, or 50109."""
        decoder = self._json.get(kind)
        if decoder is None:
            decoder = self._json[kind] = msgspec.json.Decoder(kind)
        try:
            return decoder.decode(raw or b"{}")
        except msgspec.ValidationError as error:
            raise _field_error(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRequest(f"The request body contains invalid JSON: {error}", code=50109) from None

    def form(self, kind: Any, fields: dict[str, Any]) -> Any:
        """Fields of text as this type."""
        try:
            return msgspec.convert(fields, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _field_error(error) from None


DECODERS = Decoders()
"""For handlers that read their body themselves (``Route.raw``)."""


async def read_fields(request: web.BaseRequest, limit: int) -> dict[str, str]:
    """The fields of a web form, as browsers send it; a form of any other type has none. Raises 413, or 50109 for broken text."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    raw = await _read(request, limit)
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError as error:  # UnicodeDecodeError is one
        raise BadRequest(f"The form cannot be read: {error}", code=50109) from None


async def _read(request: web.BaseRequest, limit: int) -> bytes:
    """The whole body, whatever Content-Length claims."""
    raw = await request.content.read(limit + 1) if request.can_read_body else b""
    if not request.content.at_eof():
        parts = [raw]
        size = len(raw)
        async for part in request.content.iter_any():
            size += len(part)
            if size > limit:
                raise TooLarge(f"The request is larger than {limit} bytes: send less.")
            parts.append(part)
        raw = b"".join(parts)
    if len(raw) > limit:
        raise TooLarge(f"The request is larger than {limit} bytes: send less.")
    return raw


async def _payload_json(request: web.BaseRequest, limit: int) -> bytes:
    """Discord's multipart form: the JSON is in the part ``payload_json``."""
    try:
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.name == "payload_json":
                raw = bytes(await part.read(decode=True))
                if len(raw) > limit:
                    raise TooLarge(f"The request is larger than {limit} bytes: send less.")
                return raw
            raise invalid("files", "This server does not take attachments here: send JSON, or put payload_json first.")
    except ValueError as error:
        raise BadRequest(f"The multipart body cannot be read: {error}", code=50109) from None
    return b"{}"


def _field_error(error: msgspec.ValidationError) -> BadRequest:
    text = str(error)
    found = _AT.search(text)
    where = _PATH.match(found.group(1)) if found else None
    path = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", where.group(1)) if where else ""
    sentence = _AT.sub("", text)
    missing = re.match(r"Object missing required field `(.+)`", sentence)
    if missing:
        path = f"{path}.{missing.group(1)}" if path else missing.group(1)
        return invalid(path, "This field is required", "BASE_TYPE_REQUIRED")
    return invalid(path or "body", sentence)
