"""Discord's Markdown to safe HTML: the one renderer of what people and agents write.

Most messages hold no markup at all; they skip the parser (a hundredth of its cost). Everything else goes through
markdown-it with Discord's rules (``rich``) and then through an allow list (``sanitise``), so that no mistake in the
first can put script or foreign content on a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import msgspec


def _nobody(_id: int) -> str | None:
    return None


class Names(msgspec.Struct, frozen=True):
    """How mentions are called: each function gives the name of an id, or None when there is no such thing."""

    user: Callable[[int], str | None] = _nobody
    role: Callable[[int], str | None] = _nobody
    channel: Callable[[int], str | None] = _nobody
    emoji: Callable[[int], str | None] = _nobody


NO_NAMES = Names()

# Everything that starts any markup. Too wide only costs time; too narrow would show raw markup.
_MARKUP = re.compile(
    r"""[*_~|`<>\\\[]          # emphasis, spoilers, code, mentions, quotes, escapes, links
      | https?://              # bare links
      | @(?:everyone|here)\b
      | ^[ \t]*(?:\#|[-+]|\d+[.)])   # headings, lists, small text
    """,
    re.VERBOSE | re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_SPACED_BREAK = re.compile(r"[ \t]*\n[ \t]*")


def has_markup(text: str) -> bool:
    """Whether the text needs the parser."""
    return _MARKUP.search(text) is not None


def plain(text: str) -> str:
    """HTML of a text without markup: line breaks and paragraphs only."""
    text = escape(text.strip(), quote=False)
    if "\n" not in text:
        return f"<p>{text}</p>"
    paragraphs = _BLANK_LINES.split(text)
    return "".join(f"<p>{_SPACED_BREAK.sub('<br>', p)}</p>" for p in paragraphs)


def render(text: str, names: Names = NO_NAMES) -> str:
    """Safe HTML of a message's content; the empty text gives the empty string."""
    if not text.strip():
        return ""
    if not has_markup(text):
        return plain(text)
    from agora.domains.talk.messages.rich import render_rich

    return render_rich(text, names)
