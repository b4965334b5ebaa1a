"""What one reacts with, as one text: a Unicode emoji, or ``name:id`` of a community's own.

The name is the one at the first such reaction under a message; only the id tells emojis apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from agora.domains.talk.expressions import Emojis
from agora.domains.talk.reactions.emoji import is_emoji
from agora.kernel.errors import BadRequest
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.payloads import ReactionEmoji

if TYPE_CHECKING:
    from agora.kernel.app import App

# Libraries send what they find in a text as well: ``a:name:id``, ``:name:id``.
_CUSTOM = re.compile(r"(?:a?:)?(\w{2,32}):(\d{1,19})", re.ASCII)


def read_sign(text: str) -> str:
    """The sign of a path. Raises 10014 unless it is one Unicode emoji or has the form of a custom one."""
    if is_emoji(text):
        return text
    found = _CUSTOM.fullmatch(text)
    if found is None:
        raise unknown_emoji()
    return f"{found[1]}:{int(found[2])}"


def unknown_emoji() -> BadRequest:
    """10014: there is none, or not for the actor."""
    code = ErrorCode.UNKNOWN_EMOJI
    return BadRequest(MESSAGES[code], code=code)


def custom_id(sign: str) -> int | None:
    """The id of a custom emoji; None for a Unicode one."""
    _, colon, number = sign.rpartition(":")
    return int(number) if colon else None


def find_same(signs: Collection[str], sign: str) -> str | None:
    """The one of these signs that is the same emoji."""
    wanted = custom_id(sign)
    if wanted is None:
        return sign if sign in signs else None
    return next((each for each in signs if custom_id(each) == wanted), None)


def build_sign(app: App, sign: str) -> ReactionEmoji:
    """The emoji object; one that is gone is known by the name it had."""
    emoji_id = custom_id(sign)
    if emoji_id is None:
        return ReactionEmoji(name=sign)
    known = app.get(Emojis).find(emoji_id)
    return ReactionEmoji(id=str(emoji_id), name=sign.rpartition(":")[0], animated=known is not None and known.animated)
