"""What an app does about an interaction, once: https://discord.com/developers/docs/interactions/receiving-and-responding."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.talk.files import Received
from agora.domains.talk.interactions.definition import Choice
from agora.domains.talk.interactions.modal import Modal, check_modal
from agora.domains.talk.interactions.model import CallbackType, Interaction, InteractionType
from agora.domains.talk.interactions.queries import find_interaction
from agora.domains.talk.interactions.settings import InteractionSettings
from agora.domains.talk.interactions.speaking import EPHEMERAL, LOADING, change, say
from agora.domains.talk.interactions.waiting import Question, Waiting, tell
from agora.domains.talk.interactions.writes import do_take
from agora.domains.talk.messages import Draft, MessageCreate, MessagePatch, build_draft, build_patch
from agora.kernel.ctx import Ctx
from agora.kernel.decode import DECODERS
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.kernel.http import encode
from agora.kernel.ids import created_ms
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode


class Callback(msgspec.Struct, frozen=True):
    """The body: ``data`` is a message, a form or choices, by ``type``."""

    type: int
    data: dict[str, Any] = {}


class Choices(msgspec.Struct, frozen=True):
    """What could be meant."""

    choices: Annotated[tuple[Choice, ...], Meta(max_length=25)] = ()


class Deferred(msgspec.Struct, frozen=True):
    """An answer that comes later."""

    flags: int | None = None


async def answer(ctx: Ctx, interaction_id: int, token: str, body: Callback, files: tuple[Received, ...] = ()) -> bytes:
    """Take the answer; returns Discord's callback response. Raises 10062, 40060, 50035."""
    question = ctx.app.get(Waiting).take(interaction_id, token)
    if question is not None:
        return complete(ctx, question, body)
    row = await get_open(ctx, interaction_id, token)
    kind = _kind(body.type)
    if kind is CallbackType.MESSAGE:
        create: MessageCreate = DECODERS.json(MessageCreate, encode(body.data))
        flags = create.flags or 0
        shown = await say(ctx, row, build_draft(row.channel_id, create, files), flags & EPHEMERAL, first=True)
        reply = _reply(row, kind, shown, flags)
    elif kind is CallbackType.DEFERRED_MESSAGE:
        deferred: Deferred = DECODERS.json(Deferred, encode(body.data))
        flags = (deferred.flags or 0) & EPHEMERAL | LOADING
        shown = await say(ctx, row, Draft(), flags, first=True)
        reply = _reply(row, kind, shown, flags)
    elif kind is CallbackType.MODAL:
        await _open_modal(ctx, row, DECODERS.json(Modal, encode(body.data)))
        reply = _reply(row, kind)
    else:
        reply = await _update(ctx, row, kind, body, files)
    ctx.app.get(Waiting).end(row.id, row.user_id, row.nonce)
    return encode(reply)


def complete(ctx: Ctx, question: Question, body: Callback) -> bytes:
    """Show the asker what could be meant."""
    if body.type != CallbackType.AUTOCOMPLETE:
        raise invalid("type", "This interaction is answered with choices (type 8).", "INTERACTION_APPLICATION_COMMAND_INVALID")
    found: Choices = DECODERS.json(Choices, encode(body.data))
    offer(ctx, question, found.choices)
    return encode({"interaction": {"id": str(question.id), "type": int(InteractionType.AUTOCOMPLETE)}})


def offer(ctx: Ctx, question: Question, choices: tuple[Choice, ...]) -> None:
    """Tell the asker's clients."""
    name = "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE"
    tell(ctx.app, name, question.id, question.user_id, question.nonce, choices=choices)


def _kind(number: int) -> CallbackType:
    try:
        return CallbackType(number)
    except ValueError:
        raise invalid("type", "This server knows no such answer.", "BASE_TYPE_CHOICES") from None


async def get_open(ctx: Ctx, interaction_id: int, token: str) -> Interaction:
    """An interaction that can be answered. Raises 10062."""
    row = await ctx.read(find_interaction, interaction_id)
    if row is None or not hmac.compare_digest(row.token.encode(), token.encode()) or is_over(ctx, row):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INTERACTION], code=ErrorCode.UNKNOWN_INTERACTION)
    return row


def is_over(ctx: Ctx, row: Interaction) -> bool:
    """Whether its token is no longer good."""
    minutes = ctx.app.config.get(InteractionSettings).token_min
    return created_ms(row.id) + minutes * 60_000 < ctx.app.clock.now_ms()


async def _open_modal(ctx: Ctx, row: Interaction, modal: Modal) -> None:
    if row.type == InteractionType.MODAL:
        raise invalid("type", "A form cannot be answered with a form.", "INTERACTION_MODAL_INVALID")
    check_modal(modal)
    await ctx.write(do_take_modal, row, modal)
    shown = {**msgspec.to_builtins(modal), "application_id": str(row.application_id), "channel_id": str(row.channel_id)}
    tell(ctx.app, "INTERACTION_MODAL_CREATE", row.id, row.user_id, row.nonce, **shown)


def do_take_modal(tx: Tx, row: Interaction, modal: Modal) -> None:
    """The form is open until it is sent in, or the token ends."""
    do_take(tx, row, modal=msgspec.json.encode(modal).decode())


async def _update(ctx: Ctx, row: Interaction, kind: CallbackType, body: Callback, files: tuple[Received, ...]) -> dict[str, Any]:
    if row.message_id is None or kind not in (CallbackType.UPDATE, CallbackType.DEFERRED_UPDATE):
        raise invalid("type", "This answer does not fit the interaction.", "INTERACTION_TYPE_INVALID")
    if row.answered:
        raise BadRequest(MESSAGES[ErrorCode.ACKNOWLEDGED], code=ErrorCode.ACKNOWLEDGED)
    shown = None
    if kind is CallbackType.UPDATE:
        patch: MessagePatch = DECODERS.json(MessagePatch, encode(body.data))
        shown = await change(ctx, row, row.message_id, build_patch(patch, files))
    await ctx.write(do_take_source, row)
    return _reply(row, kind, shown)


def do_take_source(tx: Tx, row: Interaction) -> None:
    """The message with the button is the answer."""
    do_take(tx, row, response_id=row.message_id)


def _reply(row: Interaction, kind: CallbackType, shown: bytes | None = None, flags: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = {"id": str(row.id), "type": row.type, "channel_id": str(row.channel_id)}
    if row.guild_id is not None:
        told["guild_id"] = str(row.guild_id)
    reply: dict[str, Any] = {"interaction": told}
    if shown is not None:
        told["response_message_id"] = msgspec.json.decode(shown)["id"]
        told["response_message_loading"] = bool(flags & LOADING)
        told["response_message_ephemeral"] = bool(flags & EPHEMERAL)
        known = CallbackType.UPDATE if kind is CallbackType.UPDATE else CallbackType.MESSAGE
        reply["resource"] = {"type": int(known), "message": msgspec.Raw(shown)}
    return reply
