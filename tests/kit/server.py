"""A real server on a temporary folder and a free port, with a client that speaks HTTP to it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from agora.app import open_server
from agora.domains.place import accounts, guilds
from agora.domains.place.audit.events import EntryWritten
from agora.kernel.app import App
from agora.kernel.auth import Actor
from agora.kernel.clock import Clock
from agora.kernel.ctx import Ctx
from agora.kernel.durable import Durables
from agora.kernel.events import Recorded

# What every test server starts with: no rate limits, passwords hashed at the least cost, the fake engine, any free port.
FLAGS: dict[str, Any] = {
    "server.port": 0,
    "security.rate_limits": False,
    "security.argon2_memory_mib": 8,
    "security.argon2_passes": 1,
    "inference.engine": "fake",
}


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer, read whole."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body; None when empty."""
        return msgspec.json.decode(self.body) if self.body else None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Person(msgspec.Struct, frozen=True):
    """A signed-in user of a test."""

    id: int
    name: str
    token: str


class Kit:
    """One running server and the hands to use it."""

    def __init__(self, app: App, url: str, lines: Sequence[str], session: aiohttp.ClientSession) -> None:
        self.app = app
        self.url = url
        self.lines = tuple(lines)
        self.session = session
        self._events: list[Recorded] = []
        app.bus.on_events(self._hear)

    def ctx(self, person: Person | None = None) -> Ctx:
        """A ctx that acts as a person, or as the server."""
        actor = Actor(user_id=person.id) if person else Actor(user_id=0, is_owner=True, via="internal")
        return Ctx(app=self.app, actor=actor)

    async def person(self, name: str, *, bot: bool = False, owner: bool = False) -> Person:
        """Make an account without a password, and a token for it."""
        ctx = self.ctx()
        user = await accounts.create_user(ctx, accounts.NewUser(username=name, bot=bot, owner=owner))
        token = await accounts.issue_token(ctx, user.id, "test")
        return Person(user.id, name, token)

    async def guild(self, owner: Person, *members: Person, name: str = "Test") -> int:
        """Make a community with these members; returns its id."""
        guild_id = await guilds.create_guild(self.ctx(owner), name)
        for member in members:
            await guilds.add_member(self.ctx(), guild_id, member.id)
        return guild_id

    async def channel(self, person: Person, guild_id: int, name: str = "room", **fields: Any) -> int:
        """Make a text channel over HTTP; returns its id."""
        body = {"name": name, "type": 0, **fields}
        answer = await self.request("POST", f"/api/v10/guilds/{guild_id}/channels", person, json=body)
        assert answer.status == 201, answer.text
        return int(answer.json["id"])

    async def request(
        self,
        method: str,
        path: str,
        person: Person | None = None,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One call over real HTTP; redirects are not followed."""
        headers = dict(headers or {})
        if person is not None:
            headers["Authorization"] = f"Bearer {person.token}"
        if json is not None:
            data = msgspec.json.encode(json)
            headers.setdefault("Content-Type", "application/json")
        async with self.session.request(method, self.url + path, data=data, headers=headers, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    def _hear(self, events: Sequence[Recorded]) -> None:
        """The log is written behind the act, at a time of its own: a specification of an act cannot name it."""
        self._events += [each for each in events if not isinstance(each.event, EntryWritten)]

    def take_events(self) -> list[str]:
        """The names of the events since the last call, without their domain, in ledger order."""
        names = [event.type.partition(".")[2] for event in self._events]
        self._events.clear()
        return names

    def take_recorded(self) -> list[Recorded]:
        """The events themselves since the last call."""
        events = list(self._events)
        self._events.clear()
        return events

    async def scenario(
        self,
        method: str,
        path: str,
        person: Person | None = None,
        *,
        json: Any = None,
        status: int = 200,
        has: Sequence[str] = (),
        lacks: Sequence[str] = (),
        events: Sequence[str] = (),
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One row of a specification: request, status, content, and exactly the events fired."""
        self.take_events()
        answer = await self.request(method, path, person, json=json, headers=headers)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text[:800]}"
        for part in has:
            assert part in answer.text, f"{part!r} is not in {answer.text[:800]}"
        for part in lacks:
            assert part not in answer.text, f"{part!r} is in {answer.text[:800]}"
        assert self.take_events() == list(events)
        return answer

    async def settle(self) -> None:
        """Wait until all durable listeners have taken what happened so far."""
        await self.app.get(Durables).caught_up()


@contextlib.asynccontextmanager
async def open_kit(
    folder: Path, *, flags: dict[str, Any] | None = None, demo: bool = False, clock: Clock | None = None
) -> AsyncIterator[Kit]:
    """A server on ``folder``; the same folder again is a restart."""
    async with (
        open_server(None, folder, {**FLAGS, **(flags or {})}, demo=demo, clock=clock) as started,
        aiohttp.ClientSession() as session,
    ):
        yield Kit(started.app, started.url, started.lines, session)
