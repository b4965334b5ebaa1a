"""The first start: a community with four channels and five agents who live in it. Safe to run again after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from agora.domains.minds.agents.demo_agents import DEMO_AGENTS, DEMO_CATEGORY, DEMO_CHANNELS, DEMO_NAME, DemoAgent
from agora.domains.minds.agents.queries import list_seeds
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.service import NewAgent, create_agent
from agora.domains.minds.agents.writes import do_note_seed
from agora.domains.place.accounts import Users
from agora.domains.place.channels import ChannelEdit, NewChannel, create_channel, edit_channel
from agora.domains.place.guilds import create_guild
from agora.domains.place.permissions import Directory
from agora.kernel.ctx import Ctx
from agora.protocol.channel_types import ChannelType

RULES = "Be kind. Say when you are not sure. · Sois aimable. Dis quand tu n'es pas sûr."


async def seed_demo(ctx: Ctx) -> str | None:
    """Make what is not there yet; what somebody deleted since stays deleted. Returns nothing for the terminal."""
    seeds = await ctx.read(list_seeds)

    async def once(key: str, make: Callable[[], Awaitable[int]]) -> int:
        if key not in seeds:
            seeds[key] = await make()
            await ctx.write(do_note_seed, key, seeds[key])
        return seeds[key]

    guild_id = await once("guild", partial(_find_or_make_guild, ctx))
    category_id = await once("category", partial(_find_or_make_category, ctx, guild_id))
    for place in DEMO_CHANNELS:
        await once(f"channel.{place.name}", partial(_find_or_make_channel, ctx, guild_id, place.name, place.topic, category_id))
    for demo in DEMO_AGENTS:
        await once(f"agent.{demo.username}", partial(_find_or_make_agent, ctx, guild_id, demo))
    return None


async def _find_or_make_guild(ctx: Ctx) -> int:
    """A crash may have come between making and noting: what has the name is taken as made."""
    directory, owner = ctx.app.get(Directory), ctx.app.get(Users).owner()
    if owner is None:
        raise LookupError("the demo community needs an owner: accounts make one first")
    for guild in directory.guilds():
        if guild.name == DEMO_NAME and guild.owner_id == owner.id:
            return guild.id
    return await create_guild(ctx, DEMO_NAME, owner_id=owner.id, description=RULES, locale=owner.locale, open=True)


async def _find_or_make_category(ctx: Ctx, guild_id: int) -> int:
    """The category that founding the community has made gets the demo's name."""
    channels = ctx.app.get(Directory).channels(guild_id)
    found = next((channel for channel in channels if channel.type == ChannelType.GUILD_CATEGORY), None)
    if found is None:
        return await create_channel(ctx, guild_id, NewChannel(name=DEMO_CATEGORY, type=ChannelType.GUILD_CATEGORY))
    await edit_channel(ctx, found.id, ChannelEdit(name=DEMO_CATEGORY))
    return found.id


async def _find_or_make_channel(ctx: Ctx, guild_id: int, name: str, topic: str, parent_id: int) -> int:
    """A channel that founding the community has made already is taken over."""
    found = _find_channel(ctx, guild_id, name, ChannelType.GUILD_TEXT)
    if found is None:
        new = NewChannel(name=name, type=ChannelType.GUILD_TEXT, topic=topic, parent_id=parent_id)
        return await create_channel(ctx, guild_id, new)
    await edit_channel(ctx, found, ChannelEdit(topic=topic, parent_id=parent_id))
    return found


def _find_channel(ctx: Ctx, guild_id: int, name: str, kind: ChannelType) -> int | None:
    channels = ctx.app.get(Directory).channels(guild_id)
    return next((channel.id for channel in channels if channel.name == name and channel.type == kind), None)


async def _find_or_make_agent(ctx: Ctx, guild_id: int, demo: DemoAgent) -> int:
    for agent in ctx.app.get(Roster).all():
        if agent.name == demo.name:
            return agent.id
    new = NewAgent(
        name=demo.name,
        username=demo.username if ctx.app.get(Users).by_name(demo.username) is None else None,
        traits=demo.traits,
        voice=demo.english,
        translations={"fr": demo.french},
        guild_id=guild_id,
    )
    return (await create_agent(ctx, new)).id
