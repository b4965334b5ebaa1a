"""The first start: a community that begins to talk by itself."""

from __future__ import annotations

from pathlib import Path

from agora.domains.minds.agents.demo import seed_demo
from agora.domains.minds.agents.lifetime import show_presence
from agora.domains.minds.agents.openings import open_conversations
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.models import find_engine
from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.domains.talk.presence import Presences
from agora.inference.fake import FakeEngine
from agora.kernel.clock import FrozenClock
from tests.domains.minds.agents.stage import FLAGS, Stage
from tests.kit.server import Kit, open_kit


def describe(kit: Kit) -> tuple[list[str], list[str], list[str]]:
    """Communities, channels and agents of a server, by name."""
    directory = kit.app.get(Directory)
    guilds = directory.guilds()
    channels = [channel.name or "" for guild in guilds for channel in directory.channels(guild.id) if channel.type == 0]
    return [guild.name for guild in guilds], sorted(channels), sorted(agent.name for agent in kit.app.get(Roster).all())


async def test_the_demo_is_made_once_and_stays_as_people_leave_it(tmp_path: Path) -> None:
    wanted = (["Agora"], ["atelier", "café", "general", "ideas"], ["Idris", "Kofi", "Maëlle", "Soledad", "Yuna"])
    async with open_kit(tmp_path, flags=FLAGS, demo=True) as kit:
        assert describe(kit) == wanted
        guild = kit.app.get(Directory).guilds()[0]
        assert guild.open
        parents = {c.parent_id for c in kit.app.get(Directory).channels(guild.id) if c.type == 0}
        categories = {c.id for c in kit.app.get(Directory).channels(guild.id) if c.type == 4}
        assert parents == categories
        assert len(categories) == 1
        for agent in kit.app.get(Roster).all():
            user = kit.app.get(Users).get(agent.user_id)
            assert user is not None
            assert user.bot
            assert user.avatar
            assert kit.app.get(Directory).member(guild.id, agent.user_id) is not None
            assert kit.app.get(Presences).shown(agent.user_id).status == "online"
            assert agent.speaks("fr").instructions != agent.speaks("en").instructions
        assert len({agent.traits for agent in kit.app.get(Roster).all()}) == 5
        await seed_demo(kit.ctx())
        assert describe(kit) == wanted
    async with open_kit(tmp_path, flags=FLAGS, demo=True) as kit:
        assert describe(kit) == wanted
        show_presence(kit.app)


async def test_without_the_demo_there_is_nothing(tmp_path: Path) -> None:
    async with open_kit(tmp_path, flags=FLAGS) as kit:
        assert describe(kit) == ([], [], [])


async def test_agents_open_a_conversation_by_themselves_and_then_rest(tmp_path: Path) -> None:
    async with open_kit(tmp_path, flags={**FLAGS, "agents.openings": True}, demo=True) as kit:
        engine, _ = await find_engine(kit.app)
        assert isinstance(engine, FakeEngine)
        stage = Stage(kit, engine)
        assert await open_conversations(kit.ctx()) <= 1
        assert await open_conversations(kit.ctx()) == 0  # one is on its way
        await stage.quiet()
        turns = await stage.turns("done")
        assert turns
        first = turns[-1]
        assert (first.reason, first.depth) == ("own clock", 0)
        place = kit.app.get(Directory).channel(first.channel_id)
        assert place is not None
        assert place.name == "general"  # where a newcomer looks first
        assert await open_conversations(kit.ctx()) == 0  # somebody has just spoken
        said = [row for channel in kit.app.get(Directory).channels(first.guild_id or 0) for row in await stage.messages(channel.id)]
        assert 2 <= len(said) <= 17


async def test_five_agents_keep_coming_back_for_hours_and_never_say_a_thing_twice(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path, flags={**FLAGS, "agents.openings": True}, demo=True, clock=clock) as kit:
        engine, _ = await find_engine(kit.app)
        assert isinstance(engine, FakeEngine)
        stage = Stage(kit, engine)
        guild = kit.app.get(Directory).guilds()[0]
        silences = 0
        for _ in range(24):
            clock.advance(10 * 60_000)
            before = len(engine.requests)
            await open_conversations(kit.ctx())
            await stage.quiet()
            silences += len(engine.requests) == before
        said = {c.name: await stage.messages(c.id) for c in kit.app.get(Directory).channels(guild.id) if c.type == 0}
        assert silences == 0
        assert all(said.values())
        authors = [row.author_id for rows in said.values() for row in rows]
        assert set(authors) == {agent.user_id for agent in kit.app.get(Roster).all()}
        for rows in said.values():
            texts = [row.content for row in rows]
            assert all(texts)
            assert all(text not in texts[max(0, i - 8) : i] for i, text in enumerate(texts))
        assert len(authors) <= 24 * 17
