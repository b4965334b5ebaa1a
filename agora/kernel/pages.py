"""The port through which the server shows errors of HTML routes; the UI kit puts the real one."""

from collections.abc import Mapping
from typing import Protocol


class ErrorPages(Protocol):
    """Renders a friendly error page. ``headers`` go with it: the content security policy of all pages."""

    headers: Mapping[str, str]

    def render(self, locale: str, status: int, message: str) -> bytes:
        """A whole HTML page that says what went wrong and what to do."""
        ...
