"""REST for people's clients, as Discord's own client uses it: which commands there are, and using them."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.place.accounts import Users, build_locale, build_user
from agora.domains.place.permissions import Directory
from agora.domains.talk.interactions.desk import Desk
from agora.domains.talk.interactions.invoke import (
    Asked,
    CommandData,
    ComponentData,
    ModalData,
    submit_modal,
    use_command,
    use_component,
)
from agora.domains.talk.interactions.model import InteractionType
from agora.domains.talk.interactions.queries import list_reachable
from agora.domains.talk.interactions.rules import list_rules, may_use
from agora.domains.talk.interactions.wire import build_command
from agora.domains.talk.messages import check_place
from agora.kernel.access import needs
from agora.kernel.ctx import Ctx
from agora.kernel.decode import DECODERS
from agora.kernel.errors import Forbidden, invalid
from agora.kernel.http import Bucket, Request, Route, encode
from agora.kernel.ids import Id, parse
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission


class InvokeBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /interactions``. ``nonce`` comes back with what the gateway tells of it; ``message_id`` is the button's message."""

    type: int
    application_id: Id
    channel_id: Id
    data: dict[str, Any]
    guild_id: Id | None = None
    message_id: Id | None = None
    message_flags: int | None = None
    session_id: str | None = None
    nonce: str | int | None = None


async def get_index(request: Request) -> dict[str, Any]:
    """The commands that the caller may use in a channel, and their apps."""
    ctx, channel = request.ctx, check_place(request.ctx, request.id("channel_id")).channel
    app, directory = ctx.app, ctx.app.get(Directory)
    desk = await app.get(Desk).open()
    users = app.get(Users)
    here = channel.recipients if channel.guild_id is None else directory.members(channel.guild_id)
    bots = [user.id for user in map(users.get, here) if user is not None and user.bot]
    commands = await ctx.read(list_reachable, {desk, *bots}, channel.guild_id)
    rules = {} if channel.guild_id is None else await ctx.read(list_rules, channel.guild_id)
    usable = [each for each in commands if may_use(directory, each, channel, ctx.actor.user_id, rules)]
    locale = build_locale(ctx.locale)
    return {
        "applications": [_build_app(ctx, each) for each in sorted({each.application_id for each in usable})],
        "application_commands": [build_command(each, locale) for each in usable],
    }


def _build_app(ctx: Ctx, application_id: int) -> dict[str, Any]:
    user = ctx.app.get(Users).get(application_id)
    return {
        "id": str(application_id),
        "name": "" if user is None else user.display_name,
        "icon": None if user is None else user.avatar,
        "bot": None if user is None else build_user(user),
    }


async def post_interaction(request: Request) -> None:
    """Use a command, a button, a select or a form. What comes of it is told by the gateway."""
    ctx, body = request.ctx, request.body
    if ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    nonce = None if body.nonce is None else str(body.nonce)[:64]
    asked = Asked(_id("application_id", body.application_id), _id("channel_id", body.channel_id), nonce)
    raw = encode(body.data)
    if body.type in (InteractionType.COMMAND, InteractionType.AUTOCOMPLETE):
        await _use_command(ctx, asked, DECODERS.json(CommandData, raw), typing=body.type == InteractionType.AUTOCOMPLETE)
    elif body.type == InteractionType.COMPONENT:
        await use_component(ctx, asked, _id("message_id", body.message_id or ""), DECODERS.json(ComponentData, raw))
    elif body.type == InteractionType.MODAL:
        await submit_modal(ctx, asked, DECODERS.json(ModalData, raw))
    else:
        raise invalid("type", "This server knows no such interaction.", "BASE_TYPE_CHOICES")


async def _use_command(ctx: Ctx, asked: Asked, data: CommandData, *, typing: bool) -> None:
    desk = ctx.app.get(Desk)
    own = asked.application_id == await desk.open()
    row, command, options = await use_command(ctx, asked, data, typing=typing, own=own)
    if own and typing:
        await desk.complete(ctx, row, command, options)
    elif own:
        await desk.run(ctx, row, command, options)


def _id(field: str, value: Id) -> int:
    number = parse(value)
    if number is None:
        raise invalid(field, f'Value "{str(value)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return number


ROUTES = (
    Route(
        method="GET",
        path="/api/v10/channels/{channel_id}/application-command-index",
        handler=get_index,
        summary="The commands that the caller may use in a channel.",
        access=needs(int(Permission.VIEW_CHANNEL)),
        answer=dict[str, Any],
    ),
    Route(
        method="POST",
        path="/api/v10/interactions",
        handler=post_interaction,
        summary="Use a command, a button, a select or a form.",
        body=InvokeBody,
        status=204,
        bucket=Bucket("interactions.use", 50, 10.0),
    ),
)
