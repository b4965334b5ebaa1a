"""Ids of other places in every position of every route: nobody gets anything, and nothing changes there.

The caller owns a community of their own, so only the place is in the way. A second round asks as a plain member for a channel
of the same community that they do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from agora.domains.place import guilds
from agora.gateway import ROUTES as GATEWAY_ROUTES
from agora.kernel.http import Route
from tests.contract.fuzz import Call, Maker
from tests.kit.server import Kit, Person

SEED = 11
SECRET = "zq7secret"  # stands in every name and text of the foreign place
PARTS = 4
_PARAMETER = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
# One's own lists: a mark of how far oneself has read, a mention taken out of one's inbox. Any id will do, and none is looked up.
_OWN_MARK = re.compile(r"/messages/\{message_id\}/ack$|/users/@me/mentions/\{message_id\}$")
# Everybody may look up a user by id, as on Discord; the owner of a place may name anybody in it.
_OF_NOBODY = frozenset({"user_id", "overwrite_id", "application_id"})


class Place(msgspec.Struct, frozen=True):
    """A community with one of everything, by the name of the path's parameter."""

    owner: Person
    ids: dict[str, str]


async def build_place(kit: Kit, name: str) -> Place:
    """Somebody's community: a channel, a hidden channel, a message with a thread, a role, an invitation."""
    owner = await kit.person(f"{name}-owner")
    guild = await kit.guild(owner, name=f"{name} place")
    channel = await kit.channel(owner, guild, f"{name}-room", topic=f"{name} topic")
    deny = [{"id": str(guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
    hidden = await kit.channel(owner, guild, f"{name}-hidden", permission_overwrites=deny)
    ids = {"guild_id": str(guild), "channel_id": str(channel), "hidden": str(hidden), "user_id": str(owner.id)}
    messages = f"/api/v10/channels/{channel}/messages"
    message = (await kit.request("POST", messages, owner, json={"content": f"{name} words"})).json["id"]
    thread = (await kit.request("POST", f"{messages}/{message}/threads", owner, json={"name": f"{name} thread"})).json["id"]
    said = (await kit.request("POST", f"/api/v10/channels/{hidden}/messages", owner, json={"content": f"{name} words"})).json["id"]
    role = (await kit.request("POST", f"/api/v10/guilds/{guild}/roles", owner, json={"name": f"{name} role"})).json["id"]
    ids |= {"message_id": message, "thread_id": thread, "role_id": role, "hidden_message": said}
    return Place(owner, ids)


def routes_with_ids(kit: Kit) -> list[Route]:
    """Routes that name a place or something in it."""
    routes = [*GATEWAY_ROUTES, *(route for domain in kit.app.domains for route in domain.routes)]
    found = [route for route in routes if any(name.endswith("_id") and name not in _OF_NOBODY for name in names(route))]
    return sorted(found, key=lambda route: (route.method == "DELETE", route.path, route.method))


def names(route: Route) -> list[str]:
    """The parameters of its path."""
    return _PARAMETER.findall(route.path)


def positions(route: Route, own: Place, other: Place) -> Iterator[dict[str, list[str]]]:
    """Each id foreign by itself, then all of them."""
    places = [name for name in names(route) if name in other.ids and name not in _OF_NOBODY]
    if _OWN_MARK.search(route.path):
        places.remove("message_id")
    for foreign in [*([name] for name in places), places] if len(places) > 1 else [places]:
        if foreign:
            yield {name: [(other if name in foreign else own).ids.get(name, "1")] for name in names(route)} | {
                "emoji": ["\N{THUMBS UP SIGN}"]
            }


async def find_leak(kit: Kit, person: Person, call: Call, secret: str) -> str:
    """What was given away or changed; empty when nothing was."""
    headers = {"Content-Type": call.content_type} if call.body is not None else {}
    answer = await kit.request(call.method, call.path, person, data=call.body, headers=headers)
    if answer.status < 400:
        return f"{call.method} {call.path} {call.body!r}: {answer.status} {answer.body[:200]!r}"
    return f"{call.method} {call.path}: tells {answer.body[:200]!r}" if secret in answer.body.decode("utf-8", "replace") else ""


@pytest.mark.parametrize("part", range(PARTS))
async def test_nobody_reaches_into_another_place(agora: Kit, part: int) -> None:
    own, other = await build_place(agora, "own"), await build_place(agora, SECRET)
    agora.take_recorded()
    leaks = []
    for route in routes_with_ids(agora)[part::PARTS]:
        for known in positions(route, own, other):
            for call in Maker(route, known, SEED).calls(2):
                if leak := await find_leak(agora, own.owner, call, SECRET):
                    leaks.append(leak)
    touched = [event.type for event in agora.take_recorded() if str(event.guild_id) == other.ids["guild_id"]]
    assert not leaks, "\n".join(leaks)
    assert not touched


async def test_nobody_reaches_a_channel_they_do_not_see(agora: Kit) -> None:
    place = await build_place(agora, SECRET)
    member = await agora.person("plain-member")
    await guilds.add_member(agora.ctx(), int(place.ids["guild_id"]), member.id)
    known = {name: [value] for name, value in place.ids.items()} | {"emoji": ["\N{THUMBS UP SIGN}"]}
    known |= {"channel_id": [place.ids["hidden"]], "message_id": [place.ids["hidden_message"]]}
    leaks = []
    for route in routes_with_ids(agora):
        if "channel_id" in names(route):
            for call in Maker(route, known, SEED).calls(2):
                if leak := await find_leak(agora, member, call, SECRET):
                    leaks.append(leak)
    assert not leaks, "\n".join(leaks)
