"""Who may use which command where: the app's own wish, and what a community's managers say.

https://discord.com/developers/docs/interactions/application-commands#permissions
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.interactions.definition import Command
from agora.domains.talk.interactions.tables import rule as r
from agora.kernel.ids import Id
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.channel_types import ChannelType
from agora.protocol.permissions import Permission, from_wire

USE = int(Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS)
ADMINISTRATOR = int(Permission.ADMINISTRATOR)
MAX_RULES = 100


class Context(enum.IntEnum):
    """Kinds of places."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE = 2


class Rule(msgspec.Struct, frozen=True):
    """For a role (1), a user (2) or a channel (3). The community's id means everyone, the id before it all channels."""

    id: Id
    type: Literal[1, 2, 3]
    permission: bool


Rules = Mapping[int, Sequence[Rule]]
_DECODER = msgspec.json.Decoder(tuple[Rule, ...])
_OF_GUILD = prepare(select(r.c.command_id, r.c.application_id, r.c.body).where(r.c.guild_id == bindparam("guild_id")))


def list_rules(tx: Tx, guild_id: int, application_id: int | None = None) -> dict[int, tuple[Rule, ...]]:
    """The rules of a community by command; those under an app's own id are for all its commands."""
    rows = tx.rows(_OF_GUILD, guild_id=guild_id)
    return {row.command_id: _DECODER.decode(row.body) for row in rows if application_id in (None, row.application_id)}


def do_set_rules(tx: Tx, guild_id: int, application_id: int, command_id: int, rules: Sequence[Rule]) -> None:
    """These are all the rules for a command; none leaves it to the app's wish."""
    tx.execute(delete(r).where(r.c.guild_id == guild_id, r.c.command_id == command_id))
    if rules:
        body = msgspec.json.encode(rules).decode()
        values = {"guild_id": guild_id, "application_id": application_id, "command_id": command_id, "body": body}
        tx.execute(insert(r).values(values))


def context_of(channel: ChannelFacts, application_id: int) -> Context:
    """What kind of place a channel is to an app."""
    if channel.guild_id is not None:
        return Context.GUILD
    return Context.BOT_DM if channel.type == ChannelType.DM and application_id in channel.recipients else Context.PRIVATE


def is_present(directory: Directory, channel: ChannelFacts, application_id: int) -> bool:
    """Whether the app belongs to the place."""
    if channel.guild_id is not None:
        return directory.member(channel.guild_id, application_id) is not None
    return application_id in channel.recipients


def may_use(directory: Directory, command: Command, channel: ChannelFacts, user_id: int, rules: Rules) -> bool:
    """Whether this person may use the command in this channel."""
    context = context_of(channel, command.application_id)
    body = command.body
    if body.contexts is not None:
        fits = int(context) in body.contexts
    else:
        fits = context is Context.GUILD or (body.dm_permission is not False and command.guild_id is None)
    bits = directory.permissions(user_id, channel.id)
    if not fits or USE & ~bits:
        return False
    if channel.guild_id is None:
        return True
    held = directory.guild_permissions(user_id, channel.guild_id)
    if held & ADMINISTRATOR:
        return True
    verdict = _verdict(directory, channel, user_id, rules.get(command.id) or rules.get(command.application_id) or ())
    if verdict is not None:
        return verdict
    needed = None if body.default_member_permissions is None else from_wire(str(body.default_member_permissions))
    return needed is None or (needed != 0 and not needed & ~bits)


def _verdict(directory: Directory, channel: ChannelFacts, user_id: int, rules: Sequence[Rule]) -> bool | None:
    """What the rules say; None when they say nothing of this person here."""
    guild_id = channel.guild_id or 0
    said = {(rule.type, int(rule.id)): rule.permission for rule in rules}
    place = channel.parent_id if channel.thread is not None else channel.id
    if not said.get((3, place or 0), said.get((3, guild_id - 1), True)):
        return False
    if (own := said.get((2, user_id))) is not None:
        return own
    member = directory.member(guild_id, user_id)
    roles = [said[1, role_id] for role_id in (member.roles if member else ()) if (1, role_id) in said]
    return any(roles) if roles else said.get((1, guild_id))
