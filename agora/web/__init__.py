"""The UI kit: templates, assets, navigation, error pages. Pages themselves belong to the domains."""

from collections.abc import AsyncIterator

from agora.kernel.app import App
from agora.kernel.pages import ErrorPages
from agora.web.assets import Assets
from agora.web.errors import WebErrorPages
from agora.web.navigation import NavItem
from agora.web.pages import render
from agora.web.routes import ROUTES
from agora.web.templates import Templates

__all__ = ["ROUTES", "Assets", "NavItem", "Templates", "open_web", "render"]


async def open_web(app: App) -> AsyncIterator[None]:
    """Read templates and assets of ``app.root``, and offer the error pages."""
    assets = Assets(app.root / "static")
    templates = Templates(app.root / "templates", assets)
    app.put(Assets, assets)
    app.put(Templates, templates)
    app.put(ErrorPages, WebErrorPages(templates))
    yield
