"""The only INSERT, UPDATE and DELETE on interactions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, insert, update

from agora.domains.talk.files import Attached
from agora.domains.talk.interactions.definition import Command, CommandBody, CommandType
from agora.domains.talk.interactions.events import InteractionCreated
from agora.domains.talk.interactions.model import Interaction
from agora.domains.talk.interactions.queries import find_named, list_commands
from agora.domains.talk.interactions.tables import command as c
from agora.domains.talk.interactions.tables import interaction as i
from agora.domains.talk.interactions.tables import rule as r
from agora.domains.talk.messages import Row, Sent, do_send
from agora.kernel.errors import BadRequest
from agora.kernel.events import NOBODY, to_users
from agora.kernel.ids import first_at
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode

MOST = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in Interaction._fields}
_INSERT = prepare(insert(i).values(_VALUES))
_TAKE = prepare(
    update(i)
    .where(i.c.id == bindparam("interaction_id"), i.c.answered == bindparam("open"))
    .values({name: bindparam(name) for name in ("answered", "response_id", "ephemeral", "modal")})
)
_RESPONSE = prepare(update(i).where(i.c.id == bindparam("interaction_id")).values(response_id=bindparam("response_id")))


def do_put_command(tx: Tx, application_id: int, guild_id: int | None, body: CommandBody) -> tuple[Command, bool]:
    """Make a command, or replace the one of its type and name; the second value says whether it is new."""
    old = find_named(tx, application_id, guild_id, body)
    if old is not None:
        return do_change_command(tx, old, body), False
    count = sum(1 for each in list_commands(tx, application_id, guild_id) if each.body.type == body.type)
    if count >= MOST[CommandType(body.type)]:
        raise BadRequest(MESSAGES[ErrorCode.MAX_COMMANDS], code=ErrorCode.MAX_COMMANDS)
    made = Command(id=tx.new_id(), application_id=application_id, guild_id=guild_id, version=tx.new_id(), body=body)
    values = {"id": made.id, "application_id": application_id, "guild_id": guild_id or 0, **_columns(made)}
    tx.execute(insert(c).values(values))
    return made, True


def do_change_command(tx: Tx, old: Command, body: CommandBody) -> Command:
    """Give a command another description."""
    same = find_named(tx, old.application_id, old.guild_id, body)
    if same is not None and same.id != old.id:
        raise BadRequest("Another command has this name.", code=ErrorCode.INVALID_FORM_BODY)
    changed = msgspec.structs.replace(old, version=tx.new_id(), body=body)
    tx.execute(update(c).where(c.c.id == old.id).values(_columns(changed)))
    return changed


def _columns(command: Command) -> dict[str, object]:
    body = command.body
    return {"type": body.type, "name": body.name, "version": command.version, "body": msgspec.json.encode(body).decode()}


def do_replace_commands(tx: Tx, application_id: int, guild_id: int | None, bodies: Sequence[CommandBody]) -> list[Command]:
    """These are all the commands there are from now on."""
    wanted = {(body.type, body.name) for body in bodies}
    for old in list_commands(tx, application_id, guild_id):
        if (old.body.type, old.body.name) not in wanted:
            do_delete_command(tx, old.id)
    return [do_put_command(tx, application_id, guild_id, body)[0] for body in bodies]


def do_delete_command(tx: Tx, command_id: int) -> None:
    """End a command, and the rules about it."""
    tx.execute(delete(c).where(c.c.id == command_id))
    tx.execute(delete(r).where(r.c.command_id == command_id))


def do_create(tx: Tx, row: Interaction, wire: bytes, *, own: bool) -> None:
    """Somebody asks; the app hears of it, unless it is the server's ``own`` command."""
    tx.run(_INSERT, **row._asdict())
    event = InteractionCreated(
        id=row.id,
        application_id=row.application_id,
        user_id=row.user_id,
        channel_id=row.channel_id,
        guild_id=row.guild_id,
        wire=msgspec.Raw(wire),
    )
    audience = NOBODY if own else to_users(row.application_id)
    tx.emit(event, audience, guild_id=row.guild_id, channel_id=row.channel_id)


def do_take(tx: Tx, row: Interaction, *, response_id: int | None = None, ephemeral: bool = False, modal: str | None = None) -> None:
    """The app answers, which it does once. Raises 40060."""
    taken = tx.run(
        _TAKE,
        interaction_id=row.id,
        open=False,
        answered=True,
        response_id=response_id,
        ephemeral=ephemeral,
        modal=modal,
    )
    if not taken:
        raise BadRequest(MESSAGES[ErrorCode.ACKNOWLEDGED], code=ErrorCode.ACKNOWLEDGED)


def do_answer(tx: Tx, row: Interaction, message: Row, wire: bytes, files: Sequence[Attached]) -> Sent:
    """Answer with a message that everybody sees, in one transaction."""
    do_take(tx, row, response_id=message.id)
    return do_send(tx, message, wire, True, files)


def do_set_response(tx: Tx, interaction_id: int, response_id: int | None) -> None:
    """Which message is the first answer."""
    tx.run(_RESPONSE, interaction_id=interaction_id, response_id=response_id)


def do_prune(tx: Tx, before_ms: int) -> None:
    """Forget interactions whose token is no longer good."""
    tx.execute(delete(i).where(i.c.id < first_at(before_ms)))


def do_forget_guild(tx: Tx, guild_id: int) -> None:
    """A community ended: so did its commands and rules."""
    tx.execute(delete(c).where(c.c.guild_id == guild_id))
    tx.execute(delete(r).where(r.c.guild_id == guild_id))
