"""Announcements: messages of one channel that are published come to all channels that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.talk.announcements import events, http, migrations, tables
from agora.domains.talk.announcements.writes import do_edited, do_forget
from agora.domains.talk.messages import EditStep, Forget
from agora.domains.talk.webhooks import WebhookDeleted
from agora.kernel.domain import Domain, durable

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

USES = ("permissions", "files", "messages", "webhooks")


async def on_published(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """What does the work is loaded when there is some."""
    from agora.domains.talk.announcements import spread

    await spread.on_published(ctx, batch)


DOMAIN = Domain(
    name="announcements",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    listeners=(durable("announcements.spread", (*events.ALL, WebhookDeleted), on_published),),
    offers=(EditStep(do_edited), Forget(do_forget)),
)
