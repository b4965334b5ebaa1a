"""A community with people in it, over a real server."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.contract import description
from tests.kit.server import Answer, Kit, Person

API = "/api/v10"


class Town(msgspec.Struct, frozen=True):
    """Ada owns the guild, Ben is a member, Eve belongs nowhere. ``room`` is a text channel everybody sees."""

    kit: Kit
    ada: Person
    ben: Person
    eve: Person
    guild: int
    room: int

    async def call(
        self,
        method: str,
        path: str,
        person: Person | None = None,
        *,
        json: Any = None,
        status: int = 200,
        events: tuple[str, ...] = (),
        code: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One row of the specification: as Ada unless told; checked against Discord's description where it knows the route."""
        answer = await self.kit.scenario(
            method, API + path, person or self.ada, json=json, status=status, events=events, headers=headers
        )
        if code is not None:
            assert answer.json["code"] == code, answer.text
        check_described(method, path, answer)
        return answer

    async def role(self, name: str, *bits: int, position: int = 1, holders: tuple[Person, ...] = ()) -> int:
        """A role with these permissions, at a position, given to these people."""
        made = await self.kit.request(
            "POST", f"{API}/guilds/{self.guild}/roles", self.ada, json={"name": name, "permissions": str(sum(bits))}
        )
        role_id = int(made.json["id"])
        if position != 1:
            moved = [{"id": str(role_id), "position": position}]
            answer = await self.kit.request("PATCH", f"{API}/guilds/{self.guild}/roles", self.ada, json=moved)
            assert answer.status == 200, answer.text
        for person in holders:
            path = f"{API}/guilds/{self.guild}/members/{person.id}/roles/{role_id}"
            assert (await self.kit.request("PUT", path, self.ada)).status == 204
        return role_id

    async def enter(self, person: Person) -> None:
        """Make somebody a member."""
        from agora.domains.place.guilds import add_member

        await add_member(self.kit.ctx(), self.guild, person.id)


def check_described(method: str, path: str, answer: Answer) -> None:
    """Where Discord's description lies beside the checkout and knows the route, the answer must be one of its answers."""
    known = description.load()
    if known is None:
        return
    body = answer.json
    if answer.status >= 400:
        # it calls the codes inside of "errors" numbers; Discord's documentation and its answers have words there
        body.pop("errors", None)
    try:
        problems = known.check(method, path, answer.status, body)
    except description.Undescribed:
        return
    assert not problems, (method, path, problems, answer.text[:500])


@pytest.fixture
async def town(agora: Kit) -> Town:
    """A new guild with two members and a room."""
    ada, ben, eve = [await agora.person(name) for name in ("ada", "ben", "eve")]
    guild = await agora.guild(ada, ben, name="Town")
    room = await agora.channel(ada, guild)
    agora.take_events()
    return Town(agora, ada, ben, eve, guild, room)
