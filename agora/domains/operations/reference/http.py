"""``GET /api/agora/openapi.json``."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator

from agora.domains.operations.reference.document import build_document
from agora.kernel.access import ANYONE
from agora.kernel.app import App
from agora.kernel.http import Reply, Request, Route, encode


class Reference:
    """The document as it goes out, made when somebody first asks: routes do not change while a server runs."""

    def __init__(self, app: App) -> None:
        self._app = app

    @functools.cached_property
    def body(self) -> bytes:
        """JSON."""
        return encode(build_document(self._app.domains))


async def open_reference(app: App) -> AsyncIterator[None]:
    """Ready to be asked."""
    app.put(Reference, Reference(app))
    yield


async def get_document(request: Request) -> Reply:
    """For programs that make clients of it."""
    return Reply(request.ctx.app.get(Reference).body)


ROUTES = (
    Route(
        method="GET",
        path="/api/agora/openapi.json",
        handler=get_document,
        summary="This description, as OpenAPI 3.1.",
        access=ANYONE,
        answer=dict,
    ),
)
