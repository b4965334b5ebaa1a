"""What a person does: use a command, press a button, choose, send a form in. The app hears of it."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import msgspec

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.interactions.arguments import Given, bind
from agora.domains.talk.interactions.choose import check_chosen
from agora.domains.talk.interactions.definition import Command, CommandType
from agora.domains.talk.interactions.ephemeral import Ephemerals
from agora.domains.talk.interactions.modal import DECODER, Filled, fill
from agora.domains.talk.interactions.model import TOKEN_PREFIX, Interaction, InteractionType
from agora.domains.talk.interactions.queries import find_command, find_interaction
from agora.domains.talk.interactions.resolved import Resolver
from agora.domains.talk.interactions.rules import is_present, list_rules, may_use
from agora.domains.talk.interactions.settings import InteractionSettings
from agora.domains.talk.interactions.waiting import Question, Waiting
from agora.domains.talk.interactions.wire import build_interaction, build_keys
from agora.domains.talk.interactions.writes import do_create
from agora.domains.talk.messages import Button, Control, Row, build_message, check_place, find_control, get_message, list_payloads
from agora.gateway.ports import Connections
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Forbidden, NotFound, invalid
from agora.kernel.ids import Id, parse
from agora.protocol.component_types import type_of
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageType


class CommandData(msgspec.Struct, frozen=True, kw_only=True):
    """Which command, and what was given to it; ``target_id`` is the user or message of a context menu."""

    id: Id
    name: str
    type: int = 1
    options: tuple[Given, ...] = ()
    target_id: Id | None = None


class ComponentData(msgspec.Struct, frozen=True, kw_only=True):
    """Which button or select, and what was chosen."""

    custom_id: str
    component_type: int
    values: list[str] = []


class ModalData(msgspec.Struct, frozen=True, kw_only=True):
    """A form; ``id`` is the interaction that opened it."""

    id: Id
    custom_id: str
    components: tuple[Filled, ...]


class Asked(NamedTuple):
    """Who asks whom, and where."""

    application_id: int
    channel_id: int
    nonce: str | None


async def use_command(
    ctx: Ctx, asked: Asked, data: CommandData, *, typing: bool, own: bool
) -> tuple[Interaction, Command, list[Any]]:
    """Use a command, or ask its app what could be meant while somebody is ``typing``. Raises 10063, 50013, 50035.

    Of the server's ``own`` commands nobody is told: the caller does them.
    """
    channel = check_place(ctx, asked.channel_id).channel
    command = await _get_command(ctx, asked, channel, data, own=own)
    resolver = Resolver(ctx.app, channel, ctx.actor.user_id)
    wire: dict[str, Any] = {"id": str(command.id), "name": command.body.name, "type": command.body.type}
    options: list[Any] = []
    extra: dict[str, Any] = {}
    if command.body.type == CommandType.CHAT_INPUT:
        options = bind(command.body.options or (), data.options, resolver, typing=typing)
        wire["options"] = options
    else:
        wire["target_id"] = await _add_target(ctx, asked, command, data, resolver)
        extra = {"target_message_id": wire["target_id"]} if command.body.type == CommandType.MESSAGE else {}
    if command.guild_id is not None:
        wire["guild_id"] = str(command.guild_id)
    if resolver.found():
        wire["resolved"] = resolver.found()
    kind = InteractionType.AUTOCOMPLETE if typing else InteractionType.COMMAND
    is_menu = command.body.type != CommandType.CHAT_INPUT
    message_type = MessageType.CONTEXT_MENU_COMMAND if is_menu else MessageType.CHAT_INPUT_COMMAND
    row = _new_row(ctx, asked, channel, kind, message_type)
    if typing and not own:
        _ask(ctx, row, channel, wire)
    elif not typing:
        row = row._replace(keys=build_keys(ctx.app, row, command.body.name, extra))
        await _begin(ctx, row, channel, wire, own=own)
    return row, command, options


async def _get_command(ctx: Ctx, asked: Asked, channel: ChannelFacts, data: CommandData, *, own: bool) -> Command:
    number = parse(data.id)
    command = None if number is None else await ctx.read(find_command, number)
    if command is None or command.application_id != asked.application_id or command.guild_id not in (None, channel.guild_id):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_COMMAND], code=ErrorCode.UNKNOWN_COMMAND)
    directory = ctx.app.get(Directory)
    if not own and not is_present(directory, channel, command.application_id):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_COMMAND], code=ErrorCode.UNKNOWN_COMMAND)
    rules = {} if channel.guild_id is None else await ctx.read(list_rules, channel.guild_id, command.application_id)
    if not may_use(directory, command, channel, ctx.actor.user_id, rules):
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    return command


async def _add_target(ctx: Ctx, asked: Asked, command: Command, data: CommandData, resolver: Resolver) -> str:
    number = None if data.target_id is None else parse(data.target_id)
    if number is None:
        raise invalid("data.target_id", "This field is required", "BASE_TYPE_REQUIRED")
    if command.body.type == CommandType.MESSAGE:
        row = await get_message(ctx, asked.channel_id, number)
        resolver.add_message(number, (await ctx.read(list_payloads, [row], ctx.actor.user_id))[0])
    elif not resolver.add_user(number):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    return str(number)


async def use_component(ctx: Ctx, asked: Asked, message_id: int, data: ComponentData) -> None:
    """Press a button or choose. Raises 10008, 50035 when the message has no such thing, or its app is not the one named."""
    channel = check_place(ctx, asked.channel_id).channel
    source = await _get_source(ctx, asked.channel_id, message_id)
    control = find_control(source.components, data.custom_id)
    if control is None or type_of(control) != data.component_type or control.disabled:
        raise invalid("data.custom_id", "The message has no such button or select.", "COMPONENT_VALIDATION_FAILED")
    if source.author_id != asked.application_id:
        raise invalid("application_id", "The message is not of this application.", "COMPONENT_VALIDATION_FAILED")
    resolver = Resolver(ctx.app, channel, ctx.actor.user_id)
    wire = _component_wire(control, data, resolver)
    row = _new_row(ctx, asked, channel, InteractionType.COMPONENT, MessageType.DEFAULT)._replace(message_id=source.id)
    row = row._replace(keys=build_keys(ctx.app, row, "", {"interacted_message_id": str(source.id)}))
    await _begin(ctx, row, channel, wire, await _shown(ctx, source))


def _component_wire(control: Control, data: ComponentData, resolver: Resolver) -> dict[str, Any]:
    wire: dict[str, Any] = {"id": control.id, "component_type": data.component_type, "custom_id": data.custom_id}
    if not isinstance(control, Button):
        wire["values"] = check_chosen(control, data.values, resolver)
        if resolver.found():
            wire["resolved"] = resolver.found()
    return wire


async def submit_modal(ctx: Ctx, asked: Asked, data: ModalData) -> None:
    """Send a form in. Raises 10062 when none is open."""
    channel = check_place(ctx, asked.channel_id).channel
    number = parse(data.id)
    opener = None if number is None else await ctx.read(find_interaction, number)
    if opener is None or opener.modal is None or opener.user_id != ctx.actor.user_id or opener.channel_id != channel.id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INTERACTION], code=ErrorCode.UNKNOWN_INTERACTION)
    modal = DECODER.decode(opener.modal)
    resolver = Resolver(ctx.app, channel, ctx.actor.user_id)
    wire: dict[str, Any] = {"custom_id": modal.custom_id, "components": fill(modal, data.components, resolver)}
    if resolver.found():
        wire["resolved"] = resolver.found()
    asked = asked._replace(application_id=opener.application_id)
    row = _new_row(ctx, asked, channel, InteractionType.MODAL, MessageType.DEFAULT)._replace(message_id=opener.message_id)
    before = msgspec.json.decode(opener.keys)["interaction_metadata"]
    row = row._replace(keys=build_keys(ctx.app, row, "", {"triggering_interaction_metadata": before}))
    source = None if opener.message_id is None else await _shown(ctx, await _get_source(ctx, channel.id, opener.message_id))
    await _begin(ctx, row, channel, wire, source)


async def _get_source(ctx: Ctx, channel_id: int, message_id: int) -> Row:
    """The message whose button it is: one that everybody sees, or one for the asker alone."""
    own = ctx.app.get(Ephemerals).find(message_id)
    if own is not None and own.user_id == ctx.actor.user_id and own.row.channel_id == channel_id:
        return own.row
    return await get_message(ctx, channel_id, message_id)


async def _shown(ctx: Ctx, row: Row) -> Any:
    if ctx.app.get(Ephemerals).find(row.id) is not None:
        return build_message(ctx.app, row)
    return (await ctx.read(list_payloads, [row], ctx.actor.user_id))[0]


def _new_row(ctx: Ctx, asked: Asked, channel: ChannelFacts, kind: InteractionType, message_type: MessageType) -> Interaction:
    return Interaction(
        id=ctx.app.ids.next(),
        token=TOKEN_PREFIX + secrets.token_urlsafe(40),
        application_id=asked.application_id,
        user_id=ctx.actor.user_id,
        guild_id=channel.guild_id,
        channel_id=channel.id,
        type=int(kind),
        nonce=asked.nonce,
        message_id=None,
        answered=False,
        response_id=None,
        ephemeral=False,
        message_type=int(message_type),
        keys="{}",
        modal=None,
    )


async def _begin(
    ctx: Ctx, row: Interaction, channel: ChannelFacts, data: dict[str, Any], message: Any = None, *, own: bool = False
) -> None:
    app = ctx.app
    wire = build_interaction(app, row, channel, ctx.locale, data, message)
    app.get(Waiting).begin(row.id, row.user_id, row.nonce, app.config.get(InteractionSettings).answer_s)
    await ctx.write(do_create, row, wire, own=own)


def _ask(ctx: Ctx, row: Interaction, channel: ChannelFacts, data: dict[str, Any]) -> None:
    """What is typed passes by: it is told, not stored."""
    app = ctx.app
    app.get(Waiting).ask(Question(row.id, row.token, row.application_id, row.user_id, row.nonce))
    wire = build_interaction(app, row, channel, ctx.locale, data)
    app.get(Connections).send_to([row.application_id], "INTERACTION_CREATE", wire)
