"""``agora export`` and ``agora import``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agora.domains.operations.transfer.exporting import Written, plan_channel, plan_guild, write_export
from agora.domains.operations.transfer.formats import SUFFIX
from agora.domains.operations.transfer.model import Format, Kind, State, Task
from agora.domains.operations.transfer.names import clean
from agora.domains.operations.transfer.shapes import channel_name
from agora.domains.operations.transfer.writes import do_tell_export
from agora.domains.place.permissions import Directory
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system
from agora.kernel.errors import AgoraError, SetupError
from agora.kernel.ids import parse

app = typer.Typer()


@app.command("export")
def export(
    what: Annotated[str, typer.Argument(help="The id of a channel, or of a community for all its channels in a zip.")],
    file: Annotated[Path | None, typer.Argument(help="The file to write (default: named after the channel).")] = None,
    format: Annotated[Format, typer.Option(help="json is DiscordChatExporter's shape.")] = Format.JSON,
    files: Annotated[bool, typer.Option("--files", help="Take attachments along, in a zip.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the history of a channel or community to a file. Example: agora export 1180000000000000000 --format html"""
    id_ = parse(what)
    if id_ is None:
        raise SetupError(f"{what!r} is no id: it is the last number in the address of the channel's page.")

    async def write(opened: App) -> tuple[Path, Written]:
        ctx = system(opened)
        directory = opened.get(Directory)
        guild = directory.guild(id_)
        try:
            wanted = plan_guild(ctx, id_, format, files=files) if guild else plan_channel(ctx, id_, format, files=files)
        except AgoraError as error:
            raise SetupError(f"{what} cannot be exported: {error.message}.") from error
        name = guild.name if guild is not None else channel_name(opened, wanted.channels[0])
        target = file or Path(f"{clean(name)}.{'zip' if wanted.zipped else SUFFIX[format]}")
        if target.exists():
            raise SetupError(f"{target} exists already: name another file.")
        written = await write_export(ctx, wanted, target.resolve(), show_progress)
        await ctx.write(do_tell_export, _told(opened, id_, format, guild_id=guild.id if guild else None, files=files))
        return target, written

    target, written = run(write, config, data)
    if as_json:
        print_json({"path": str(target), "size": written.size, "messages": written.messages, "files": written.files})
    else:
        typer.echo(f"Exported {written.messages} messages and {written.files} files to {target} ({written.size} bytes).")


def _told(opened: App, id_: int, format: Format, *, guild_id: int | None, files: bool) -> Task:
    """What the audit log is told of an export by the command line."""
    channel = opened.get(Directory).channel(id_)
    return Task(
        id=0,
        kind=Kind.EXPORT,
        state=State.DONE,
        user_id=0,
        name="",
        created_at=opened.clock.now_ms(),
        guild_id=guild_id if channel is None else channel.guild_id,
        channel_id=None if channel is None else id_,
        format=format,
        files=files,
    )


async def show_progress(done: int, total: int) -> None:
    """One line that is written over and over, for people only."""
    if sys.stderr.isatty():
        share = 100 * done // max(total, 1)
        typer.echo(f"\r{share:3d} % ({done} of {total})", nl=done >= total, err=True)
