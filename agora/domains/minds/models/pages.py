"""The page of models; its module reads and changes them over REST."""

from __future__ import annotations

from agora.kernel.access import OWNER
from agora.kernel.http import Reply, Request, Route
from agora.web import render


async def show_models(request: Request) -> Reply:
    """Models, what is loaded, servers of models, communities."""
    return render(request, "models/index.html", here="admin")


ROUTES = (
    Route(
        method="GET",
        path="/admin/models",
        handler=show_models,
        summary="The page of models.",
        access=OWNER,
        html=True,
    ),
)
