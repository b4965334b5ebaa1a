"""Interactions: commands of apps and of the server itself, buttons, selects and forms."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.interactions import events, http_answer, http_commands, http_user, migrations, tables
from agora.domains.talk.interactions.desk import Desk
from agora.domains.talk.interactions.ephemeral import Ephemerals
from agora.domains.talk.interactions.events import InteractionCreated
from agora.domains.talk.interactions.jobs import on_guild_deleted, prune
from agora.domains.talk.interactions.settings import InteractionSettings
from agora.domains.talk.interactions.waiting import Waiting
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable, every
from agora.kernel.events import Recorded

USES = ("accounts", "permissions", "guilds", "channels", "files", "messages")


def _created(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, InteractionCreated)
    return bytes(event.wire)


async def open_interactions(app: App) -> AsyncIterator[None]:
    """The memory of who waits, and of answers for one person."""
    waiting = Waiting(app)
    app.put(Waiting, waiting)
    app.put(Ephemerals, Ephemerals())
    desk = Desk(app)
    app.put(Desk, desk)
    yield
    await desk.close()
    waiting.close()


DOMAIN = Domain(
    name="interactions",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http_commands.ROUTES, *http_user.ROUTES, *http_answer.ROUTES),
    settings={"interactions": InteractionSettings},
    listeners=(durable("interactions.cleanup", GuildDeleted, on_guild_deleted),),
    jobs=(every("1h", prune),),
    offers=(Dispatch(event=InteractionCreated, name="INTERACTION_CREATE", payload=_created),),
    lifetime=open_interactions,
)
