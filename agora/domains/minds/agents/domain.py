"""Agents: the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.minds.agents import events, http, http_summaries, metrics, migrations, override, pages, tables
from agora.domains.minds.agents.demo import seed_demo
from agora.domains.minds.agents.health import check_agents
from agora.domains.minds.agents.jobs import prune_turns
from agora.domains.minds.agents.lifetime import on_change, open_agents
from agora.domains.minds.agents.listeners import on_message_edited, on_message_sent, on_spoken
from agora.domains.minds.agents.roster import on_agent
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.summary_writes import do_drop_about, do_drop_ends, do_drop_moved, do_nothing_sent
from agora.domains.talk.messages import ChannelStep, Forget, MessageEdited, MessageSent, MoveStep
from agora.kernel.domain import Domain, durable, every, live
from agora.kernel.firststart import FirstStart
from agora.kernel.readiness import Readiness

if TYPE_CHECKING:
    import typer

USES = ("accounts", "permissions", "guilds", "channels", "messages", "presence", "models")

_STATES = (
    events.AgentCreated,
    events.AgentUpdated,
    events.AgentPaused,
    events.AgentResumed,
    events.AgentDeleted,
    events.OverrideChanged,
)


def build_cli() -> typer.Typer:
    """The commands ``agora agent …`` and ``agora turn …``, imported only when somebody asks for them."""
    import typer

    from agora.domains.minds.agents import cli, turn_cli

    both = typer.Typer()
    both.add_typer(cli.cli)
    both.add_typer(turn_cli.cli)
    return both


DOMAIN = Domain(
    name="agents",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http.ROUTES, *http_summaries.ROUTES),
    pages=pages.ROUTES,
    settings={"agents": AgentSettings},
    metrics=metrics.ALL,
    cli=build_cli,
    listeners=(
        *(live(event, on_agent) for event in _STATES),
        *(live(event, on_change) for event in (*_STATES, events.TurnQueued)),
        live(MessageSent, on_spoken),
        durable("agents.attention", MessageSent, on_message_sent),
        durable("agents.summaries", MessageEdited, on_message_edited),
    ),
    jobs=(every("1d", prune_turns),),
    offers=(
        override.DISPATCH,
        pages.NAV,
        ChannelStep(do_nothing_sent, do_drop_about),
        Forget(do_drop_ends),
        MoveStep(do_drop_moved),
        Readiness("agents", check_agents, required=False),
        FirstStart("agents.demo", seed_demo, demo=True),
    ),
    lifetime=open_agents,
)
