"""Every route, asked for everything but what it expects: it never breaks, and it refuses in one shape."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest

from agora.domains.place import accounts
from agora.gateway import ROUTES as GATEWAY_ROUTES
from agora.kernel.http import Route, discord_error
from agora.web import ROUTES as WEB_ROUTES
from tests.contract.fuzz import Call, Maker
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit, Person

SEED = 5
CALLS = 9
PARTS = 6  # each with a server of its own, so that no test is long on a busy machine
LIMIT_S = 20.0  # no single call may hang; on an idle machine they take milliseconds


class World(msgspec.Struct):
    """What there is to name: one's own, and what belongs to others."""

    kit: Kit
    owner: Person
    known: dict[str, list[str]]


async def build_world(kit: Kit) -> World:
    """A person with a community, and a stranger with another."""
    owner, friend, stranger = [await kit.person(name, owner=name == "owner-1") for name in ("owner-1", "friend-1", "stranger-1")]
    known: dict[str, list[str]] = {"user_id": [str(friend.id), str(stranger.id)], "_word": ["@me", "1", "x", "%F0%9F%91%8D"]}
    for person, members in ((owner, (friend,)), (stranger, ())):
        guild = await kit.guild(person, *members)
        channel = await kit.channel(person, guild)
        ids = {"guild_id": guild, "channel_id": channel}
        sent = await kit.request("POST", f"/api/v10/channels/{channel}/messages", person, json={"content": "hello"})
        role = await kit.request("POST", f"/api/v10/guilds/{guild}/roles", person, json={"name": "role"})
        ids |= {"message_id": sent.json["id"], "role_id": role.json["id"]}
        for name, value in ids.items():
            known.setdefault(name, []).append(str(value))
    known["thread_id"] = known["channel_id"]
    known["_id"] = [word for words in list(known.values()) for word in words if word.isdigit()]
    known["emoji"] = ["\N{THUMBS UP SIGN}", "x:1", "x"]
    return World(kit, owner, known)


def all_routes(kit: Kit) -> list[Route]:
    """Those that destroy come last, the widest of them at the very end."""
    routes = [*WEB_ROUTES, *GATEWAY_ROUTES, *(route for domain in kit.app.domains for route in (*domain.routes, *domain.pages))]
    return sorted(routes, key=lambda r: (r.method == "DELETE", -r.path.count("{") if r.method == "DELETE" else 0, r.path, r.method))


async def ask(world: World, call: Call, token: str | None) -> tuple[int, bytes, str]:
    """Status, the first bytes of the body, and its type."""
    headers = {"Content-Type": call.content_type} if call.body is not None else {}
    if token is not None:
        headers["Authorization"] = token
    limit = aiohttp.ClientTimeout(total=LIMIT_S)
    url = world.kit.url + call.path
    async with world.kit.session.request(
        call.method, url, data=call.body, headers=headers, allow_redirects=False, timeout=limit
    ) as answer:
        return answer.status, await answer.content.read(1 << 20), answer.content_type


def find_fault(route: Route, status: int, body: bytes, kind: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if status >= 500:
        return f"answered {status}: {body[:300]!r}"
    if status < 400:
        return ""
    if kind == "text/html" and route.html:
        return ""
    try:
        error = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return f"refused with {status} and no JSON: {body[:300]!r}"
    if route.error is not discord_error:
        return "" if isinstance(error, dict) and "error" in error else f"refused with {status} in no shape of its own: {error}"
    if not isinstance(error, dict) or not isinstance(error.get("code"), int) or not isinstance(error.get("message"), str):
        return f"refused with {status} in another shape: {error}"
    return "" if error["message"] else f"refused with {status} without a word"


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_route_breaks_whatever_it_is_asked(agora: Kit, part: int) -> None:
    world = await build_world(agora)
    faults = []
    for route in all_routes(agora)[part::PARTS]:
        # a token of its own: some routes end the one they are called with
        token = await accounts.issue_token(agora.ctx(), world.owner.id, "fuzz")
        for number, call in enumerate(Maker(route, world.known, SEED).calls(CALLS)):
            try:
                status, body, kind = await ask(world, call, f"Bearer {token}" if number % 5 else None)
            except (TimeoutError, aiohttp.ClientError) as error:
                faults.append(f"{call.method} {call.path[:200]}: {error!r}")
                continue
            if fault := find_fault(route, status, body, kind):
                faults.append(f"{call.method} {call.path[:200]} {(call.body or b'')[:200]!r}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": "x" * 10_000_000}, 413),
        ({"content": "x" * 2001}, 400),
        ({"content": "\N{GRINNING FACE}" * 2000}, 200),
        ({"content": "a\u0301" * 1000}, 200),
        ({"content": "[" * 2000}, 200),
        ({"content": "> " * 1000}, 200),
        ({"content": "*_~`|" * 400}, 200),
        ({"content": "<@1>" * 500}, 200),
        ({"content": "a", "nonce": 10**18}, 200),
        ({"content": "a", "flags": 2**80}, 200),
        ({"content": "a", "embeds": [{"title": "x"}] * 500}, 400),
    ],
)
async def test_large_and_strange_messages(agora: Kit, body: Any, status: int) -> None:
    owner = await agora.person("someone")
    channel = await agora.channel(owner, await agora.guild(owner))
    async with asyncio.timeout(LIMIT_S):
        answer = await agora.request("POST", f"/api/v10/channels/{channel}/messages", owner, json=body)
    assert answer.status == status, answer.text[:300]
    if status >= 400:
        assert isinstance(answer.json["code"], int) and answer.json["message"]


async def test_an_image_that_claims_to_be_huge_is_refused(agora: Kit) -> None:
    owner = await agora.person("someone")
    channel = await agora.channel(owner, await agora.guild(owner))
    form = aiohttp.FormData()
    form.add_field("files[0]", png(60_000, 60_000), filename="a.png")
    headers = {"Authorization": f"Bearer {owner.token}"}
    url = f"{agora.url}/api/v10/channels/{channel}/messages"
    async with agora.session.post(url, data=form, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["code"] == 50035
