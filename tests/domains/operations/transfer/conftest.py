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
