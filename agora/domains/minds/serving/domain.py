"""Serving: the table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.minds.serving import http
from agora.domains.minds.serving.desk import Desk
from agora.domains.minds.serving.settings import ServingSettings
from agora.inference.embed import SentenceEmbedder
from agora.inference.ports import Embedder
from agora.kernel.app import App
from agora.kernel.domain import Domain

USES = ("accounts", "models", "agents")


async def open_serving(app: App) -> AsyncIterator[None]:
    """The desk; and where this process runs models, the embedder, which loads nothing before the first text."""
    app.put(Desk, Desk(app.config.get(ServingSettings).parallel))
    if "inference" not in app.roles or app.find(Embedder) is not None:
        yield
        return
    embedder = SentenceEmbedder()
    app.put(Embedder, embedder)
    yield
    embedder.close()


DOMAIN = Domain(
    name="serving",
    routes=http.ROUTES,
    settings={"serving": ServingSettings},
    lifetime=open_serving,
)
