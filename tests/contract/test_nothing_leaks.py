"""Every route, called by everybody, with the ids of one's own community and of another one in every position.

A stranger, a member without rights, and somebody who runs another community call each route with each mix of ids. No answer may
hold a word of the other community, nothing may be written there, and nothing may end in a server error.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from agora.kernel.http import Route
from agora.protocol.permissions import Permission
from tests.domains.talk.expressions.pictures import HEADERS, PICTURE, sticker_form
from tests.kit.server import Kit, Person

# What only the hidden community knows; no answer to anybody else may hold it.
SECRET = "xyzzyplugh"
ALLOWED = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429}
FIELD = re.compile(r"\{(\w+)[^{}]*(?:\{[^}]*\})?[^{}]*\}")
# Not about a community at all, or about the server as a whole: no id of a community has a place in them.
# The picture of an emoji or a sticker shows wherever a message takes it, to whoever has its id, which cannot be guessed.
ELSEWHERE = (
    "/emojis/",
    "/stickers/",
    "/gateway",
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/",
    "/api/tags",
    "/api/chat",
    "/api/generate",
    "/api/embed",
)


class Place(msgspec.Struct, frozen=True):
    """A community with one of everything, and the value of each path parameter there."""

    owner: Person
    ids: dict[str, str]


async def furnish(kit: Kit, owner: Person, member: Person, word: str) -> Place:
    """A guild whose every name and text holds ``word``."""

    async def call(method: str, path: str, body: Any = None) -> Any:
        answer = await kit.request(method, f"/api/v10{path}", owner, json=body)
        assert answer.status < 300, f"{method} {path}: {answer.text[:300]}"
        return answer.json

    guild = await kit.guild(owner, member, name=f"{word} guild")
    hide = [{"id": str(guild), "type": 0, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}]
    body = {"name": f"{word}-room", "topic": word, "type": 0, "permission_overwrites": hide}
    channel = (await call("POST", f"/guilds/{guild}/channels", body))["id"]
    message = (await call("POST", f"/channels/{channel}/messages", {"content": word}))["id"]
    await call("POST", f"/channels/{channel}/messages/{message}/threads", {"name": word})
    role = (await call("POST", f"/guilds/{guild}/roles", {"name": word}))["id"]
    await call("PATCH", f"/guilds/{guild}/members/{member.id}", {"nick": word})
    rule = {
        "name": word,
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": [word]},
        "actions": [{"type": 1, "metadata": {}}],
    }
    rule_id = (await call("POST", f"/guilds/{guild}/auto-moderation/rules", rule))["id"]
    emoji = (await call("POST", f"/guilds/{guild}/emojis", {"name": word, "image": PICTURE}))["id"]
    made = await kit.request(
        "POST", f"/api/v10/guilds/{guild}/stickers", owner, data=sticker_form(word, word, word), headers=HEADERS
    )
    await call("POST", f"/guilds/{guild}/templates", {"name": word, "description": word})
    report = await kit.request("POST", f"/api/agora/channels/{channel}/messages/{message}/report", owner, json={"reason": word})
    return Place(
        owner,
        {
            "guild_id": str(guild),
            "channel_id": channel,
            "message_id": message,
            "role_id": role,
            "overwrite_id": role,
            "rule_id": rule_id,
            "report_id": report.json["id"],
            "emoji_id": emoji,
            "sticker_id": made.json["id"],
            "user_id": str(member.id),
        },
    )


def list_routes(kit: Kit) -> list[Route]:
    """All routes with an id of a community, a channel or something in them."""
    found = [route for domain in kit.app.domains for route in (*domain.routes, *domain.pages)]
    return [r for r in found if not r.path.startswith(ELSEWHERE) and set(FIELD.findall(r.path)) & KNOWN]


KNOWN = {
    "guild_id",
    "channel_id",
    "message_id",
    "role_id",
    "overwrite_id",
    "rule_id",
    "report_id",
    "emoji_id",
    "sticker_id",
    "guild",
    "channel",
    "message",
}


def addresses(route: Route, hidden: Place, own: Place) -> Iterator[str]:
    """The route's path with each mix of hidden and own ids; at least one is hidden."""
    names = [name for name in FIELD.findall(route.path) if name != "user_id"]
    known = [name for name in names if name in KNOWN]
    for mix in itertools.product((hidden, own), repeat=len(known)):
        if all(place is own for place in mix):
            continue
        values = {name: place.ids[name if name.endswith("_id") else f"{name}_id"] for name, place in zip(known, mix, strict=True)}
        yield FIELD.sub(lambda found, values=values: values.get(found[1]) or own.ids.get(found[1], "1"), route.path)


async def snapshot(kit: Kit, place: Place) -> list[str]:
    """What the hidden community is, as its owner sees it."""
    ids = place.ids
    paths = (
        f"/guilds/{ids['guild_id']}",
        f"/guilds/{ids['guild_id']}/channels",
        f"/guilds/{ids['guild_id']}/members?limit=100",
        f"/guilds/{ids['guild_id']}/bans",
        f"/guilds/{ids['guild_id']}/invites",
        f"/guilds/{ids['guild_id']}/auto-moderation/rules",
        f"/guilds/{ids['guild_id']}/threads/active",
        f"/guilds/{ids['guild_id']}/emojis",
        f"/guilds/{ids['guild_id']}/stickers",
        f"/guilds/{ids['guild_id']}/templates",
        f"/channels/{ids['channel_id']}/messages",
        f"/channels/{ids['channel_id']}/messages/pins",
        f"/channels/{ids['channel_id']}/webhooks",
        f"/channels/{ids['message_id']}/messages",
        f"/channels/{ids['message_id']}/thread-members",
    )
    return [(await kit.request("GET", f"/api/v10{path}", place.owner)).text for path in paths]


@pytest.mark.parametrize("who", ["nobody", "stranger", "keeper", "administrator"])
async def test_no_route_tells_or_changes_anything_of_another_community(agora: Kit, who: str) -> None:
    """``keeper`` runs a community, ``administrator`` holds every right in one; both know every id of the other one."""
    ada, ben, eve, mallory = [await agora.person(name) for name in ("ada", "ben", "eve", "mallory")]
    hidden = await furnish(agora, ada, ben, SECRET)
    own = await furnish(agora, eve, mallory, "open")
    admin = (
        await agora.request("POST", f"/api/v10/guilds/{own.ids['guild_id']}/roles", eve, json={"name": "A", "permissions": "8"})
    ).json
    path = f"/api/v10/guilds/{own.ids['guild_id']}/members/{mallory.id}/roles/{admin['id']}"
    assert (await agora.request("PUT", path, eve)).status == 204
    callers = {"nobody": None, "stranger": await agora.person("zoe"), "keeper": eve, "administrator": mallory}
    caller = callers[who]
    before = await snapshot(agora, hidden)
    faults, called = [], 0
    for route in list_routes(agora):
        unknown: dict[str, Any] = {}
        for address in addresses(route, hidden, own):
            answer = await agora.request(route.method, address, caller, json=_body(route))
            called += 1
            said = f"{route.method} {address} as {who}: {answer.status} {answer.body[:200]!r}"
            if SECRET.encode() in answer.body:
                faults.append(f"it tells: {said}")
            if answer.status >= 500:
                faults.append(f"it breaks: {said}")
            # not even that it exists may be seen: the answer is that for an id which nothing has
            nothing = _unknown(address, hidden)
            if nothing not in unknown:
                unknown[nothing] = await agora.request(route.method, nothing, caller, json=_body(route))
            same = route.html or unknown[nothing].body == answer.body  # a page names the address that was asked for
            if unknown[nothing].status != answer.status or not same:
                faults.append(f"it shows that it exists: {said}, but unknown: {unknown[nothing].body[:200]!r}")
    assert faults == []
    assert await snapshot(agora, hidden) == before, "something changed in a community the caller has nothing to do with"
    assert called > 150, "most routes were left out"


async def test_a_member_without_rights_reads_and_changes_nothing_hidden(agora: Kit) -> None:
    """The same for a member of the community itself, in a channel that is hidden from them."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    hidden = await furnish(agora, ada, ben, SECRET)
    ids = {name: value for name, value in hidden.ids.items() if name in ("channel_id", "message_id")}
    faults = []
    before = await snapshot(agora, hidden)
    for route in list_routes(agora):
        if "{channel_id}" not in route.path or route.html:
            continue
        address = FIELD.sub(lambda found: ids.get(found[1], "1"), route.path)
        for path in (address, address.replace(ids["channel_id"], ids["message_id"], 1)):  # the channel, and the thread in it
            answer = await agora.request(route.method, path, ben, json=_body(route))
            if SECRET.encode() in answer.body or answer.status not in ALLOWED:
                faults.append(f"{route.method} {path}: {answer.status} {answer.body[:200]!r}")
    assert faults == []
    assert await snapshot(agora, hidden) == before


async def test_ids_of_another_community_in_bodies_are_refused(agora: Kit) -> None:
    """Who runs a community names things of another one in what they send."""
    ada, ben, eve, mallory = [await agora.person(name) for name in ("ada", "ben", "eve", "mallory")]
    hidden, own = await furnish(agora, ada, ben, SECRET), await furnish(agora, eve, mallory, "open")
    theirs, mine = hidden.ids, own.ids
    before = await snapshot(agora, hidden)
    guild, channel = f"/guilds/{mine['guild_id']}", f"/channels/{mine['channel_id']}"
    news = (await agora.request("POST", f"/api/v10{guild}/channels", eve, json={"name": "news", "type": 5})).json["id"]
    rule = {"name": "r", "event_type": 1, "trigger_type": 5, "trigger_metadata": {"mention_total_limit": 1}}
    alert = [{"type": 2, "metadata": {"channel_id": theirs["channel_id"]}}]
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", guild, {"system_channel_id": theirs["channel_id"]}),
        ("PATCH", guild, {"owner_id": str(ada.id)}),
        ("POST", f"{guild}/channels", {"name": "x", "parent_id": theirs["channel_id"]}),
        (
            "POST",
            f"{guild}/channels",
            {"name": "x", "permission_overwrites": [{"id": theirs["role_id"], "type": 0, "deny": "1024"}]},
        ),
        ("PATCH", channel, {"parent_id": theirs["channel_id"]}),
        ("PATCH", f"{guild}/channels", [{"id": theirs["channel_id"], "position": 1}]),
        ("PATCH", f"{guild}/roles", [{"id": theirs["role_id"], "position": 1}]),
        ("PATCH", f"{guild}/members/{mallory.id}", {"roles": [theirs["role_id"]]}),
        ("POST", f"{guild}/auto-moderation/rules", {**rule, "actions": alert}),
        ("POST", f"{guild}/prune", {"days": 30, "include_roles": [theirs["role_id"]]}),
        ("POST", f"{channel}/messages", {"sticker_ids": [theirs["sticker_id"]]}),
        ("POST", f"{guild}/emojis", {"name": "xx", "image": PICTURE, "roles": [theirs["role_id"]]}),
        (
            "POST",
            f"{channel}/messages",
            {"message_reference": {"type": 1, "message_id": theirs["message_id"], "channel_id": theirs["channel_id"]}},
        ),
        ("POST", f"{channel}/messages", {"content": "x", "message_reference": {"message_id": theirs["message_id"]}}),
        ("POST", f"/channels/{news}/followers", {"webhook_channel_id": theirs["channel_id"]}),
        ("POST", f"/channels/{theirs['channel_id']}/followers", {"webhook_channel_id": mine["channel_id"]}),
    ]
    for method, path, body in calls:
        answer = await agora.request(method, f"/api/v10{path}", eve, json=body)
        assert answer.status in (400, 403, 404), f"{method} {path} {body}: {answer.status} {answer.text[:300]}"
        assert SECRET not in answer.text
    ids = [theirs["message_id"], mine["message_id"]]
    assert (await agora.request("POST", f"/api/v10{channel}/messages/bulk-delete", eve, json={"messages": ids})).status == 204
    bot = {"name": "spy", "guild_id": theirs["guild_id"]}
    assert (await agora.request("POST", "/api/agora/bots", eve, json=bot)).status in (403, 404)
    said = {"content": f"<#{theirs['channel_id']}> <@&{theirs['role_id']}> <:x_x:{theirs['emoji_id']}>"}
    shown = await agora.request("POST", f"/api/v10{channel}/messages", eve, json=said)
    assert SECRET not in shown.text
    assert "<img" not in shown.text
    react = f"/api/v10{channel}/messages/{shown.json['id']}/reactions/{SECRET}:{theirs['emoji_id']}/@me"
    assert (await agora.request("PUT", react, eve)).status == 400
    assert await snapshot(agora, hidden) == before


def _unknown(address: str, hidden: Place) -> str:
    """The same address with ids that nothing has."""
    for value in hidden.ids.values():
        address = address.replace(f"/{value}", "/1")
    return address


def _body(route: Route) -> Any:
    """Something that may be taken where a body is wanted: with every field that the routes of communities need."""
    if route.method not in ("POST", "PUT", "PATCH"):
        return None
    if "channels" in route.path.rsplit("/", 1)[-1] and route.method == "PATCH":
        return []
    return {
        "name": "x",
        "content": "x",
        "type": 0,
        "allow": "0",
        "deny": "0",
        "topic": "x",
        "nick": "x",
        "event_type": 1,
        "trigger_type": 1,
        "actions": [],
        "decision": "dismiss",
        "user_ids": [],
        "messages": [],
        "flags": 0,
        "image": PICTURE,
        "tags": "x",
        "webhook_channel_id": "1",
    }
