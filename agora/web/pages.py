"""Answering with a page."""

from __future__ import annotations

from typing import Any

from agora.kernel.http import Cookie, Reply, Request
from agora.web.headers import page_headers
from agora.web.navigation import list_nav
from agora.web.templates import Templates

THEME_COOKIE = "agora_theme"


def render(request: Request, template: str, *, status: int = 200, cookies: tuple[Cookie, ...] = (), **values: Any) -> Reply:
    """The page made from a template, in the actor's language and theme, with the headers every page has.

    ``here`` (a navigation item's name) marks where the person is.
    """
    ctx, http = request.ctx, request.http
    values.setdefault("here", "")
    values["nav"] = list_nav(ctx.app, ctx.actor)
    values["actor"] = ctx.actor
    text = ctx.app.get(Templates).render(template, ctx.locale, http.cookies.get(THEME_COOKIE, ""), values)
    return Reply(text.encode(), status, "text/html", headers=page_headers(http.host), cookies=cookies)
