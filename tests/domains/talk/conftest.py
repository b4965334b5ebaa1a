"""A guild with two members and a room, over a real server."""

from __future__ import annotations

import msgspec
import pytest

from tests.kit.server import Answer, Kit, Person


class Room(msgspec.Struct, frozen=True):
    """A text channel with its people: Ada owns the guild, Ben is a member, Eve belongs nowhere."""

    kit: Kit
    ada: Person
    ben: Person
    eve: Person
    guild: int
    channel: int

    @property
    def path(self) -> str:
        """The channel's messages."""
        return f"/api/v10/channels/{self.channel}/messages"

    async def say(self, content: str, person: Person | None = None, **fields: object) -> dict[str, object]:
        """Send a message over HTTP; returns the message object."""
        answer = await self.post({"content": content, **fields}, person)
        assert answer.status == 200, answer.text
        message: dict[str, object] = answer.json
        return message

    async def post(self, body: object, person: Person | None = None) -> Answer:
        """Send a body as it is."""
        return await self.kit.request("POST", self.path, person or self.ada, json=body)


@pytest.fixture
async def room(agora: Kit) -> Room:
    """A new room in a new guild."""
    ada, ben, eve = await agora.person("ada"), await agora.person("ben"), await agora.person("eve")
    guild = await agora.guild(ada, ben)
    channel = await agora.channel(ada, guild, "general")
    agora.take_events()
    return Room(agora, ada, ben, eve, guild, channel)
