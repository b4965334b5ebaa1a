"""REST under ``/api/agora``: agents, turns, receipts, the override."""

from __future__ import annotations

from typing import Any

from agora.domains.minds.agents.agent import Agent
from agora.domains.minds.agents.bodies import (
    AgentCreate,
    AgentPatch,
    AgentQuery,
    PauseBody,
    SayBody,
    TurnQuery,
    build_edit,
    build_new,
    read_id,
)
from agora.domains.minds.agents.override import get_override, pause_all, resume_all
from agora.domains.minds.agents.queries import count_open, find_turn_of_message, list_agents, list_turns
from agora.domains.minds.agents.replay import hide_script
from agora.domains.minds.agents.service import (
    ask_to_speak,
    create_agent,
    delete_agent,
    edit_agent,
    get_agent,
    pause_agent,
    resume_agent,
    say,
)
from agora.domains.minds.agents.wire import AgentView, OverrideView, Page, build_agent, build_override, build_turn
from agora.domains.minds.agents.words import count_hits, fold, list_words
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import find_message
from agora.kernel.access import OWNER
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound
from agora.kernel.http import Bucket, Request, Route

AGENTS = "/api/agora/agents"
ONE = AGENTS + "/{agent_id}"
_WRITE = Bucket("agents.write", 30, 10.0)


async def view_agent(ctx: Ctx, agent: Agent) -> AgentView:
    """One agent with its queue."""
    return build_agent(ctx.app, agent, (await ctx.read(count_open)).get(agent.id, {}))


async def get_agents(request: Request) -> Page:
    """A page of agents, oldest first."""
    query: AgentQuery = request.query
    ctx = request.ctx
    agents, counts = await ctx.read(list_agents), await ctx.read(count_open)
    after = read_id(query.after, "after") if query.after else 0
    found = [a for a in agents if a.id > after and _matches(a, query)]
    items = [build_agent(ctx.app, agent, counts.get(agent.id, {})) for agent in found[: query.limit]]
    return Page(items, items[-1].id if len(found) > query.limit else None)


def _matches(agent: Agent, query: AgentQuery) -> bool:
    if query.state is not None and agent.state != query.state:
        return False
    words = list_words(query.q)
    return not words or fold(query.q.strip()) in fold(agent.name) or count_hits(agent.all_interests(), words) > 0


async def post_agent(request: Request) -> AgentView:
    """Make an agent."""
    return await view_agent(request.ctx, await create_agent(request.ctx, build_new(request.body)))


async def get_one(request: Request) -> AgentView:
    """One agent."""
    return await view_agent(request.ctx, await get_agent(request.ctx, request.id("agent_id")))


async def patch_agent(request: Request) -> AgentView:
    """Change an agent."""
    agent = await get_agent(request.ctx, request.id("agent_id"))
    changed = await edit_agent(request.ctx, agent.id, build_edit(request.body, agent.traits))
    return await view_agent(request.ctx, changed)


async def remove_agent(request: Request) -> None:
    """Remove an agent."""
    await delete_agent(request.ctx, request.id("agent_id"))


async def post_pause(request: Request) -> AgentView:
    """Pause one agent."""
    return await view_agent(request.ctx, await pause_agent(request.ctx, request.id("agent_id")))


async def post_resume(request: Request) -> AgentView:
    """Resume one agent."""
    return await view_agent(request.ctx, await resume_agent(request.ctx, request.id("agent_id")))


async def post_say(request: Request) -> dict[str, str | None]:
    """Speak as an agent, or let it speak up."""
    body: SayBody = request.body
    agent_id, channel_id = request.id("agent_id"), read_id(body.channel_id, "channel_id")
    if body.content is not None:
        return {"message_id": str(await say(request.ctx, agent_id, channel_id, body.content)), "turn_id": None}
    turn_id = await ask_to_speak(request.ctx, agent_id, channel_id)
    return {"message_id": None, "turn_id": None if turn_id is None else str(turn_id)}


async def get_turns(request: Request) -> Page:
    """A page of turns, newest first, of channels that the caller sees."""
    query: TurnQuery = request.query
    ctx = request.ctx
    turns = await ctx.read(
        list_turns,
        agent_id=read_id(query.agent, "agent") if query.agent else None,
        state=query.state,
        before=read_id(query.before, "before") if query.before else None,
        limit=query.limit,
    )
    items = [build_turn(turn) for turn in turns if _may_see(ctx, turn.channel_id)]
    return Page(items, str(turns[-1].id) if len(turns) == query.limit else None)


async def get_receipt(request: Request) -> dict[str, Any]:
    """How an agent's message came about."""
    ctx, message_id = request.ctx, request.id("message_id")
    message = await ctx.read(find_message, message_id)
    if message is None or not _may_see(ctx, message.channel_id):
        raise NotFound("Unknown Message", code=10008)
    turn = await ctx.read(find_turn_of_message, message_id)
    if turn is None or turn.receipt is None:
        raise NotFound("This message was not written by an agent's turn: it has no receipt.")
    return hide_script(turn.receipt)


def _may_see(ctx: Ctx, channel_id: int) -> bool:
    return ctx.app.get(Directory).can_view(ctx.actor.user_id, channel_id)


async def get_state(request: Request) -> OverrideView:
    """The override."""
    return build_override(request.ctx.app, await get_override(request.ctx))


async def post_pause_all(request: Request) -> OverrideView:
    """Pause everything."""
    body: PauseBody | None = request.body
    return build_override(request.ctx.app, await pause_all(request.ctx, body.reason if body else ""))


async def post_resume_all(request: Request) -> OverrideView:
    """Resume everything."""
    return build_override(request.ctx.app, await resume_all(request.ctx))


ROUTES = (
    Route(method="GET", path=AGENTS, handler=get_agents, summary="Agents, oldest first.", query=AgentQuery, answer=Page),
    Route(
        method="POST",
        path=AGENTS,
        handler=post_agent,
        summary="Make an agent. The owner of the server makes any; who manages a community makes agents for it.",
        body=AgentCreate,
        answer=AgentView,
        status=201,
        bucket=_WRITE,
    ),
    Route(method="GET", path=ONE, handler=get_one, summary="One agent.", answer=AgentView),
    Route(
        method="PATCH",
        path=ONE,
        handler=patch_agent,
        summary="Change an agent: what is absent stays.",
        body=AgentPatch,
        answer=AgentView,
        bucket=_WRITE,
    ),
    Route(method="DELETE", path=ONE, handler=remove_agent, summary="Remove an agent.", status=204, bucket=_WRITE),
    Route(
        method="POST",
        path=ONE + "/pause",
        handler=post_pause,
        summary="Stop one agent within a second; it stays paused until it is resumed.",
        answer=AgentView,
        bucket=_WRITE,
    ),
    Route(
        method="POST",
        path=ONE + "/resume",
        handler=post_resume,
        summary="Let one agent take part again.",
        answer=AgentView,
        bucket=_WRITE,
    ),
    Route(
        method="POST",
        path=ONE + "/say",
        handler=post_say,
        summary="Say something in an agent's name, or let it open a conversation.",
        body=SayBody,
        answer=dict[str, str | None],
        bucket=_WRITE,
    ),
    Route(
        method="GET",
        path="/api/agora/turns",
        handler=get_turns,
        summary="Turns of agents, newest first, in channels that the caller sees.",
        query=TurnQuery,
        answer=Page,
    ),
    Route(
        method="GET",
        path="/api/agora/messages/{message_id}/receipt",
        handler=get_receipt,
        summary="What an agent had before it when it wrote a message, and how the text was drawn.",
        answer=dict[str, Any],
    ),
    Route(
        method="GET",
        path="/api/agora/override",
        handler=get_state,
        summary="Whether everything is paused by hand.",
        answer=OverrideView,
    ),
    Route(
        method="POST",
        path="/api/agora/override/pause",
        handler=post_pause_all,
        summary="Stop all agents within a second; they stay so over a restart.",
        access=OWNER,
        body=PauseBody,
        answer=OverrideView,
        bucket=_WRITE,
    ),
    Route(
        method="POST",
        path="/api/agora/override/resume",
        handler=post_resume_all,
        summary="Let the agents go on.",
        access=OWNER,
        answer=OverrideView,
        bucket=_WRITE,
    ),
)
