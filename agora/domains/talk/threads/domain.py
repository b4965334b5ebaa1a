"""Threads: the table of contents."""

from __future__ import annotations

from agora.domains.place.channels import ChannelEnd, ThreadDesk
from agora.domains.place.guilds import LeaveStep
from agora.domains.place.permissions import FactsSource
from agora.domains.talk.messages import BEFORE_SEND, ChannelStep
from agora.domains.talk.threads import audit, dispatches, events, http, http_moving, migrations, tables
from agora.domains.talk.threads.jobs import archive_quiet
from agora.domains.talk.threads.listeners import LISTENERS
from agora.domains.talk.threads.member_writes import do_leave_guild
from agora.domains.talk.threads.moving import finish_merges
from agora.domains.talk.threads.queries import load_threads
from agora.domains.talk.threads.service import check_open, delete_thread, edit_thread
from agora.domains.talk.threads.steps import do_removed, do_sent
from agora.domains.talk.threads.writes import do_end_channel
from agora.kernel.domain import Domain, durable, every
from agora.kernel.hooks import On

USES = ("accounts", "permissions", "guilds", "channels", "audit", "files", "messages")

DOMAIN = Domain(
    name="threads",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http.ROUTES, *http_moving.ROUTES),
    listeners=(*LISTENERS, durable("threads.audit", audit.EVENTS, audit.on_acts)),
    jobs=(every("1m", archive_quiet), every("1m", finish_merges)),
    offers=(
        FactsSource(load_threads),
        ThreadDesk(edit_thread, delete_thread),
        ChannelEnd(do_end_channel),
        LeaveStep(do_leave_guild),
        ChannelStep(do_sent, do_removed),
        On(BEFORE_SEND, check_open),
        *dispatches.OFFERS,
    ),
)
