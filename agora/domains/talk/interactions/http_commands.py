"""REST of commands: https://discord.com/developers/docs/interactions/application-commands#endpoints."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta

from agora.domains.place.permissions import Directory, check_guild
from agora.domains.talk.interactions.definition import Command, CommandBody, CommandPatch, check_command
from agora.domains.talk.interactions.queries import find_command, list_commands
from agora.domains.talk.interactions.rules import MAX_RULES, Rule, do_set_rules, list_rules
from agora.domains.talk.interactions.wire import build_command
from agora.domains.talk.interactions.writes import do_change_command, do_delete_command, do_put_command, do_replace_commands
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Forbidden, NotFound, invalid
from agora.kernel.http import Bucket, Reply, Request, Route, encode
from agora.kernel.ids import parse
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

APP = "/api/v10/applications/{application_id}"
GUILD = APP + "/guilds/{guild_id}"
MOST = 130
_WRITE = Bucket("interactions.commands", 200, 60.0)


class ListQuery(msgspec.Struct, frozen=True):
    """Texts in all languages are always sent."""

    with_localizations: bool = False


class RulesBody(msgspec.Struct, frozen=True):
    """All rules for a command."""

    permissions: Annotated[tuple[Rule, ...], Meta(max_length=MAX_RULES)]


def _check_app(request: Request) -> int:
    """Commands are the app's own business. Raises 20012."""
    application_id = request.id("application_id")
    if request.ctx.actor.user_id != application_id:
        raise Forbidden(MESSAGES[ErrorCode.NOT_THE_APPLICATION], code=ErrorCode.NOT_THE_APPLICATION)
    return application_id


def _guild_id(request: Request) -> int | None:
    """The community that the path names, where the app is a member."""
    if "guild_id" not in request.path:
        return None
    return check_guild(request.ctx, 0, guild_id=request.id("guild_id")).id


async def _get(request: Request) -> Command:
    application_id, guild_id = _check_app(request), _guild_id(request)
    command = await request.ctx.read(find_command, request.id("command_id"))
    if command is None or command.application_id != application_id or command.guild_id != guild_id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_COMMAND], code=ErrorCode.UNKNOWN_COMMAND)
    return command


async def get_all(request: Request) -> list[dict[str, Any]]:
    """The commands."""
    application_id, guild_id = _check_app(request), _guild_id(request)
    return [build_command(each) for each in await request.ctx.read(list_commands, application_id, guild_id)]


async def post_command(request: Request) -> Reply:
    """Make one, or replace the one of its name: 201 or 200."""
    application_id, guild_id = _check_app(request), _guild_id(request)
    check_command(request.body)
    command, is_new = await request.ctx.write(do_put_command, application_id, guild_id, request.body)
    return Reply(encode(build_command(command)), status=201 if is_new else 200)


async def put_all(request: Request) -> list[dict[str, Any]]:
    """These and no others."""
    application_id, guild_id = _check_app(request), _guild_id(request)
    bodies: list[CommandBody] = request.body
    if len(bodies) > MOST:
        raise invalid("body", f"Must be {MOST} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for body in bodies:
        check_command(body)
    if len({(body.type, body.name) for body in bodies}) != len(bodies):
        raise invalid("body", "Command names must be unique", "APPLICATION_COMMANDS_DUPLICATE_NAME")
    made = await request.ctx.write(do_replace_commands, application_id, guild_id, bodies)
    return [build_command(each) for each in made]


async def get_one(request: Request) -> dict[str, Any]:
    """One command."""
    return build_command(await _get(request))


async def patch_command(request: Request) -> dict[str, Any]:
    """Change one."""
    command = await _get(request)
    patch: CommandPatch = request.body
    given = {name: getattr(patch, name) for name in patch.__struct_fields__ if getattr(patch, name) is not UNSET}
    body = msgspec.structs.replace(command.body, **given)
    check_command(body)
    return build_command(await request.ctx.write(do_change_command, command, body))


async def delete_command(request: Request) -> None:
    """End one."""
    command = await _get(request)
    await request.ctx.write(do_delete_command, command.id)


async def get_rules(request: Request) -> list[dict[str, Any]]:
    """The rules for all commands of an app in a community."""
    guild_id, application_id = _check_reader(request)
    rules = await request.ctx.read(list_rules, guild_id, application_id)
    return [_build_rules(command_id, application_id, guild_id, each) for command_id, each in rules.items()]


async def get_command_rules(request: Request) -> dict[str, Any]:
    """The rules for one command. Raises 10066 when there are none, as Discord does."""
    guild_id, application_id = _check_reader(request)
    rules = (await request.ctx.read(list_rules, guild_id, application_id)).get(request.id("command_id"))
    if rules is None:
        raise NotFound("Unknown application command permissions", code=ErrorCode.UNKNOWN_COMMAND_PERMISSIONS)
    return _build_rules(request.id("command_id"), application_id, guild_id, rules)


async def put_command_rules(request: Request) -> dict[str, Any]:
    """Say who may use a command here; a matter of the community's managers, not of bots."""
    ctx, application_id, command_id = request.ctx, request.id("application_id"), request.id("command_id")
    if ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    guild = check_guild(ctx, int(Permission.MANAGE_GUILD | Permission.MANAGE_ROLES), guild_id=request.id("guild_id"))
    command = None if command_id == application_id else await ctx.read(find_command, command_id)
    fits = command is not None and command.application_id == application_id and command.guild_id in (None, guild.id)
    if command_id != application_id and not fits:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_COMMAND], code=ErrorCode.UNKNOWN_COMMAND)
    rules: tuple[Rule, ...] = request.body.permissions
    _check_rules(ctx, guild.id, rules)
    await ctx.write(do_set_rules, guild.id, application_id, command_id, rules)
    return _build_rules(command_id, application_id, guild.id, rules)


def _check_reader(request: Request) -> tuple[int, int]:
    """The app itself, or a member of the community."""
    return check_guild(request.ctx, 0, guild_id=request.id("guild_id")).id, request.id("application_id")


def _check_rules(ctx: Ctx, guild_id: int, rules: tuple[Rule, ...]) -> None:
    directory = ctx.app.get(Directory)
    for index, rule in enumerate(rules):
        number = parse(rule.id)
        known = number is not None and (
            (rule.type == 1 and directory.role(guild_id, number) is not None)
            or (rule.type == 2 and directory.member(guild_id, number) is not None)
            or (rule.type == 3 and (number == guild_id - 1 or _is_channel(directory, guild_id, number)))
        )
        if not known:
            raise invalid(f"permissions.{index}.id", "There is no such thing here.", "APPLICATION_COMMAND_PERMISSIONS_INVALID")


def _is_channel(directory: Directory, guild_id: int, channel_id: int) -> bool:
    channel = directory.channel(channel_id)
    return channel is not None and channel.guild_id == guild_id


def _build_rules(command_id: int, application_id: int, guild_id: int, rules: tuple[Rule, ...]) -> dict[str, Any]:
    return {
        "id": str(command_id),
        "application_id": str(application_id),
        "guild_id": str(guild_id),
        "permissions": [{"id": str(rule.id), "type": rule.type, "permission": rule.permission} for rule in rules],
    }


def _routes(base: str, where: str) -> tuple[Route, ...]:
    many, one = base + "/commands", base + "/commands/{command_id}"
    answer = dict[str, Any]
    return (
        Route(
            method="GET",
            path=many,
            handler=get_all,
            summary=f"The app's commands {where}.",
            query=ListQuery,
            answer=list[answer],
        ),
        Route(
            method="POST",
            path=many,
            handler=post_command,
            summary=f"Make a command {where}.",
            body=CommandBody,
            answer=answer,
            bucket=_WRITE,
        ),
        Route(
            method="PUT",
            path=many,
            handler=put_all,
            summary=f"Set all commands {where}.",
            body=list[CommandBody],
            answer=list[answer],
            bucket=_WRITE,
        ),
        Route(method="GET", path=one, handler=get_one, summary=f"A command {where}.", answer=answer),
        Route(
            method="PATCH",
            path=one,
            handler=patch_command,
            summary=f"Change a command {where}.",
            body=CommandPatch,
            answer=answer,
            bucket=_WRITE,
        ),
        Route(method="DELETE", path=one, handler=delete_command, summary=f"End a command {where}.", status=204, bucket=_WRITE),
    )


ROUTES = (
    *_routes(APP, "everywhere"),
    *_routes(GUILD, "in one community"),
    Route(
        method="GET",
        path=GUILD + "/commands/permissions",
        handler=get_rules,
        summary="Who may use which command here.",
        answer=list[dict[str, Any]],
    ),
    Route(
        method="GET",
        path=GUILD + "/commands/{command_id}/permissions",
        handler=get_command_rules,
        summary="Who may use a command here.",
        answer=dict[str, Any],
    ),
    Route(
        method="PUT",
        path=GUILD + "/commands/{command_id}/permissions",
        handler=put_command_rules,
        summary="Say who may use a command here; needs MANAGE_GUILD and MANAGE_ROLES.",
        body=RulesBody,
        answer=dict[str, Any],
        bucket=_WRITE,
    ),
)
