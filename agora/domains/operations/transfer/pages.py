"""The page of exports and imports; its module reads and asks over REST."""

from __future__ import annotations

from agora.kernel.http import Reply, Request, Route
from agora.web import NavItem, render

NAV = NavItem("transfers", "/transfers", "web.transfer.title", "folder", order=85)


async def show_transfers(request: Request) -> Reply:
    """One's exports, and for the owner the imports."""
    return render(request, "transfer/index.html", here=NAV.name)


ROUTES = (Route(method="GET", path="/transfers", handler=show_transfers, summary="The page of exports and imports.", html=True),)
