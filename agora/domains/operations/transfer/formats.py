"""The three ways to write history down: a head, pages of messages, a foot; each as text that is written to disk at once."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from msgspec import UnsetType

from agora.domains.operations.transfer.model import Format
from agora.domains.operations.transfer.queries import Entry
from agora.domains.operations.transfer.shapes import build_entry, build_guild, build_room, exported_at, plain_part
from agora.domains.place.permissions import ChannelFacts
from agora.kernel.app import App
from agora.kernel.i18n import t
from agora.protocol.payloads import Message
from agora.web import Assets, Templates

# An export is read without this server: a community's emoji is shown as the text it stands for.
_EMOJI_PICTURE = re.compile(r'<img[^>]* alt="(:\w+:)"[^>]*>')
SUFFIX = {Format.JSON: "json", Format.HTML: "html", Format.MARKDOWN: "md"}
TYPE = {"json": "application/json", "html": "text/html", "md": "text/markdown", "zip": "application/zip"}
_LINES = re.compile(r"^", re.MULTILINE)


class Writer(Protocol):
    """Writes one channel."""

    def head(self) -> str:
        """What comes first."""
        ...

    def page(self, entries: Sequence[Entry], paths: dict[int, str]) -> str:
        """Some messages, oldest first; ``paths`` are the files beside it, by id."""
        ...

    def foot(self, count: int) -> str:
        """What comes last; ``count`` messages were written."""
        ...


def open_writer(app: App, channel: ChannelFacts, format: Format, locale: str) -> Writer:
    """The writer of a format."""
    if format is Format.HTML:
        return HtmlWriter(app, channel, locale)
    return JsonWriter(app, channel) if format is Format.JSON else MarkdownWriter(app, channel, locale)


class JsonWriter:
    """DiscordChatExporter's JSON, indented by two like its files."""

    def __init__(self, app: App, channel: ChannelFacts) -> None:
        self._app = app
        self._channel = channel
        self._first = True

    def head(self) -> str:
        """Everything before the list of messages."""
        document = {
            "guild": build_guild(self._app, self._channel),
            "channel": build_room(self._app, self._channel),
            "dateRange": {"after": None, "before": None},
            "exportedAt": exported_at(self._app),
        }
        return _indented(document).rstrip().removesuffix("}").rstrip() + ',\n  "messages": ['

    def page(self, entries: Sequence[Entry], paths: dict[int, str]) -> str:
        """Messages with their commas."""
        parts = []
        for entry in entries:
            text = _LINES.sub("    ", _indented(build_entry(self._app, self._channel, entry, paths)))
            parts.append(("\n" if self._first else ",\n") + text)
            self._first = False
        return "".join(parts)

    def foot(self, count: int) -> str:
        """The end of the list and of the document."""
        return f'\n  ],\n  "messageCount": {count}\n}}\n'


class HtmlWriter:
    """One page without anything from elsewhere. Content is the sanitised HTML that the chat itself shows."""

    def __init__(self, app: App, channel: ChannelFacts, locale: str) -> None:
        self._app = app
        self._channel = channel
        self._locale = locale
        # a command has no web server, and so no templates of its own
        self._templates = app.find(Templates) or Templates(app.root / "templates", Assets(app.root / "static"))

    def head(self) -> str:
        """Title and style."""
        room, guild = build_room(self._app, self._channel), build_guild(self._app, self._channel)
        css = (self._app.root / "static" / "transfer" / "export.css").read_bytes()
        style = f"data:text/css;base64,{base64.b64encode(css).decode()}"
        return self._render("head", room=room, guild=guild, at=exported_at(self._app)[:10], style=style)

    def page(self, entries: Sequence[Entry], paths: dict[int, str]) -> str:
        """Rows."""
        shown = [_shown(self._app, self._channel, entry, paths) for entry in entries]
        return self._render("rows", rows=shown)

    def foot(self, count: int) -> str:
        """The end."""
        return self._render("foot", count=count)

    def _render(self, name: str, **values: Any) -> str:
        return self._templates.render(f"transfer/export_{name}.html", self._locale, "", values)


class MarkdownWriter:
    """Plain Markdown: a heading for each day, a paragraph for each message."""

    def __init__(self, app: App, channel: ChannelFacts, locale: str) -> None:
        self._app = app
        self._channel = channel
        self._locale = locale
        self._day = ""

    def head(self) -> str:
        """Title and topic."""
        room, guild = build_room(self._app, self._channel), build_guild(self._app, self._channel)
        topic = f"{room['topic']}\n\n" if room["topic"] else ""
        return f"# {guild['name']} · {room['name']}\n\n{topic}"

    def page(self, entries: Sequence[Entry], paths: dict[int, str]) -> str:
        """Messages."""
        parts = []
        for entry in entries:
            shown = _shown(self._app, self._channel, entry, paths)
            if shown["day"] != self._day:
                self._day = shown["day"]
                parts.append(f"## {self._day}\n\n")
            parts.append(self._message(shown, entry.message.content))
        return "".join(parts)

    def foot(self, count: int) -> str:
        """How many there were."""
        return f"---\n\n{t(self._locale, 'transfer.count', n=count, count=count)}\n"

    def _message(self, shown: dict[str, Any], content: str) -> str:
        lines = [f"**{shown['name']}** · {shown['time']}{' · ' + t(self._locale, 'transfer.edited') if shown['edited'] else ''}"]
        if shown["reply"]:
            lines.append(f"> {shown['reply']['name']}: {shown['reply']['text']}")
        if content:
            lines.append(content)
        if shown["forwarded"]:
            lines.append("\n".join(f"> {line}" for line in shown["forwarded"]["content"].split("\n")))
        lines += [f"[{name}]" for name in shown["stickers"]]
        lines += [f"[{file['name']}]({file['url']})" for file in shown["files"]]
        if shown["reactions"]:
            lines.append(" ".join(f"{r['emoji']} {r['count']}" for r in shown["reactions"]))
        return "\n\n".join(lines) + "\n\n"


def _shown(app: App, channel: ChannelFacts, entry: Entry, paths: dict[int, str]) -> dict[str, Any]:
    """What a person sees of a message."""
    message, built = entry.message, build_entry(app, channel, entry, paths)
    referenced = message.referenced_message
    reply = None
    if isinstance(referenced, Message):
        author = plain_part(referenced.author)
        text = " ".join(referenced.content.split())[:120]
        reply = {"id": referenced.id, "name": author["global_name"] or author["username"], "text": text}
    forwarded: dict[str, Any] | None = None
    if not isinstance(message.message_snapshots, UnsetType):
        forwarded = dict(built["forwardedMessage"])
        forwarded["html"] = _as_shown(message.message_snapshots[0].message.content_html)
    return {
        "id": message.id,
        "name": built["author"]["nickname"],
        "bot": built["author"]["isBot"],
        "day": message.timestamp[:10],
        "time": message.timestamp[11:16],
        "at": message.timestamp,
        "edited": message.edited_timestamp is not None,
        "pinned": message.pinned,
        "html": _as_shown(message.content_html),
        "reply": reply,
        "forwarded": forwarded,
        "files": [
            {"name": file["fileName"], "url": file["url"], "size": file["fileSizeBytes"], "image": _is_image(entry, file["id"])}
            for file in (built["attachments"] or (forwarded or built)["attachments"])
        ],
        "stickers": [each["name"] for each in (built["stickers"] or (forwarded or built)["stickers"])],
        "embeds": built["embeds"] or (forwarded or built)["embeds"],
        "reactions": [{"emoji": _sign(r["emoji"]), "count": r["count"]} for r in built["reactions"]],
    }


def _as_shown(html: object) -> str:
    return _EMOJI_PICTURE.sub(r"\1", str(html))


def _sign(emoji: dict[str, Any]) -> str:
    return f":{emoji['name']}:" if emoji["id"] else str(emoji["name"])


def _is_image(entry: Entry, file_id: str) -> bool:
    return any(str(file.id) == file_id and file.content_type.startswith("image/") for file in entry.files)


def _indented(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
