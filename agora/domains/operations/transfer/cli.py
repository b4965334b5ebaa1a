"""``agora export`` and ``agora import``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agora.domains.operations.transfer.detect import open_source
from agora.domains.operations.transfer.exporting import Written, plan_channel, plan_guild, write_export
from agora.domains.operations.transfer.formats import SUFFIX
from agora.domains.operations.transfer.importing import Done, bring
from agora.domains.operations.transfer.model import Format, Kind, State, Task
from agora.domains.operations.transfer.names import clean
from agora.domains.operations.transfer.options import Options
from agora.domains.operations.transfer.records import Problem
from agora.domains.operations.transfer.settings import TransferSettings
from agora.domains.operations.transfer.shapes import channel_name
from agora.domains.operations.transfer.writes import do_tell_export
from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system
from agora.kernel.errors import AgoraError, SetupError
from agora.kernel.ids import parse

cli = typer.Typer()


@cli.command("export")
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


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of DiscordChatExporter, Slack or Mattermost.", exists=True, dir_okay=False)],
    guild: Annotated[
        str | None, typer.Option(help="The id of the community it goes to (default: where it went, or a new one).")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who owns a new community (default: the server's owner).")] = None,
    match: Annotated[bool, typer.Option("--match", help="Take people for the users here of the same name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look, and say what would come.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import the history of another program; what came once is passed over. Example: agora import slack.zip --dry-run"""
    guild_id = None if guild is None else parse(guild)
    if guild is not None and guild_id is None:
        raise SetupError(f"{guild!r} is no id of a community.")

    async def read(opened: App) -> Done:
        options = Options(owner_id=await _owner_id(opened, owner), guild_id=guild_id, dry_run=dry_run, match=match, name=file.name)
        try:
            source = open_source(file, opened.config.get(TransferSettings).max_unpacked_mib << 20)
            try:
                return await bring(system(opened), source, options, show_progress)
            finally:
                source.close()
        except Problem as error:
            raise SetupError(str(error)) from error
        except AgoraError as error:
            raise SetupError(error.message) from error

    done = run(read, config, data)
    if as_json:
        print_json({"guild_id": None if done.guild_id is None else str(done.guild_id), "dry_run": dry_run, "report": done.report})
        return
    report, verb = done.report, "Would import" if dry_run else "Imported"
    typer.echo(
        f"{verb} {report.messages} messages ({report.known} were known), {report.users} users, {report.channels} channels, "
        f"{report.reactions} reactions, {report.emojis} emojis and {report.files} files."
    )
    for what, count in report.left_out.items():
        typer.echo(f"left out: {count} × {what}")
    for warning in report.warnings:
        typer.echo(f"  {warning}")


async def _owner_id(opened: App, name: str | None) -> int:
    if name is not None:
        user = opened.get(Users).by_name(name)
        if user is None:
            raise SetupError(f"There is no user {name!r}: `agora user list` shows all.")
        return user.id
    owner = opened.get(Users).owner()
    if owner is None:
        raise SetupError("There is no owner yet: run `agora user add NAME --owner --password-stdin`, or name one with --owner.")
    return owner.id


async def show_progress(done: int, total: int) -> None:
    """One line that is written over and over, for people only."""
    if sys.stderr.isatty():
        share = 100 * done // max(total, 1)
        typer.echo(f"\r{share:3d} % ({done} of {total})", nl=done >= total, err=True)
