"""Friendly error pages: what happened, and what to do now."""

from __future__ import annotations

from collections.abc import Mapping

from agora.kernel.i18n import t
from agora.web.headers import page_headers
from agora.web.templates import Templates

_OWN_WORDS = (401, 403, 404, 429, 500, 503)


class WebErrorPages:
    """The kernel's ``ErrorPages``, made from ``templates/web/error.html``."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self.headers: Mapping[str, str] = page_headers()

    def render(self, locale: str, status: int, message: str) -> bytes:
        """A whole HTML page. ``message`` is shown as it is where it tells more than the page's own words."""
        key = str(status) if status in _OWN_WORDS else "other"
        values = {
            "status": status,
            "title": t(locale, f"web.error.{key}"),
            "advice": t(locale, f"web.error.{key}_advice"),
            "detail": "" if status in (401, 404) else message,
        }
        return self._templates.render("web/error.html", locale, "", values).encode()
