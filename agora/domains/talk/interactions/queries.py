"""The only SELECTs on interactions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.interactions.definition import Command, CommandBody
from agora.domains.talk.interactions.model import Interaction
from agora.domains.talk.interactions.tables import command as c
from agora.domains.talk.interactions.tables import desk as d
from agora.domains.talk.interactions.tables import interaction as i
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_BODY = msgspec.json.Decoder(CommandBody)
_OF_APP = prepare(
    select(c).where(c.c.application_id == bindparam("application_id"), c.c.guild_id == bindparam("guild_id")).order_by(c.c.id)
)
_ONE = prepare(select(c).where(c.c.id == bindparam("id")))
_NAMED = prepare(
    select(c).where(
        c.c.application_id == bindparam("application_id"),
        c.c.guild_id == bindparam("guild_id"),
        c.c.type == bindparam("type"),
        c.c.name == bindparam("name"),
    )
)
_APPS = func.json_each(bindparam("apps")).table_valued("value")
_REACHABLE = prepare(
    select(c)
    .where(c.c.guild_id.in_((bindparam("nowhere"), bindparam("guild_id"))), c.c.application_id.in_(select(_APPS.c.value)))
    .order_by(c.c.name, c.c.id)
)
_INTERACTION = prepare(select(i).where(i.c.id == bindparam("id")))
_BY_TOKEN = prepare(select(i).where(i.c.token == bindparam("token")))
_DESK = prepare(select(d.c.user_id).where(d.c.name == bindparam("name")))


def find_command(tx: Tx, command_id: int) -> Command | None:
    """One command."""
    row = tx.row(_ONE, id=command_id)
    return None if row is None else _command(row)


def find_named(tx: Tx, application_id: int, guild_id: int | None, body: CommandBody) -> Command | None:
    """The command of this type and name."""
    row = tx.row(_NAMED, application_id=application_id, guild_id=guild_id or 0, type=body.type, name=body.name)
    return None if row is None else _command(row)


def list_commands(tx: Tx, application_id: int, guild_id: int | None) -> list[Command]:
    """The commands of an app: those of one community, or those that are everywhere."""
    return [_command(row) for row in tx.rows(_OF_APP, application_id=application_id, guild_id=guild_id or 0)]


def list_reachable(tx: Tx, application_ids: Iterable[int], guild_id: int | None) -> list[Command]:
    """The commands of these apps that exist in a place; a community's own go before the app's of the same name."""
    apps = msgspec.json.encode(list(application_ids)).decode()
    found = [_command(row) for row in tx.rows(_REACHABLE, apps=apps, guild_id=guild_id or 0, nowhere=0)]
    local = {(each.application_id, each.body.type, each.body.name) for each in found if each.guild_id is not None}
    keys = ((each, (each.application_id, each.body.type, each.body.name)) for each in found)
    return [each for each, key in keys if each.guild_id is not None or key not in local]


def find_interaction(tx: Tx, interaction_id: int) -> Interaction | None:
    """One interaction whose token may still be good."""
    row = tx.row(_INTERACTION, id=interaction_id)
    return None if row is None else Interaction(*row)


def find_by_token(tx: Tx, token: str) -> Interaction | None:
    """The interaction of a token."""
    row = tx.row(_BY_TOKEN, token=token)
    return None if row is None else Interaction(*row)


def find_desk(tx: Tx, name: str) -> int | None:
    """The account in whose name the server answers."""
    row = tx.row(_DESK, name=name)
    return None if row is None else int(row.user_id)


def _command(row: Any) -> Command:
    return Command(
        id=row.id,
        application_id=row.application_id,
        guild_id=row.guild_id or None,
        version=row.version,
        body=_BODY.decode(row.body),
    )
