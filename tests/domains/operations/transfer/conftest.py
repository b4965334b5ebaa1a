"""A community with history to take along."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from tests.domains.talk.files.samples import BOUNDARY, png, upload
from tests.kit.server import Kit, Person


class Scene(msgspec.Struct):
    """Who is there, and what was said."""

    kit: Kit
    owner: Person
    member: Person
    guild: int
    channel: int

    async def say(self, person: Person, content: str, **fields: Any) -> str:
        """Send a message; returns its id."""
        path = f"/api/v10/channels/{self.channel}/messages"
        answer = await self.kit.request("POST", path, person, json={"content": content, **fields})
        assert answer.status == 200, answer.text
        return str(answer.json["id"])

    async def send_file(self, person: Person, content: str) -> str:
        """Send a message with a picture; returns its id."""
        body = upload({"content": content}, ("a picture.png", png()))
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        path = f"/api/v10/channels/{self.channel}/messages"
        answer = await self.kit.request("POST", path, person, data=body, headers=headers)
        assert answer.status == 200, answer.text
        return str(answer.json["id"])

    async def react(self, person: Person, message: str, emoji: str = "%F0%9F%91%8D") -> None:
        """React to a message."""
        path = f"/api/v10/channels/{self.channel}/messages/{message}/reactions/{emoji}/@me"
        assert (await self.kit.request("PUT", path, person)).status == 204

    async def finish(self, person: Person, begun: Any) -> Any:
        """Wait until a transfer ended; returns it."""
        async with asyncio.timeout(60):
            while True:
                answer = await self.kit.request("GET", f"/api/agora/transfers/{begun['id']}", person)
                if answer.json["state"] in ("done", "failed"):
                    return answer.json
                await asyncio.sleep(0.02)


@pytest.fixture
async def scene(agora: Kit) -> Scene:
    """An owner, a member, a channel."""
    owner, member = await agora.person("olga"), await agora.person("milo")
    guild = await agora.guild(owner, member, name="Atelier & Co")
    return Scene(agora, owner, member, guild, await agora.channel(owner, guild, "history", topic="What was"))


@pytest.fixture
async def root(agora: Kit) -> Person:
    """Who runs the server."""
    return await agora.person("root", owner=True)


class Brought(msgspec.Struct):
    """An import over HTTP, and what it left behind."""

    kit: Kit
    root: Person

    async def __call__(self, content: bytes, **query: str) -> Any:
        """Send a file and wait; returns the transfer."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        sent = await self.kit.request("POST", f"/api/agora/imports?{words}", self.root, data=content)
        assert sent.status == 202, sent.text
        return await Scene(self.kit, self.root, self.root, 0, 0).finish(self.root, sent.json)

    async def channels(self, guild_id: str) -> dict[str, Any]:
        """The channels of a community by name."""
        answer = await self.kit.request("GET", f"/api/v10/guilds/{guild_id}/channels", self.root)
        return {channel["name"]: channel for channel in answer.json}

    async def messages(self, channel_id: str) -> list[Any]:
        """What a channel holds, oldest first."""
        answer = await self.kit.request("GET", f"/api/v10/channels/{channel_id}/messages?limit=100", self.root)
        return list(reversed(answer.json))


@pytest.fixture
def bring(agora: Kit, root: Person) -> Brought:
    """Imports files."""
    return Brought(agora, root)
