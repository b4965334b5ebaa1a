"""Use cases of search."""

from __future__ import annotations

import msgspec

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import list_by_ids, list_payloads
from agora.domains.talk.search.match import Found, Match
from agora.domains.talk.search.queries import find_hits
from agora.kernel.ctx import Ctx
from agora.kernel.tx import Tx
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

_NEEDED = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)


class Page(msgspec.Struct, frozen=True):
    """Hits with their messages, in the same order."""

    found: Found
    messages: tuple[Message, ...]


def readable_channels(ctx: Ctx, guild_id: int | None = None) -> tuple[int, ...]:
    """The channels and threads whose history the actor may read: of one guild, or everywhere with direct messages."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    if guild_id is not None:
        guilds: tuple[int, ...] = (guild_id,)
        ids = [channel.id for channel in directory.visible_in(guild_id, user_id)]
    else:
        guilds = directory.guilds_of(user_id)
        ids = [*directory.visible_channels(user_id), *directory.private_of(user_id)]
    ids += [thread.id for each in guilds for thread in directory.threads(each)]
    return tuple(each for each in ids if directory.permissions(user_id, each) & _NEEDED == _NEEDED)


async def search(ctx: Ctx, match: Match, limit: int, offset: int = 0) -> Page:
    """One page of matching messages. ``match.channels`` must come from ``readable_channels``."""
    return await ctx.read(read_page, match, ctx.actor.user_id, limit, offset)


def read_page(tx: Tx, match: Match, viewer_id: int, limit: int, offset: int) -> Page:
    """Hits and their messages in one snapshot."""
    found = find_hits(tx, match, limit, offset)
    rows = list_by_ids(tx, [hit.id for hit in found.hits])
    return Page(found, tuple(list_payloads(tx, [rows[hit.id] for hit in found.hits], viewer_id)))
