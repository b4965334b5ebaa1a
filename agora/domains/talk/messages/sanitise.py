"""The allow list: whatever is not named here never reaches a page. A second wall behind the renderer's own escaping."""

from __future__ import annotations

import re

import nh3

from agora.domains.talk.messages.highlight import CODE_CLASSES

_TAGS = "p br strong em u s small code pre span time a ul ol li blockquote h1 h2 h3 mark img"
TAGS = frozenset(_TAGS.split())
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "ol": {"start"},
    "span": {"data-user-id", "data-role-id", "data-channel-id"},
    "time": {"datetime", "data-style"},
    "img": {"src", "alt", "title"},
}
_MENTIONS = {"mention", "mention-user", "mention-role", "mention-channel", "mention-everyone"}
CLASSES: dict[str, set[str]] = {
    "span": {"spoiler", *_MENTIONS, *CODE_CLASSES},
    "code": {"code"},
    "img": {"emoji-picture"},
}
# Pictures come from nowhere but the emojis of this server.
_PICTURE = re.compile(r"/emojis/\d{1,19}\.webp")
LINK_REL = "noopener nofollow"


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not _PICTURE.fullmatch(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    attribute_filter=_filter,
    allowed_classes=CLASSES,
    url_schemes={"http", "https"},
    link_rel=LINK_REL,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """The same HTML without anything that is not allowed."""
    return _CLEANER.clean(html)
