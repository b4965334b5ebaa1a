"""The administration page; its module reads figures and settings over REST."""

from __future__ import annotations

from agora.kernel.access import OWNER
from agora.kernel.http import Reply, Request, Route
from agora.web import NavItem, render

NAV = NavItem("admin", "/admin", "web.nav.admin", "shield", order=90, owner_only=True)


async def show_admin(request: Request) -> Reply:
    """Figures, override, backup, settings."""
    return render(request, "admin/index.html", here=NAV.name)


ROUTES = (
    Route(
        method="GET",
        path="/admin",
        handler=show_admin,
        summary="The administration page.",
        access=OWNER,
        html=True,
    ),
)
