"""A town with a channel to begin threads in."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agora.domains.place.guilds import add_member
from tests.domains.place.conftest import API, check_described
from tests.kit.server import Answer, Kit, Person


class Loom(msgspec.Struct, frozen=True):
    """Ada owns the guild, Ben and Cleo are members, Eve belongs nowhere. ``room`` is a text channel all members see."""

    kit: Kit
    ada: Person
    ben: Person
    cleo: Person
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
        status: int | None = None,
        code: int | None = None,
    ) -> Any:
        """A call, as Ada unless told, whose answer is one of Discord's; returns the body."""
        answer = await self.kit.request(method, API + path, person or self.ada, json=json)
        wanted = (200, 201, 204) if status is None else (status,)
        assert answer.status in wanted, f"{method} {path}: {answer.status} {answer.text[:600]}"
        if code is not None:
            assert answer.json["code"] == code, answer.text
        body = answer.json
        check_described(method, API + path, Answer(answer.status, answer.headers, answer.body))
        return body

    async def say(self, channel: int | str, person: Person | None = None, content: str = "hello", **more: Any) -> Any:
        """A message."""
        return await self.call("POST", f"/channels/{channel}/messages", person, json={"content": content, **more})

    async def thread(self, person: Person | None = None, name: str = "Side talk", **fields: Any) -> Any:
        """A thread without a message; public unless told."""
        body = {"name": name, "type": 11, **fields}
        return await self.call("POST", f"/channels/{self.room}/threads", person, json=body, status=201)

    async def look(self, thread: int | str, person: Person | None = None) -> Any:
        """A thread as somebody sees it."""
        return await self.call("GET", f"/channels/{thread}", person)

    async def role(self, person: Person, *bits: int) -> int:
        """A role with these permissions for one person."""
        made = await self.call("POST", f"/guilds/{self.guild}/roles", json={"name": "R", "permissions": str(sum(bits))})
        await self.call("PUT", f"/guilds/{self.guild}/members/{person.id}/roles/{made['id']}")
        return int(made["id"])


@pytest.fixture
async def loom(agora: Kit) -> Loom:
    """A new guild with three members and a room."""
    people = [await agora.person(name) for name in ("ada", "ben", "cleo", "eve")]
    guild = await agora.guild(people[0], people[1], name="Town")
    await add_member(agora.ctx(), guild, people[2].id)
    room = await agora.channel(people[0], guild)
    agora.take_events()
    return Loom(agora, *people, guild, room)
