"""Messages: writing, editing, reading back, pinning; Markdown; the full-text index."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.place.channels import ChannelDeleted, GroupNotice
from agora.domains.place.guilds import GuildDeleted, MemberBanned, Writers
from agora.domains.talk.files import TextIndex
from agora.domains.talk.messages import dispatch, events, http, migrations, pages, slowmode, tables
from agora.domains.talk.messages.events import MessageSent, MessagesImported
from agora.domains.talk.messages.indexing import do_index_files
from agora.domains.talk.messages.listeners import on_member_banned, on_message_sent, on_messages_imported, on_place_ended
from agora.domains.talk.messages.notices import do_tell_group
from agora.domains.talk.messages.queries import list_writers
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable, live
from agora.kernel.packed import Unpacker

USES = ("accounts", "permissions", "guilds", "channels", "files", "expressions")


async def open_messages(app: App) -> AsyncIterator[None]:
    """The memory that slow mode needs, and the dictionaries of packed messages."""
    app.put(slowmode.Slowmode, slowmode.Slowmode())
    app.put(Unpacker, Unpacker())
    yield


DOMAIN = Domain(
    name="messages",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    pages=pages.ROUTES,
    listeners=(
        live(MessageSent, on_message_sent),
        live(MessagesImported, on_messages_imported),
        live(MessageSent, slowmode.on_message_sent),
        durable("messages.banned", MemberBanned, on_member_banned),
        durable("messages.cleanup", (ChannelDeleted, GuildDeleted), on_place_ended),
    ),
    offers=(Writers(list_writers), GroupNotice(do_tell_group), *dispatch.ALL, pages.NAV, TextIndex(do_index_files)),
    lifetime=open_messages,
)
