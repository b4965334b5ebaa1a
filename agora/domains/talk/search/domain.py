"""Search: by words and by meaning, filtered by what one may read. The full-text index itself belongs to messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from agora.domains.talk.files import TextIndex
from agora.domains.talk.messages import (
    Forget,
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    MessagesImported,
    MessagesMoved,
)
from agora.domains.talk.search import http, migrations, tables
from agora.domains.talk.search.listeners import (
    do_forget_messages,
    do_take_file,
    keep_awake,
    on_deleted,
    on_imported,
    on_written,
)
from agora.domains.talk.search.meaning import Meaning
from agora.domains.talk.search.settings import SearchSettings
from agora.domains.talk.search.vocabulary import Known, learn
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable, every, live

USES = ("accounts", "permissions", "messages", "files")


async def open_search(app: App) -> AsyncIterator[None]:
    """The memory of words that are stored, and the meanings of messages, still asleep."""
    app.put(Known, Known())
    meaning = Meaning(app)
    app.put(Meaning, meaning)
    always = app.config.get(SearchSettings).meaning == "always" and "inference" in app.roles
    beginning = asyncio.create_task(meaning.begin(), name="search-begin") if always else None
    yield
    if beginning is not None:
        beginning.cancel()
    await meaning.close()


DOMAIN = Domain(
    name="search",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    routes=http.ROUTES,
    settings={"search": SearchSettings},
    listeners=(
        live(MessageSent, on_written),
        live(MessageEdited, on_written),
        live(MessagesImported, on_imported),
        live(MessagesMoved, on_imported),
        live(MessageDeleted, on_deleted),
        live(MessagesBulkDeleted, on_deleted),
        durable("search.words", (MessageSent, MessageEdited, MessagesImported), learn),
    ),
    jobs=(every("1m", keep_awake),),
    offers=(TextIndex(do_take_file), Forget(do_forget_messages)),
    lifetime=open_search,
)
