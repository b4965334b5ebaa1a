"""``/api/agora/admin/…``: what the owner sees of machine and settings."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from agora.domains.operations.admin.overview import Overview, build_overview
from agora.kernel.access import OWNER
from agora.kernel.config import Config
from agora.kernel.http import Request, Route

_KEY = re.compile(r"(://)[^/@\s]+@")


class Setting(msgspec.Struct, frozen=True):
    """One key of ``agora.toml``; ``origin`` is flag, environment, file or default."""

    section: str
    key: str
    value: Any
    default: Any
    origin: str


class Settings(msgspec.Struct, frozen=True):
    """All settings."""

    items: list[Setting]


async def get_overview(request: Request) -> Overview:
    """Measured now."""
    return await build_overview(request.ctx.app)


async def get_settings(request: Request) -> Settings:
    """As this process read them at its start; what stands before the @ of an address is nobody's to read."""
    settings = list_settings(request.ctx.app.config)
    return Settings([msgspec.structs.replace(one, value=hide_keys(one.value)) for one in settings])


def hide_keys(value: Any) -> Any:
    """A setting's value without the keys in its addresses: ``http://…@host``."""
    if isinstance(value, list | tuple):
        return [hide_keys(part) for part in value]
    return _KEY.sub(r"\1…@", value) if isinstance(value, str) else value


def list_settings(config: Config) -> list[Setting]:
    """Every key with its value and where it came from, in the order of the sections."""
    return [
        Setting(
            value.key.section,
            value.key.name,
            msgspec.to_builtins(value.value),
            msgspec.to_builtins(value.key.default),
            value.origin,
        )
        for value in config.values.values()
    ]


ROUTES = (
    Route(
        method="GET",
        path="/api/agora/admin/system",
        handler=get_overview,
        summary="How the machine and the server are doing: CPU, memory, disk, queues.",
        access=OWNER,
        answer=Overview,
    ),
    Route(
        method="GET",
        path="/api/agora/admin/config",
        handler=get_settings,
        summary="Every setting with its value, its default and where the value comes from.",
        access=OWNER,
        answer=Settings,
    ),
)
