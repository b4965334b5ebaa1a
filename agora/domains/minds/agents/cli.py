"""``agora agent …``: beside a running server, which follows at once, or without one."""

from __future__ import annotations

from typing import Annotated

import typer

from agora.domains.minds.agents.agent import Agent, Traits, Voice
from agora.domains.minds.agents.http_summaries import SummaryView, build_summary_view
from agora.domains.minds.agents.override import pause_all, resume_all
from agora.domains.minds.agents.queries import count_open, list_agents
from agora.domains.minds.agents.service import NewAgent, create_agent, delete_agent, pause_agent, resume_agent
from agora.domains.minds.agents.summary_queries import list_all_summaries
from agora.domains.minds.agents.summary_writes import do_drop_channel
from agora.domains.minds.agents.wire import AgentView, build_agent
from agora.domains.minds.agents.words import same_line
from agora.domains.place.permissions import Directory
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system
from agora.kernel.errors import SetupError

MOST_LISTED = 100
cli = typer.Typer(
    name="agent",
    help="Agents: list, add, show, pause, resume, remove, and what they were told of old messages.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="The agent's name or id.")]
OptionalName = Annotated[str | None, typer.Argument(help="The agent's name or id; leave it out with --all.")]
AllOption = Annotated[bool, typer.Option("--all", help="All agents of the server.")]
TraitOption = Annotated[float, typer.Option(min=0.0, max=1.0, help="From 0 to 1.")]


@cli.command("list")
def list_all(config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """All agents. Example: agora agent list --json"""

    async def read(app: App) -> list[AgentView]:
        counts = await app.db.read(count_open)
        return [build_agent(app, agent, counts.get(agent.id, {})) for agent in await app.db.read(list_agents)]

    agents = run(read, config, data)
    if json:
        print_json(agents)
        return
    for agent in agents:
        typer.echo(f"{agent.id}  {agent.state:6}  {agent.name}  {', '.join(agent.interests)}")


@cli.command()
def add(
    name: Annotated[str, typer.Argument(help="What people read and call it by.")],
    instructions: Annotated[str, typer.Option(help="What it should do, in a sentence or two.")] = "",
    interest: Annotated[list[str] | None, typer.Option(help="A word it cares about; give it several times.")] = None,
    guild: Annotated[str | None, typer.Option(help="The community it joins (name or id); else those open to all.")] = None,
    openness: TraitOption = 0.5,
    conscientiousness: TraitOption = 0.5,
    extraversion: TraitOption = 0.5,
    agreeableness: TraitOption = 0.5,
    neuroticism: TraitOption = 0.5,
    model: Annotated[str | None, typer.Option(help="The model it speaks with; else the server's.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Make an agent. Example: agora agent add Noor --interest rivers --openness 0.9"""
    traits = Traits(openness, conscientiousness, extraversion, agreeableness, neuroticism)

    async def make(app: App) -> AgentView:
        new = NewAgent(
            name=name,
            traits=traits,
            voice=Voice(tuple(interest or ()), instructions),
            model=model,
            guild_id=None if guild is None else _find_guild(app, guild),
        )
        return build_agent(app, await create_agent(system(app), new), {})

    agent = run(make, config, data)
    if json:
        print_json(agent)
    else:
        typer.echo(f"{agent.name} is there with the id {agent.id}.")


@cli.command()
def show(name: NameArgument, config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """One agent with traits, queue and budgets. Example: agora agent show Kofi"""

    async def read(app: App) -> AgentView:
        agent = await _find(app, name)
        return build_agent(app, agent, (await app.db.read(count_open)).get(agent.id, {}))

    agent = run(read, config, data)
    if json:
        print_json(agent)
        return
    traits = ", ".join(f"{trait} {getattr(agent.traits, trait):.2f}" for trait in agent.traits.__struct_fields__)
    typer.echo(f"{agent.name} ({agent.id}), {agent.state}, user {agent.username} ({agent.user_id})")
    typer.echo(f"traits: {traits}")
    typer.echo(f"interests: {', '.join(agent.interests) or 'none'}")
    typer.echo(f"instructions: {agent.instructions or 'none'}")
    typer.echo(f"model: {agent.model or 'the server’s'}; energy {agent.energy:.2f}")
    typer.echo(f"turns: {agent.queue.running} running, {agent.queue.waiting} of at most {agent.queue.limit} waiting")


@cli.command()
def pause(name: OptionalName = None, every: AllOption = False, config: ConfigOption = None, data: DataOption = None) -> None:
    """Stop an agent, or all, within a second. Example: agora agent pause --all"""

    async def stop(app: App) -> str:
        if every:
            await pause_all(system(app), "command line")
            return "All agents are paused."
        agent = await _find(app, _given(name))
        await pause_agent(system(app), agent.id)
        return f"{agent.name} is paused."

    typer.echo(run(stop, config, data))


@cli.command()
def resume(name: OptionalName = None, every: AllOption = False, config: ConfigOption = None, data: DataOption = None) -> None:
    """Let an agent, or all, go on. Example: agora agent resume Kofi"""

    async def go_on(app: App) -> str:
        if every:
            await resume_all(system(app))
            return "The agents go on, but for those paused one by one."
        agent = await _find(app, _given(name))
        await resume_agent(system(app), agent.id)
        return f"{agent.name} goes on."

    typer.echo(run(go_on, config, data))


@cli.command()
def remove(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Remove an agent; what it wrote stays. Example: agora agent remove Kofi"""

    async def delete(app: App) -> str:
        agent = await _find(app, name)
        await delete_agent(system(app), agent.id)
        return agent.name

    typer.echo(f"{run(delete, config, data)} is removed.")


@cli.command()
def summaries(
    drop: Annotated[int | None, typer.Option(help="Drop those of this channel (its id); new ones are made when needed.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """What stands in prompts in the place of old messages, the newest first. Example: agora agent summaries --json"""

    async def look(app: App) -> list[SummaryView]:
        if drop is not None:
            await system(app).write(do_drop_channel, drop)
        return [build_summary_view(app, one) for one in await app.db.read(list_all_summaries, None, MOST_LISTED)]

    found = run(look, config, data)
    if json:
        print_json(found)
        return
    for one in found:
        typer.echo(f"{one.channel_id}  {one.language}  {one.style:7}  {one.channel or 'gone'}: {one.text}")


def _given(name: str | None) -> str:
    if name is None:
        raise SetupError("Which agent? Give its name or id, or --all.")
    return name


async def _find(app: App, name: str) -> Agent:
    agents = await app.db.read(list_agents)
    for agent in agents:
        if str(agent.id) == name or same_line(agent.name) == same_line(name):
            return agent
    known = ", ".join(agent.name for agent in agents) or "none"
    raise SetupError(f"There is no agent named {name!r}. Known: {known}.")


def _find_guild(app: App, name: str) -> int:
    guilds = app.get(Directory).guilds()
    for guild in guilds:
        if str(guild.id) == name or guild.name.casefold() == name.casefold():
            return guild.id
    raise SetupError(f"There is no community named {name!r}. Known: {', '.join(g.name for g in guilds) or 'none'}.")
