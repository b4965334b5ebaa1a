"""``GET /api/agora/openapi.json``."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from agora.domains.operations.reference.document import build_document
from agora.kernel.access import ANYONE
from agora.kernel.app import App
from agora.kernel.http import Reply, Request, Route, encode


class Reference(msgspec.Struct, frozen=True):
    """The document as it goes out; routes do not change while a server runs."""

    body: bytes


async def open_reference(app: App) -> AsyncIterator[None]:
    """Make the document once."""
    app.put(Reference, Reference(encode(build_document(app.domains))))
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
