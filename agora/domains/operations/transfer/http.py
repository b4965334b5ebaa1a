"""``/api/agora/…/exports``, ``/api/agora/imports``, ``/api/agora/transfers``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from agora.domains.operations.transfer.formats import TYPE
from agora.domains.operations.transfer.model import Format, Kind, Report, State, Task
from agora.domains.operations.transfer.queries import list_tasks
from agora.domains.operations.transfer.service import (
    Wish,
    export_channel,
    export_guild,
    forget,
    get_file,
    get_task,
    import_file,
)
from agora.kernel.access import OWNER, needs
from agora.kernel.clock import iso
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import parse
from agora.protocol.permissions import Permission

CHUNK = 1 << 18
# A channel is a lot to read: a few a minute are plenty for a person.
_BEGIN = Bucket("transfer.begin", 10, 60.0)
_SEE = needs(int(Permission.VIEW_CHANNEL))


class ExportBody(msgspec.Struct, frozen=True):
    """``files`` takes attachments along, in a zip."""

    format: Format = Format.JSON
    files: bool = False


class ImportQuery(msgspec.Struct, frozen=True):
    """``name`` is what the file is called. ``match`` takes people for the users who have the same name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "import"
    guild_id: str | None = None
    dry_run: bool = False
    match: bool = False


class TaskQuery(msgspec.Struct, frozen=True):
    """Pages by id, the newest first."""

    kind: Kind | None = None
    before: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class Transfer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A transfer as its asker sees it. ``done`` of ``total`` are messages (export) or bytes (import).

    ``url`` is there once an export can be fetched.
    """

    id: str
    kind: Kind
    state: State
    name: str
    created_at: str
    done: int
    total: int
    size: int
    guild_id: str | None = None
    channel_id: str | None = None
    format: Format | None = None
    dry_run: bool = False
    finished_at: str | None = None
    error: str | None = None
    report: Report | None = None
    url: str | None = None


class Transfers(msgspec.Struct, frozen=True):
    """A page of transfers."""

    items: list[Transfer]
    next: str | None


def build_transfer(task: Task) -> Transfer:
    """For the wire."""
    is_ready = task.kind is Kind.EXPORT and task.state is State.DONE
    return Transfer(
        id=str(task.id),
        kind=task.kind,
        state=task.state,
        name=task.name,
        created_at=iso(task.created_at),
        done=task.done,
        total=task.total,
        size=task.size,
        guild_id=None if task.guild_id is None else str(task.guild_id),
        channel_id=None if task.channel_id is None else str(task.channel_id),
        format=task.format if task.kind is Kind.EXPORT else None,
        dry_run=task.dry_run,
        finished_at=None if task.finished_at is None else iso(task.finished_at),
        error=task.error,
        report=task.report,
        url=f"/api/agora/transfers/{task.id}/file" if is_ready else None,
    )


async def post_channel_export(request: Request) -> Transfer:
    """Begin."""
    body: ExportBody = request.body
    return build_transfer(await export_channel(request.ctx, request.id("channel_id"), body.format, files=body.files))


async def post_guild_export(request: Request) -> Transfer:
    """Begin."""
    body: ExportBody = request.body
    return build_transfer(await export_guild(request.ctx, request.id("guild_id"), body.format, files=body.files))


async def post_import(request: Request) -> Transfer:
    """Take the file."""
    query: ImportQuery = request.query
    guild_id = None if query.guild_id is None else parse(query.guild_id)
    if query.guild_id is not None and guild_id is None:
        raise invalid("guild_id", "This is not a snowflake.", "NUMBER_TYPE_COERCE")
    wish = Wish(name=query.name, guild_id=guild_id, dry_run=query.dry_run, match=query.match)
    return build_transfer(await import_file(request.ctx, wish, request.http.content.iter_chunked(CHUNK)))


async def get_transfers(request: Request) -> Transfers:
    """One's own."""
    query: TaskQuery = request.query
    before = None if query.before is None else parse(query.before)
    if query.before is not None and before is None:
        raise invalid("before", "This is not a snowflake.", "NUMBER_TYPE_COERCE")
    found = await request.ctx.read(list_tasks, request.ctx.actor.user_id, query.kind, before, query.limit)
    return Transfers([build_transfer(task) for task in found], str(found[-1].id) if len(found) == query.limit else None)


async def get_transfer(request: Request) -> Transfer:
    """How far it is."""
    return build_transfer(await get_task(request.ctx, request.id("transfer_id")))


async def get_export_file(request: Request) -> web.StreamResponse:
    """The file, from disk; a browser never shows it as a page of this site."""
    task, path = await get_file(request.ctx, request.id("transfer_id"))
    return web.FileResponse(
        path,
        headers={
            "Content-Type": TYPE[task.name.rpartition(".")[2]],
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(task.name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def delete_transfer(request: Request) -> None:
    """Forget."""
    await forget(request.ctx, request.id("transfer_id"))


def _begin(path: str, handler: Any, summary: str) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=handler,
        summary=summary,
        access=_SEE if "channel_id" in path else needs(int(Permission.MANAGE_GUILD)),
        body=ExportBody,
        answer=Transfer,
        status=202,
        bucket=_BEGIN,
    )


ROUTES = (
    _begin(
        "/api/agora/channels/{channel_id}/exports",
        post_channel_export,
        "Export a channel; in a community that needs MANAGE_MESSAGES, in direct messages to be part of them.",
    ),
    _begin("/api/agora/guilds/{guild_id}/exports", post_guild_export, "Export all channels of a community that you may read."),
    Route(
        method="POST",
        path="/api/agora/imports",
        handler=post_import,
        summary="Import a file of DiscordChatExporter, Slack or Mattermost, sent as the body as it is.",
        access=OWNER,
        query=ImportQuery,
        answer=Transfer,
        status=202,
        raw=True,
        bucket=_BEGIN,
    ),
    Route(
        method="GET",
        path="/api/agora/transfers",
        handler=get_transfers,
        summary="Your own exports and imports, the newest first.",
        query=TaskQuery,
        answer=Transfers,
    ),
    Route(
        method="GET",
        path="/api/agora/transfers/{transfer_id}",
        handler=get_transfer,
        summary="How far an export or import is, and what came of it.",
        answer=Transfer,
    ),
    Route(
        method="GET",
        path="/api/agora/transfers/{transfer_id}/file",
        handler=get_export_file,
        summary="The file of a finished export, for who asked for it.",
    ),
    Route(
        method="DELETE",
        path="/api/agora/transfers/{transfer_id}",
        handler=delete_transfer,
        summary="Forget a finished transfer and its file.",
        status=204,
    ),
)
