"""Slack's markup as Discord's (https://docs.slack.dev/messaging/formatting-message-text)."""

from __future__ import annotations

import html
import re

from rich.emoji import Emoji, NoEmoji

from agora.domains.operations.transfer.records import mention, plain, room
from agora.domains.talk.reactions import is_emoji

_ANGLE = re.compile(r"<([^<>\n]+)>")
_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_SHORT = re.compile(r":([a-z0-9_+'-]{1,40})(?:::skin-tone-\d)?:")
# Names that Slack and Mattermost have and the table of emojis does not.
_OTHER = {
    "simple_smile": "\N{SLIGHTLY SMILING FACE}",
    "slightly_smiling_face": "\N{SLIGHTLY SMILING FACE}",
    "+1": "\N{THUMBS UP SIGN}",
    "-1": "\N{THUMBS DOWN SIGN}",
    "thumbsup": "\N{THUMBS UP SIGN}",
    "thumbsdown": "\N{THUMBS DOWN SIGN}",
    "tada": "\N{PARTY POPPER}",
    "heavy_check_mark": "\N{HEAVY CHECK MARK}",
    "white_check_mark": "\N{WHITE HEAVY CHECK MARK}",
}


def find_emoji(name: str) -> str | None:
    """The Unicode emoji of a short name; None for a custom one. A skin tone is left out."""
    short = name.partition("::")[0]
    if short in _OTHER:
        return _OTHER[short]
    try:
        found = str(Emoji(short))
    except NoEmoji:
        return None
    return found if is_emoji(found) else None


def from_slack(text: str) -> str:
    """A message's text. Code stays as it is."""
    parts = _CODE.split(plain(text))
    return "".join(html.unescape(_angles(part)) if index % 2 else _words(part) for index, part in enumerate(parts))


def with_emojis(text: str) -> str:
    """Short names as emojis where there are any."""
    return _SHORT.sub(lambda m: find_emoji(m[1]) or m[0], text)


def _words(text: str) -> str:
    text = _STRIKE.sub(r"~~\1~~", _BOLD.sub(r"**\1**", text))
    return with_emojis(html.unescape(_angles(text)))


def _angles(text: str) -> str:
    return _ANGLE.sub(_angle, text)


def _angle(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith("@"):
        return mention(target[1:])
    if target.startswith("#"):
        return room(target[1:])
    if target.startswith("!"):
        word = target[1:].partition("^")[0]
        return label or ("@everyone" if word in ("channel", "everyone") else f"@{word}")
    if target.startswith("mailto:"):
        return label or target.removeprefix("mailto:")
    return f"[{label}]({target})" if label and label != target else target
