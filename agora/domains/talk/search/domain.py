"""Search: full text over messages, filtered by what one may read. The index itself belongs to messages."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.talk.files import TextIndex
from agora.domains.talk.messages import MessageEdited, MessageSent, MessagesImported
from agora.domains.talk.search import http, migrations, tables
from agora.domains.talk.search.vocabulary import Known, do_learn_file, learn
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable

USES = ("accounts", "permissions", "messages", "files")


async def open_search(app: App) -> AsyncIterator[None]:
    """The memory of words that are stored."""
    app.put(Known, Known())
    yield


DOMAIN = Domain(
    name="search",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    routes=http.ROUTES,
    listeners=(durable("search.words", (MessageSent, MessageEdited, MessagesImported), learn),),
    offers=(TextIndex(do_learn_file),),
    lifetime=open_search,
)
