"""The allow list: whatever is not named here never reaches a page. A second wall behind the renderer's own escaping."""

from __future__ import annotations

import nh3

from agora.domains.talk.messages.highlight import CODE_CLASSES

_TAGS = "p br strong em u s small code pre span time a ul ol li blockquote h1 h2 h3 mark"
TAGS = frozenset(_TAGS.split())
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "ol": {"start"},
    "span": {"data-user-id", "data-role-id", "data-channel-id"},
    "time": {"datetime", "data-style"},
}
_MENTIONS = {"mention", "mention-user", "mention-role", "mention-channel", "mention-everyone"}
CLASSES: dict[str, set[str]] = {
    "span": {"spoiler", *_MENTIONS, *CODE_CLASSES},
    "code": {"code"},
}
LINK_REL = "noopener nofollow"

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes={"http", "https"},
    link_rel=LINK_REL,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """The same HTML without anything that is not allowed."""
    return _CLEANER.clean(html)
