"""Slack's incoming webhooks: programs that speak to Slack speak here by another address.

https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/surfaces/formatting,
https://api.slack.com/reference/messaging/attachments
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.talk.messages import Embed, MessageCreate
from agora.kernel.errors import invalid

MAX_TEXT = 2000
MAX_EMBEDS = 10
_COLORS = {"good": 0x2EB886, "warning": 0xDAA038, "danger": 0xA30200}
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(here|channel|everyone)(?:\|[^>]*)?>")
_OTHER = re.compile(r"<[@#!]([^|>]+)(?:\|([^>]*))?>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)

Text = Annotated[str, Meta(max_length=40_000)]


class SlackField(msgspec.Struct, frozen=True):
    """A small table's cell."""

    title: Text = ""
    value: Text = ""
    short: bool = False


class SlackAttachment(msgspec.Struct, frozen=True):
    """Slack's older rich text; becomes an embed."""

    fallback: Text | None = None
    color: str | None = None
    pretext: Text | None = None
    author_name: Text | None = None
    author_link: str | None = None
    title: Text | None = None
    title_link: str | None = None
    text: Text | None = None
    fields: Annotated[list[SlackField], Meta(max_length=100)] | None = None
    image_url: str | None = None
    thumb_url: str | None = None
    footer: Text | None = None
    ts: float | str | None = None


class SlackBody(msgspec.Struct, frozen=True):
    """``icon_url``, ``icon_emoji`` and ``channel`` are taken and left alone: a webhook has one channel and one picture."""

    text: Text | None = None
    username: str | None = None
    attachments: Annotated[list[SlackAttachment], Meta(max_length=100)] | None = None
    blocks: Annotated[list[dict[str, Any]], Meta(max_length=50)] | None = None
    icon_url: str | None = None
    icon_emoji: str | None = None
    channel: str | None = None


def build_message(body: SlackBody) -> MessageCreate:
    """The same in Discord's shape. What is too long is cut, as Slack allows more than a message holds."""
    lines = [] if body.text is None else [body.text]
    # the text beside blocks is only for notifications, as Slack has it
    if body.blocks:
        lines = list(_read_blocks(body.blocks)) or lines
    lines += [each.pretext for each in body.attachments or () if each.pretext]
    content = _cut("\n".join(to_markdown(line) for line in lines), MAX_TEXT)
    plain = [embed for each in body.attachments or () if (embed := _embed(each))]
    try:
        embeds = msgspec.convert(plain[:MAX_EMBEDS], list[Embed])
    except msgspec.ValidationError as error:
        raise invalid("attachments", str(error)) from None
    return MessageCreate(content=content, embeds=embeds)


def to_markdown(text: str) -> str:
    """Slack's mrkdwn as Markdown; code stays as it is."""
    parts = _CODE.split(text)
    return "".join(unescape(part) if index % 2 else _convert(part) for index, part in enumerate(parts))


def _convert(text: str) -> str:
    text = _SPECIAL.sub(lambda found: "@here" if found[1] == "here" else "@everyone", text)
    text = _OTHER.sub(lambda found: found[2] or found[1], text)
    text = _BOLD.sub(r"**\1**", text)
    text = _STRIKE.sub(r"~~\1~~", text)
    text = _LINK.sub(lambda found: f"[{found[2]}]({found[1]})" if found[2] else found[1], text)
    return unescape(text)


def _read_blocks(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """The texts of header, section and context blocks (https://api.slack.com/reference/block-kit/blocks)."""
    for block in blocks:
        kind = block.get("type")
        parts = [block.get("text"), *_listed(block.get("fields"))]
        if kind == "context":
            parts = _listed(block.get("elements"))
        texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
        if kind == "header":
            texts = [f"*{text}*" for text in texts]
        yield from texts


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _embed(each: SlackAttachment) -> dict[str, Any] | None:
    text = each.text or (each.fallback if not (each.title or each.fields or each.image_url) else None)
    embed: dict[str, Any] = {
        "title": _cut(to_markdown(each.title or ""), 256),
        "url": each.title_link,
        "description": _cut(to_markdown(text or ""), 4096),
        "color": _color(each.color),
        "timestamp": _time(each.ts),
        "author": {"name": _cut(each.author_name, 256), **_linked(each.author_link)} if each.author_name else None,
        "footer": {"text": _cut(each.footer, 2048)} if each.footer else None,
        "image": {"url": each.image_url} if each.image_url else None,
        "thumbnail": {"url": each.thumb_url} if each.thumb_url else None,
        "fields": [_field(field) for field in (each.fields or ())[:25]] or None,
    }
    kept = {key: value for key, value in embed.items() if value not in (None, "")}
    return kept if kept.keys() - {"color", "url", "timestamp"} else None


def _field(field: SlackField) -> dict[str, Any]:
    """A cell must not be empty in an embed."""
    name, value = _cut(field.title, 256) or "\u200b", _cut(to_markdown(field.value), 1024) or "\u200b"
    return {"name": name, "value": value, "inline": field.short}


def _linked(url: str | None) -> dict[str, str]:
    return {"url": url} if url else {}


def _color(color: str | None) -> int | None:
    found = _HEX.fullmatch(color or "")
    return int(found[1], 16) if found else _COLORS.get(color or "")


def _time(seconds: float | str | None) -> str | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(float(seconds), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
