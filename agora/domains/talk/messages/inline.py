"""Discord's inline rules on top of CommonMark's: mentions, spoilers, times, bare links."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from agora.domains.talk.messages.markdown import Names

_MENTION = re.compile(r"<(@[!&]?|#)(\d{1,19})>")
_EMOJI = re.compile(r"<a?:(\w{2,32}):(\d{1,19})>")
_TIME = re.compile(r"<t:(-?\d{1,12})(?::([tTdDfFR]))?>")
_EVERYONE = re.compile(r"@(everyone|here)\b")
_ADDRESS = re.compile(r"://[^\s<>\"]*[^\s<>\"'.,:;!?*_~|\])}]")
_KINDS = {"@": "user", "@!": "user", "@&": "role", "#": "channel"}
SPOILER = ord("|")


def add_inline_rules(markdown: MarkdownIt) -> None:
    """Add the rules."""
    ruler = markdown.inline.ruler
    ruler.before("autolink", "mention", _mention)
    ruler.after("mention", "everyone", _everyone)
    ruler.before("emphasis", "spoiler", _spoiler)
    ruler.after("text", "bare_link", _bare_link)
    markdown.inline.ruler2.before("emphasis", "spoiler", _close_spoilers)
    # the text rule stops at these characters, so that the rules above are asked
    markdown.inline.add_terminator_char("@")
    markdown.inline.add_terminator_char("|")
    markdown.inline.add_terminator_char(":")


def is_web_address(address: str) -> bool:
    """Whether a link may lead there: http and https only."""
    return address.lower().startswith(("http://", "https://"))


def _mention(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    if found := _MENTION.match(state.src, state.pos):
        if not silent:
            _push_mention(state, _KINDS[found[1]], int(found[2]))
    elif found := _EMOJI.match(state.src, state.pos):
        if not silent:
            _push_emoji(state, found[1], int(found[2]))
    elif found := _TIME.match(state.src, state.pos):
        if not silent and not _push_time(state, int(found[1]), found[2] or "f"):
            return False
    else:
        return False
    state.pos = found.end()
    return True


def _push_mention(state: StateInline, kind: str, target: int) -> None:
    names: Names = state.env["names"]
    name: str | None = getattr(names, kind)(target)
    sign = "#" if kind == "channel" else "@"
    opening = state.push("mention_open", "span", 1)
    opening.attrs = {"class": f"mention mention-{kind}", f"data-{kind}-id": str(target)}
    state.push("text", "", 0).content = f"{sign}{name if name is not None else target}"
    state.push("mention_close", "span", -1)


def _push_emoji(state: StateInline, written: str, emoji_id: int) -> None:
    """The picture of a community's emoji; one that is unknown, or not for the writer, stays the text it stands for."""
    names: Names = state.env["names"]
    name = names.emoji(emoji_id)
    if name is None:
        state.push("text", "", 0).content = f":{written}:"
        return
    picture = state.push("emoji", "img", 0)
    picture.attrs = {"class": "emoji-picture", "src": f"/emojis/{emoji_id}.webp", "alt": f":{name}:", "title": f":{name}:"}


def _push_time(state: StateInline, seconds: int, style: str) -> bool:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return False
    opening = state.push("time_open", "time", 1)
    opening.attrs = {"datetime": moment.isoformat(), "data-style": style}
    state.push("text", "", 0).content = moment.strftime("%Y-%m-%d %H:%M UTC")
    state.push("time_close", "time", -1)
    return True


def _everyone(state: StateInline, silent: bool) -> bool:
    found = _EVERYONE.match(state.src, state.pos) if state.src[state.pos] == "@" else None
    if found is None:
        return False
    if not silent:
        state.push("mention_open", "span", 1).attrs = {"class": "mention mention-everyone"}
        state.push("text", "", 0).content = found[0]
        state.push("mention_close", "span", -1)
    state.pos = found.end()
    return True


def _spoiler(state: StateInline, silent: bool) -> bool:
    """Collect ``||`` delimiters, as CommonMark's own strikethrough does with ``~~``."""
    if silent or not state.src.startswith("||", state.pos):
        return False
    scanned = state.scanDelims(state.pos, True)
    for _ in range(scanned.length // 2):
        state.push("text", "", 0).content = "||"
        state.delimiters.append(Delimiter(marker=SPOILER, length=0, token=len(state.tokens) - 1, end=-1, open=True, close=True))
    if scanned.length % 2:
        state.push("text", "", 0).content = "|"
    state.pos += scanned.length
    return True


def _close_spoilers(state: StateInline) -> None:
    groups = [state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)]
    for delimiters in groups:
        for delimiter in delimiters:
            if delimiter.marker != SPOILER or delimiter.end == -1:
                continue
            first, last = state.tokens[delimiter.token], state.tokens[delimiters[delimiter.end].token]
            first.type, first.tag, first.nesting, first.content = "spoiler_open", "span", 1, ""
            first.attrs = {"class": "spoiler"}
            last.type, last.tag, last.nesting, last.content = "spoiler_close", "span", -1, ""


def _bare_link(state: StateInline, silent: bool) -> bool:
    """``http://…`` and ``https://…`` without brackets; asked at the colon, with the scheme already read as text."""
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    scheme = next((s for s in ("https", "http") if state.pending.lower().endswith(s)), None)
    found = _ADDRESS.match(state.src, state.pos) if scheme else None
    if scheme is None or found is None:
        return False
    before = state.pending[: -len(scheme)]
    if before and before[-1].isalnum():
        return False
    address = state.md.normalizeLink(scheme + found[0])
    if not silent:
        state.pending = before
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = scheme + found[0]
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True
