"""Groups: who comes in, who is put out, what each hears of it, and that nobody else learns anything."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.domains.place.conftest import Town
from tests.kit.gateway import gateway_client
from tests.kit.server import Kit, Person, open_kit

API = "/api/v10"
MINE = "/users/@me/channels"
OF_CHANNELS = ("CHANNEL_", "MESSAGE_")
CHANGED = ("ChannelUpdated", "MessageSent")


class Group:
    """Ada made it with Ben and Cid; Dan is a member of the community, Eve of none."""

    def __init__(self, town: Town, cid: Person, dan: Person, group_id: str) -> None:
        self.town, self.cid, self.dan, self.id = town, cid, dan, group_id
        self.path = f"/channels/{group_id}"

    def of(self, person: Person) -> str:
        """The path of somebody's place in it."""
        return f"{self.path}/recipients/{person.id}"

    async def said(self, reader: Person | None = None) -> list[tuple[int, str, str, list[str]]]:
        """What was told in it, oldest first: type, author, words, who is named."""
        rows = (await self.town.call("GET", f"{self.path}/messages", reader)).json
        return [(r["type"], r["author"]["username"], r["content"], [u["username"] for u in r["mentions"]]) for r in reversed(rows)]


@pytest.fixture
async def group(town: Town) -> Group:
    """Four people, three of them in the group."""
    cid, dan = await town.kit.person("cid"), await town.kit.person("dan")
    await town.enter(cid)
    await town.enter(dan)
    town.kit.take_events()
    body = {"recipients": [str(town.ben.id), str(cid.id)]}
    made = await town.call("POST", MINE, json=body, events=("ChannelCreated",))
    return Group(town, cid, dan, made.json["id"])


async def test_anybody_in_it_takes_in_whom_they_know(group: Group) -> None:
    town = group.town
    await town.call("PUT", group.of(group.dan), town.ben, json={}, status=204, events=CHANGED)
    await town.call("PUT", group.of(group.dan), town.ben, json={}, status=204)
    assert {u["username"] for u in (await town.call("GET", group.path)).json["recipients"]} == {"ben", "cid", "dan"}
    assert await group.said(group.dan) == [(1, "ben", "", ["dan"])]
    await town.call("POST", f"{group.path}/messages", group.dan, json={"content": "thanks"}, events=("MessageSent",))
    (notice,) = [row for row in (await town.call("GET", f"{group.path}/messages")).json if row["type"] == 1]
    for method, body in (("PATCH", {"content": "no"}), ("DELETE", None)):
        await town.call(method, f"{group.path}/messages/{notice['id']}", town.ben, json=body, status=403, code=50021)


async def test_the_owner_puts_out_and_anybody_leaves(group: Group) -> None:
    town = group.town
    await town.call("DELETE", group.of(town.ada), town.ben, status=403, code=50013)
    await town.call("DELETE", group.of(group.dan), town.ben, status=403, code=50013)
    await town.call("DELETE", group.of(group.dan), status=404, code=10013)
    await town.call("DELETE", group.of(town.ben), status=204, events=CHANGED)
    assert await group.said() == [(2, "ada", "", ["ben"])]
    # who leaves as owner hands it on, and nobody is left over at the end
    await town.call("DELETE", group.of(town.ada), status=204, events=CHANGED)
    rest = (await town.call("GET", group.path, group.cid)).json
    assert (rest["owner_id"], rest["recipients"]) == (str(group.cid.id), [])
    assert (await group.said(group.cid))[-1] == (2, "ada", "", ["ada"])
    await town.call("PUT", group.of(town.ben), group.cid, json={}, status=204, events=CHANGED)
    await town.call("DELETE", group.of(town.ben), group.cid, status=204, events=CHANGED)
    await town.call("DELETE", group.of(group.cid), group.cid, status=204, events=("ChannelDeleted",))


async def test_names_are_told_and_may_go(group: Group) -> None:
    town = group.town
    await town.call("PATCH", group.path, town.ben, json={"name": "  Tea  time "}, events=CHANGED)
    await town.call("PATCH", group.path, town.ben, json={"name": "Tea time"})
    unnamed = await town.call("PATCH", group.path, json={"name": None}, events=CHANGED)
    assert unnamed.json["name"] is None
    assert await group.said() == [(4, "ben", "Tea time", []), (4, "ada", "", [])]
    await town.call("PATCH", group.path, json={"name": "x" * 101}, status=400, code=50035)
    await town.call("PATCH", f"/channels/{town.room}", json={"name": None}, status=400, code=50035)


async def test_limits_and_places_that_are_no_groups(group: Group) -> None:
    town = group.town
    for n in range(7):
        person = await town.kit.person(f"more{n}")
        await town.enter(person)
        town.kit.take_events()
        await town.call("PUT", group.of(person), json={}, status=204, events=CHANGED)
    await town.call("PUT", group.of(group.dan), json={}, status=400, code=30004)
    direct = (await town.call("POST", MINE, json={"recipient_id": str(town.ben.id)}, events=("ChannelCreated",))).json["id"]
    for place in (direct, str(town.room)):
        await town.call("PUT", f"/channels/{place}/recipients/{group.dan.id}", json={}, status=400, code=50024)
        await town.call("DELETE", f"/channels/{place}/recipients/{town.ben.id}", status=400, code=50024)


async def test_strangers_learn_nothing_and_change_nothing(group: Group) -> None:
    town = group.town
    owner = await town.kit.person("boss", owner=True)
    for person in (town.eve, group.dan, owner):
        for method in ("PUT", "DELETE"):
            for target in (town.ben, group.dan, person):
                here = await town.call(method, group.of(target), person, status=404, code=10003)
                nowhere = await town.call(method, f"/channels/1/recipients/{target.id}", person, status=404, code=10003)
                assert here.body == nowhere.body
    # whom one meets nowhere is answered like whom nobody knows
    unmet = await town.call("PUT", group.of(town.eve), json={}, status=404, code=10013)
    unknown = await town.call("PUT", f"{group.path}/recipients/404", json={}, status=404, code=10013)
    assert unmet.body == unknown.body
    assert await group.said() == []


async def test_who_was_put_out_reads_nothing_any_more(group: Group) -> None:
    town, ben = group.town, group.town.ben
    say = f"{group.path}/messages"
    first = await town.call("POST", say, json={"content": f"the walnut plan <@{ben.id}>"}, events=("MessageSent",))
    thing = f"{say}/{first.json['id']}"
    await town.call("DELETE", group.of(ben), status=204, events=CHANGED)
    await town.call("POST", say, json={"content": "walnuts again"}, events=("MessageSent",))
    for method, path in (
        ("GET", group.path),
        ("GET", say),
        ("GET", thing),
        ("GET", f"{say}/pins"),
        ("POST", say),
        ("PATCH", group.path),
        ("DELETE", group.path),
        ("POST", f"{group.path}/typing"),
        ("PUT", f"{thing}/reactions/%F0%9F%91%8D/@me"),
        ("PUT", group.of(ben)),
    ):
        body = {"content": "x", "name": "x"} if method in ("POST", "PATCH") else None
        await town.call(method, path, ben, json=body, status=404, code=10003)
    assert (await town.call("GET", MINE, ben)).json == []
    await town.kit.settle()
    for path in ("/api/agora/search?q=walnut", "/api/v10/users/@me/mentions", f"/api/agora/search?q=walnut&channel_id={group.id}"):
        answer = await town.kit.request("GET", path, ben)
        assert b"plan" not in answer.body and b"again" not in answer.body, path
    found = await town.kit.request("GET", "/api/agora/search?q=walnut", town.ada)
    assert b"plan" in found.body, "the search of who is in it finds it"
    async with gateway_client(town.kit.session, town.kit.url) as client:
        assert (await client.identify(ben.token))["private_channels"] == []


async def test_what_each_hears(group: Group) -> None:
    """Ben is put out and taken in again; each client hears exactly what concerns it."""
    town = group.town
    people = {"ada": town.ada, "ben": town.ben, "cid": group.cid, "dan": group.dan}
    heard: dict[str, list[tuple[str, Any]]] = {}
    async with contextlib.AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(gateway_client(town.kit.session, town.kit.url)) for name in people}
        for name, client in clients.items():
            await client.identify(people[name].token)
        for method in ("DELETE", "PUT"):
            for client in clients.values():
                await client.beat()
                client.dispatches.clear()
            assert (await town.kit.request(method, API + group.of(town.ben), town.ada)).status == 204
            for name, client in clients.items():
                await client.beat()
                seen = [(p["t"], p["d"]) for p in client.dispatches if p["t"].startswith(OF_CHANNELS)]
                heard[f"{method} {name}"] = seen
    names = {key: [name for name, _ in events] for key, events in heard.items()}
    stays = ["CHANNEL_RECIPIENT_REMOVE", "MESSAGE_CREATE"]
    assert (names["DELETE ada"], names["DELETE cid"]) == (stays, stays)
    assert (names["DELETE ben"], names["DELETE dan"], names["PUT dan"]) == (["CHANNEL_DELETE"], [], [])
    welcomes = ["CHANNEL_RECIPIENT_ADD", "MESSAGE_CREATE"]
    assert (names["PUT ada"], names["PUT cid"], names["PUT ben"]) == (welcomes, welcomes, ["CHANNEL_CREATE", "MESSAGE_CREATE"])
    told = dict(heard["PUT cid"])["CHANNEL_RECIPIENT_ADD"]
    assert (told["channel_id"], told["user"]["username"], set(told)) == (group.id, "ben", {"channel_id", "user"})
    assert dict(heard["DELETE cid"])["CHANNEL_RECIPIENT_REMOVE"]["user"]["id"] == str(town.ben.id)
    opened = dict(heard["PUT ben"])["CHANNEL_CREATE"]
    assert (opened["type"], {each["username"] for each in opened["recipients"]}) == (3, {"ada", "cid"})


async def test_a_notice_calls_nobody(group: Group) -> None:
    town = group.town
    await town.call("PUT", group.of(group.dan), json={}, status=204, events=CHANGED)
    await town.kit.settle()
    async with gateway_client(town.kit.session, town.kit.url) as client:
        ready = await client.identify(group.dan.token)
    assert [each for each in ready["read_state"] if each["mention_count"]] == []


async def test_a_group_after_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada, ben, cid = [await kit.person(name) for name in ("ada", "ben", "cid")]
        await kit.guild(ada, ben, cid)
        made = await _make(kit, ada, ben)
        path = f"{API}/channels/{made['id']}"
        assert (await kit.request("PUT", f"{path}/recipients/{cid.id}", ben)).status == 204
        assert (await kit.request("DELETE", f"{path}/recipients/{ben.id}", ada)).status == 204
        assert (await kit.request("DELETE", path, ada)).status == 200
    async with open_kit(tmp_path / "data") as kit:
        again = await kit.request("GET", path, cid)
        assert (again.json["owner_id"], again.json["name"]) == (str(cid.id), None)
        assert [row["type"] for row in (await kit.request("GET", f"{path}/messages", cid)).json] == [2, 2, 1, 2]
        for person in (ada, ben):
            assert (await kit.request("GET", path, person)).status == 404
            assert (await kit.request("GET", f"{API}/users/@me/channels", person)).json == []


async def _make(kit: Kit, ada: Person, ben: Person) -> Any:
    third = await kit.person("third")
    body = {"recipients": [str(ben.id), str(third.id)]}
    made = (await kit.request("POST", f"{API}/users/@me/channels", ada, json=body)).json
    answer = await kit.request("DELETE", f"{API}/channels/{made['id']}", third)
    assert answer.status == 200, answer.text
    return made
