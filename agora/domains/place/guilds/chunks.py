"""Gateway operation 8: the members of a community in chunks, for clients that were told of only some.

https://discord.com/developers/docs/events/gateway-events#request-guild-members
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agora.domains.place.guilds.members import search_members
from agora.domains.place.guilds.wire import build_member
from agora.domains.place.permissions import Directory, MemberFacts, check_guild
from agora.gateway.ports import ClientOp, ClientSession, GuildPart
from agora.kernel.errors import invalid
from agora.kernel.http import encode
from agora.kernel.ids import parse
from agora.protocol.gateway_payloads import RequestGuildMembers
from agora.protocol.opcodes import Op

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

# Discord's numbers: members in one chunk, and what one request may name.
CHUNK = 1000
MAX_NAMED = 100


async def on_request_members(ctx: Ctx, session: ClientSession, data: RequestGuildMembers) -> None:
    """Answer with one or more GUILD_MEMBERS_CHUNK. Raises NotFound for a community the user is not in."""
    guild_id = parse(data.guild_id)
    if guild_id is None:
        raise invalid("guild_id", "Value is not a snowflake.")
    check_guild(ctx, 0, guild_id=guild_id)
    found, missing = _find(ctx, guild_id, data)
    presences = await _presences(ctx, guild_id) if data.presences else {}
    parts = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)] or [[]]
    for index, part in enumerate(parts):
        body: dict[str, Any] = {
            "guild_id": str(guild_id),
            "members": [build_member(ctx.app, member) for member in part],
            "chunk_index": index,
            "chunk_count": len(parts),
        }
        if missing and index == 0:
            body["not_found"] = missing
        if data.presences:
            body["presences"] = [presences[m.user_id] for m in part if m.user_id in presences]
        if data.nonce is not None:
            body["nonce"] = data.nonce
        session.send("GUILD_MEMBERS_CHUNK", encode(body))


def _find(ctx: Ctx, guild_id: int, data: RequestGuildMembers) -> tuple[list[MemberFacts], list[str]]:
    """The members asked for, by id or by the beginning of a name, and the ids that are not among them."""
    known = ctx.app.get(Directory).member_facts(guild_id)
    if data.user_ids is not None:
        wanted = (data.user_ids if isinstance(data.user_ids, list) else [data.user_ids])[:MAX_NAMED]
        ids = {text: parse(text) for text in wanted}
        found = [known[user_id] for user_id in ids.values() if user_id is not None and user_id in known]
        return found, [str(text) for text, user_id in ids.items() if user_id not in known]
    if data.query:
        return search_members(ctx, guild_id, data.query, min(data.limit or MAX_NAMED, MAX_NAMED)), []
    everybody = [known[user_id] for user_id in sorted(known)]
    return everybody[: data.limit] if data.limit else everybody, []


async def _presences(ctx: Ctx, guild_id: int) -> dict[int, Any]:
    """Who is there, from whichever domain tells it in GUILD_CREATE."""
    for part in ctx.app.offers(GuildPart):
        if part.key == "presences":
            return {int(each.user["id"]): each for each in await part.build(ctx, guild_id)}
    return {}


OFFERS = (ClientOp(op=int(Op.REQUEST_GUILD_MEMBERS), body=RequestGuildMembers, handle=on_request_members),)
