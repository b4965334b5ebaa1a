"""Moderation: rules that look at messages, reports and their queue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.messages import BEFORE_EDIT, BEFORE_SEND, MoveStep
from agora.domains.talk.moderation import audit, dispatches, events, http, migrations, tables
from agora.domains.talk.moderation.automod import check_rules
from agora.domains.talk.moderation.queries import list_rules
from agora.domains.talk.moderation.rules import RuleBook, on_rule, on_rule_deleted
from agora.domains.talk.moderation.writes import do_end_guilds, do_moved
from agora.kernel.domain import Domain, Effect, durable, live
from agora.kernel.hooks import On

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

USES = ("permissions", "guilds", "audit", "messages")


async def open_moderation(app: App) -> AsyncIterator[None]:
    """All rules into memory."""
    app.put(RuleBook, RuleBook(await app.db.read(list_rules)))
    yield


async def on_guild_deleted(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Rules and reports of a community that ended."""
    ended = [recorded.event.guild.id for recorded in batch if isinstance(recorded.event, GuildDeleted)]
    return lambda tx: do_end_guilds(tx, ended)


DOMAIN = Domain(
    name="moderation",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    listeners=(
        live(events.RuleCreated, on_rule),
        live(events.RuleUpdated, on_rule),
        live(events.RuleDeleted, on_rule_deleted),
        durable("moderation.cleanup", GuildDeleted, on_guild_deleted),
        durable("moderation.audit", audit.EVENTS, audit.on_acts),
    ),
    # last: what other domains add to a message is looked at as well
    offers=(
        On(BEFORE_SEND, check_rules, order=100),
        On(BEFORE_EDIT, check_rules, order=100),
        MoveStep(do_moved),
        *dispatches.OFFERS,
    ),
    lifetime=open_moderation,
)
