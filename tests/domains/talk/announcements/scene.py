"""Two communities: Ada's has an announcement channel, Cy's a channel that follows it."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.kit.server import Answer, Kit, Person

API = "/api/v10"


class Scene(msgspec.Struct, frozen=True):
    """Ada publishes in ``news``, Ben is a member there; Cy owns ``away`` and is a member of Ada's community too."""

    kit: Kit
    ada: Person
    ben: Person
    cy: Person
    guild: int
    news: int
    away: int
    target: int

    async def say(self, content: str = "hear", person: Person | None = None, **fields: Any) -> Any:
        """A message in the announcement channel."""
        path = f"{API}/channels/{self.news}/messages"
        answer = await self.kit.request("POST", path, person or self.ada, json={"content": content, **fields})
        assert answer.status == 200, answer.text
        return answer.json

    async def follow(self, target: int | None = None, person: Person | None = None) -> str:
        """Let a channel follow; returns the id of its webhook."""
        body = {"webhook_channel_id": str(target or self.target)}
        answer = await self.kit.request("POST", f"{API}/channels/{self.news}/followers", person or self.cy, json=body)
        assert answer.status == 200, answer.text
        webhook_id: str = answer.json["webhook_id"]
        return webhook_id

    def crosspost(self, message: Any) -> str:
        """Where a message is published."""
        return f"{API}/channels/{self.news}/messages/{message['id']}/crosspost"

    async def publish(self, message: Any, person: Person | None = None) -> Answer:
        """Publish it, and wait until the copies are there."""
        answer = await self.kit.request("POST", self.crosspost(message), person or self.ada)
        await self.kit.settle()
        return answer

    async def act(self, method: str, path: str, events: list[str], *, json: Any = None, status: int = 200) -> Answer:
        """What Ada does, and all the events of it and of what it does to copies, which come at a time of their own."""
        self.kit.take_events()
        answer = await self.kit.request(method, path, self.ada, json=json)
        assert answer.status == status, answer.text
        await self.kit.settle()
        assert self.kit.take_events() == events
        return answer

    async def published(self, content: str = "hear", **fields: Any) -> Any:
        """A published message."""
        message = await self.say(content, **fields)
        answer = await self.publish(message)
        assert answer.status == 200, answer.text
        return message

    async def read(self, channel: int | None = None, person: Person | None = None) -> Any:
        """What came into a channel that follows, oldest first, without the notice of following."""
        answer = await self.kit.request("GET", f"{API}/channels/{channel or self.target}/messages?limit=100", person or self.cy)
        assert answer.status == 200, answer.text
        return [each for each in answer.json[::-1] if each["type"] != 12]


async def build_scene(kit: Kit) -> Scene:
    """A new one."""
    ada, ben, cy = [await kit.person(name) for name in ("ada", "ben", "cy")]
    guild = await kit.guild(ada, ben, cy, name="Source")
    news = await kit.channel(ada, guild, "news", type=5)
    away = await kit.guild(cy, name="Away")
    target = await kit.channel(cy, away, "echo")
    await kit.settle()
    kit.take_events()
    return Scene(kit, ada, ben, cy, guild, news, away, target)
