"""Files: what people attach to messages; stored by content, served by signed addresses, read for search."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.talk.files import http, migrations, tables, uploads
from agora.domains.talk.files.jobs import sweep
from agora.domains.talk.files.links import Links
from agora.domains.talk.files.reading import Reading, read_files
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.work import READ, ReadFiles
from agora.kernel.app import App
from agora.kernel.domain import Domain, commands_in, every
from agora.kernel.jobs import Worker

USES = ("permissions",)


async def open_files(app: App) -> AsyncIterator[None]:
    """The key of the addresses, and the reader of documents."""
    app.put(Links, Links(app))
    app.put(Reading, Reading(app))
    yield


DOMAIN = Domain(
    name="files",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    routes=(*http.ROUTES, *uploads.ROUTES),
    settings={"files": AttachmentSettings},
    cli=commands_in("agora.domains.talk.files.cli"),
    jobs=(every("10m", sweep),),
    offers=(Worker(READ, ReadFiles, read_files),),
    lifetime=open_files,
)
