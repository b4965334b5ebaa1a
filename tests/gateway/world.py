"""A tiny product to test the gateway with: who is where is set by the test, events go through the real kernel."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from agora.gateway import ROUTES, open_gateway
from agora.gateway.gateway import Gateway
from agora.gateway.ports import (
    ChannelObject,
    ClientOp,
    ClientSession,
    Dispatch,
    GuildEntry,
    GuildPart,
    ReadyPart,
    Refresh,
    Revocation,
    SessionWatch,
    SightChange,
    Spread,
    Visibility,
)
from agora.kernel.app import App
from agora.kernel.auth import Actor, Authenticator
from agora.kernel.ctx import Ctx, system
from agora.kernel.domain import Domain
from agora.kernel.events import Audience, Event, Recorded, to_channel, to_guild, to_users
from agora.kernel.http import encode
from agora.kernel.server import accepting, build_web, running
from agora.kernel.tx import Tx
from agora.protocol.gateway_payloads import RequestGuildMembers
from agora.protocol.intents import Intent
from tests.kit.gateway import GatewayClient, gateway_client
from tests.kit.kernel import open_kernel

GUILD = 1 << 40
ROOM = GUILD + 1
SECRET = GUILD + 2
PRIVATE = GUILD + 3


class Said(Event, frozen=True, kw_only=True):
    """Somebody spoke."""

    text: str


class Joined(Event, frozen=True, kw_only=True):
    """Somebody came in."""

    user_id: int


class Left(Event, frozen=True, kw_only=True):
    """Somebody went."""

    user_id: int


class RightsChanged(Event, frozen=True, kw_only=True):
    """Who sees what is different now."""


class ChannelMade(Event, frozen=True, kw_only=True):
    """A new channel."""


class TokenEnded(Event, frozen=True, kw_only=True):
    """A credential is no longer valid."""

    credential_id: int


class Renamed(Event, frozen=True, kw_only=True):
    """Becomes several dispatches."""

    user_id: int
    name: str


class Channel(msgspec.Struct, frozen=True):
    """A channel as ``Visibility`` shows it."""

    id: int


class World:
    """``Visibility`` and ``Authenticator`` in one, changed by the test. ``tN`` is the token of user N, with credential N + 1000."""

    def __init__(self) -> None:
        self.guilds: dict[int, set[int]] = {}
        self.channels: dict[int, tuple[int | None, set[int]]] = {}
        self.closed_tokens: set[str] = set()
        self.opened: list[tuple[int, bytes | None]] = []
        self.left: list[int] = []

    def can_view(self, user_id: int, channel_id: int) -> bool:
        return user_id in self.viewers(channel_id)

    def viewers(self, channel_id: int) -> frozenset[int]:
        return frozenset(self.channels[channel_id][1]) if channel_id in self.channels else frozenset()

    def members(self, guild_id: int) -> frozenset[int]:
        return frozenset(self.guilds.get(guild_id, ()))

    def guilds_of(self, user_id: int) -> Sequence[int]:
        return sorted(g for g, members in self.guilds.items() if user_id in members)

    def visible_in(self, guild_id: int, user_id: int) -> Sequence[Channel]:
        return [Channel(c) for c, (g, seen) in sorted(self.channels.items()) if g == guild_id and user_id in seen]

    def threads_in(self, guild_id: int, user_id: int) -> Sequence[Channel]:
        return []

    async def from_header(self, authorization: str) -> Actor | None:
        token = authorization.removeprefix("Bot ")
        if not token.startswith("t") or not token[1:].isdigit() or token in self.closed_tokens:
            return None
        return Actor(user_id=int(token[1:]), credential_id=int(token[1:]) + 1000)

    async def from_cookie(self, cookie: str) -> Actor | None:
        return None


def _said(_: App, recorded: Recorded) -> bytes:
    assert isinstance(recorded.event, Said)
    return encode({"text": recorded.event.text, "channel_id": str(recorded.channel_id)})


def _user(_: App, recorded: Recorded) -> bytes:
    return encode({"user_id": str(getattr(recorded.event, "user_id", 0))})


def _channel(app: App, channel_id: int) -> bytes | None:
    guild_id = app.get(World).channels[channel_id][0]
    return encode({"id": str(channel_id), "guild_id": str(guild_id)})


def _made(app: App, recorded: Recorded) -> bytes | None:
    assert recorded.channel_id is not None
    return _channel(app, recorded.channel_id)


def _gone_for(_: App, recorded: Recorded) -> Audience:
    return to_users(getattr(recorded.event, "user_id", 0))


def _renames(app: App, recorded: Recorded) -> Sequence[tuple[Audience, bytes]]:
    assert isinstance(recorded.event, Renamed)
    body = encode({"name": recorded.event.name})
    return [(to_guild(g), body) for g in app.get(World).guilds_of(recorded.event.user_id)]


async def _ready_user(ctx: Ctx) -> Any:
    return {"id": str(ctx.actor.user_id), "username": f"user{ctx.actor.user_id}"}


async def _weather(ctx: Ctx) -> Sequence[tuple[str, bytes]]:
    return [("WEATHER", encode({"for": str(ctx.actor.user_id)}))]


async def _guild_object(ctx: Ctx, guild_id: int) -> Any:
    return {"id": str(guild_id), "name": "A guild"}


async def _guild_channels(ctx: Ctx, guild_id: int) -> Any:
    world = ctx.app.get(World)
    return [{"id": str(c.id)} for c in world.visible_in(guild_id, ctx.actor.user_id)]


async def _members(ctx: Ctx, session: ClientSession, data: RequestGuildMembers) -> None:
    ids = sorted(ctx.app.get(World).members(int(data.guild_id)))
    body = {"guild_id": data.guild_id, "members": [{"user": {"id": str(i)}} for i in ids], "nonce": data.nonce}
    session.send("GUILD_MEMBERS_CHUNK", encode({**body, "chunk_index": 0, "chunk_count": 1}))


def make_domain(world: World) -> Domain:
    """The domain, on this world."""

    async def open_world(app: App) -> AsyncIterator[None]:
        app.put(World, world)
        yield

    return Domain(
        name="world",
        events=(Said, Joined, Left, RightsChanged, ChannelMade, TokenEnded, Renamed),
        offers=(
            Dispatch(
                event=Said,
                name="MESSAGE_CREATE",
                payload=_said,
                intent=Intent.GUILD_MESSAGES,
                dm_intent=Intent.DIRECT_MESSAGES,
            ),
            Dispatch(event=Joined, name="GUILD_MEMBER_ADD", payload=_user, intent=Intent.GUILD_MEMBERS),
            Dispatch(event=Left, name="GUILD_MEMBER_REMOVE", payload=_user, intent=Intent.GUILD_MEMBERS),
            Dispatch(event=Left, name="GUILD_DELETE", payload=_user, audience=_gone_for),
            Dispatch(event=ChannelMade, name="CHANNEL_CREATE", payload=_made),
            Dispatch(event=RightsChanged, name="GUILD_ROLE_UPDATE", payload=_user),
            Spread(event=Renamed, name="GUILD_MEMBER_UPDATE", payloads=_renames),
            GuildEntry(event=Joined, entered=lambda _, r: (r.guild_id or 0, [getattr(r.event, "user_id", 0)])),
            SightChange(event=RightsChanged, guild_of=lambda _, r: r.guild_id),
            ChannelObject(build=_channel),
            Revocation(event=TokenEnded, revoked=lambda _, r: ([getattr(r.event, "credential_id", 0)], ())),
            ReadyPart(key="user", build=_ready_user),
            Refresh(build=_weather),
            Refresh(build=_weather, intent=Intent.GUILD_PRESENCES),
            GuildPart(key="", build=_guild_object),
            GuildPart(key="channels", build=_guild_channels),
            ClientOp(op=8, body=RequestGuildMembers, handle=_members),
            SessionWatch(
                opened=lambda _, s, presence: world.opened.append((s.user_id, presence)),
                closed=lambda _, s: world.left.append(s.user_id),
            ),
        ),
        lifetime=open_world,
    )


class Town:
    """A running gateway."""

    def __init__(self, app: App, world: World, url: str, http: aiohttp.ClientSession) -> None:
        self.app = app
        self.world = world
        self.url = url
        self.http = http

    @property
    def gateway(self) -> Gateway:
        """The gateway."""
        return self.app.get(Gateway)

    def client(self, compress: str = "") -> contextlib.AbstractAsyncContextManager[GatewayClient]:
        """A connected client."""
        return gateway_client(self.http, self.url, compress)

    async def happen(self, event: Event, audience: Audience, guild_id: int | None = GUILD, channel_id: int | None = None) -> None:
        """Write an event; when this returns it was published."""
        await system(self.app).write(_do_emit, event, audience, guild_id, channel_id)

    async def say(self, text: str, channel_id: int = ROOM) -> None:
        """A message in a channel."""
        await self.happen(Said(text=text), to_channel(channel_id), self.world.channels[channel_id][0], channel_id)


def _do_emit(tx: Tx, event: Event, audience: Audience, guild_id: int | None, channel_id: int | None) -> None:
    tx.emit(event, audience, guild_id=guild_id, channel_id=channel_id)


def small_world() -> World:
    """One guild with users 1, 2 and 3; ROOM is for all, SECRET for 1, PRIVATE is a direct message of 1 and 2."""
    world = World()
    world.guilds[GUILD] = {1, 2, 3}
    world.channels = {ROOM: (GUILD, {1, 2, 3}), SECRET: (GUILD, {1}), PRIVATE: (None, {1, 2})}
    return world


@contextlib.asynccontextmanager
async def open_town(folder: Path, world: World) -> AsyncIterator[Town]:
    """The gateway over real HTTP; the same folder again is a restart."""
    (folder / "indexes").mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_kernel(folder, [make_domain(world)]))
        app.put(World, world)
        app.put(Visibility, world)
        app.put(Authenticator, world)
        web = build_web(app, ROUTES, lambda *_: None)
        runner = await stack.enter_async_context(running(web))
        lifetime = open_gateway(app)
        await anext(lifetime)
        stack.push_async_callback(_stop, lifetime)
        url = await stack.enter_async_context(accepting(runner, "127.0.0.1", 0))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Town(app, world, url, http)


async def _stop(lifetime: AsyncIterator[None]) -> None:
    await anext(lifetime, None)
