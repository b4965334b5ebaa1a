"""Pages about agents; their modules read and change them over REST."""

from __future__ import annotations

from agora.kernel.http import Reply, Request, Route
from agora.web import NavItem, render

NAV = NavItem("agents", "/agents", "web.nav.agents", "agent", order=40)


async def show_agents(request: Request) -> Reply:
    """All agents."""
    return render(request, "agents/index.html", here=NAV.name, may_manage=request.ctx.actor.is_owner)


async def show_agent(request: Request) -> Reply:
    """One agent."""
    return render(
        request,
        "agents/show.html",
        here=NAV.name,
        agent_id=request.id("agent_id"),
        may_manage=request.ctx.actor.is_owner,
    )


ROUTES = (
    Route(method="GET", path="/agents", handler=show_agents, summary="The page of all agents.", html=True),
    Route(method="GET", path="/agents/{agent_id}", handler=show_agent, summary="The page of one agent.", html=True),
)
