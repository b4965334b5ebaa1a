"""The port through which the server shows errors of HTML routes; the UI kit puts the real one."""

from typing import Protocol


class ErrorPages(Protocol):
    """Renders a friendly error page."""

    def render(self, locale: str, status: int, message: str) -> bytes:
        """A whole HTML page that says what went wrong and what to do."""
        ...
