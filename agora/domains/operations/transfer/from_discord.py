"""DiscordChatExporter's JSON (https://github.com/Tyrrrz/DiscordChatExporter): one file for each channel, alone or many in a zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any, Protocol

from agora.domains.operations.transfer.records import (
    Enclosed,
    Forwarded,
    Left,
    Person,
    Picture,
    Post,
    Problem,
    Reaction,
    Record,
    Room,
    emoji,
    mention,
    plain,
    room,
)
from agora.domains.operations.transfer.streams import JsonReader
from agora.domains.talk.reactions import is_emoji
from agora.kernel.ids import parse

PROGRAM = "discord"
_HUMAN = frozenset({"Default", "Reply", "0", "19"})
_WRITTEN = re.compile(r"<(@!?|#|@&)(\d{1,19})>")
_CUSTOM = re.compile(r"<a?:(\w{1,40}):(\d{1,19})>", re.ASCII)


class Holder(Protocol):
    """Where the channel files lie: a folder of one, or a zip."""

    def documents(self) -> list[str]:
        """The names of the channel files."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """One for reading."""
        ...

    def has(self, name: str) -> bool:
        """Whether a file of this name is there."""
        ...


class DiscordSource:
    """All channel files of one holder."""

    program = PROGRAM

    def __init__(self, holder: Holder, sizes: dict[str, int]) -> None:
        self._holder = holder
        self._sizes = sizes
        self._done = 0
        self._reader: JsonReader | None = None
        guild = self._first_guild()
        self.identity = str(guild.get("id", ""))
        self.title = str(guild.get("name") or "Discord")
        self._people: set[str] = set()
        self._pictures: set[str] = set()

    def position(self) -> tuple[int, int]:
        """Bytes."""
        return self._done + (self._reader.read if self._reader else 0), sum(self._sizes.values())

    def records(self) -> Iterator[Record]:
        """Channel after channel."""
        for name in self._holder.documents():
            with closing(self._holder.open(name)) as file:
                self._reader = JsonReader(file, name)
                yield from self._channel(self._reader, name)
            self._done += self._sizes[name]
            self._reader = None

    def _first_guild(self) -> dict[str, Any]:
        names = self._holder.documents()
        if not names:
            raise Problem("There is no channel file: give a JSON file of DiscordChatExporter, or a zip of them.")
        with closing(self._holder.open(names[0])) as file:
            reader = JsonReader(file, names[0])
            for key, value in reader.fields("messages"):
                if key == "guild" and isinstance(value, dict):
                    return value
                if key == "messages":
                    break
        raise Problem(f"{names[0]} has no guild before its messages: it is no file of DiscordChatExporter.")

    def _channel(self, reader: JsonReader, name: str) -> Iterator[Record]:
        channel: dict[str, Any] | None = None
        for key, value in reader.fields("messages"):
            if key == "guild" and str(_object(value, "guild", name).get("id")) != self.identity:
                raise Problem(f"{name} is of another community than the first file: import each community by itself.")
            if key == "channel":
                channel = _object(value, "channel", name)
                if str(channel.get("type", "")).startswith("Direct"):
                    yield Left("direct", name)
                else:
                    yield _room(channel, name)
            if key == "messages":
                if channel is None:
                    raise Problem(f"{name} has no channel before its messages: it is no file of DiscordChatExporter.")
                direct = str(channel.get("type", "")).startswith("Direct")
                for message in value:
                    if not direct:
                        yield from self._message(_object(message, "message", reader.where()), channel, name, reader.where())

    def _message(self, message: dict[str, Any], channel: dict[str, Any], name: str, where: str) -> Iterator[Record]:
        author = _object(message.get("author"), "author", where)
        mentions = [_object(user, "mention", where) for user in message.get("mentions") or []]
        reactions = [_object(each, "reaction", where) for each in message.get("reactions") or []]
        people = [author, *mentions, *(user for each in reactions for user in each.get("users") or [])]
        for person in people:
            yield from self._person(_object(person, "user", where), where)
        if str(message.get("type", "Default")) not in _HUMAN:
            yield Left("system", where)
            return
        kept = []
        inline = [_object(each, "emoji", where) for each in message.get("inlineEmojis") or []]
        for each in [*inline, *(_object(reaction.get("emoji"), "emoji", where) for reaction in reactions)]:
            yield from self._picture(each, name, where)
        for reaction in reactions:
            used, count = reaction["emoji"], int(reaction.get("count") or 1)
            sign, users = plain(str(used.get("name", ""))), tuple(str(user["id"]) for user in reaction.get("users") or [])
            if is_emoji(sign) or _key(used):
                kept.append(Reaction(sign, users, _key(used), count))
            else:
                yield Left("emoji", where, count)
        if message.get("stickers"):
            yield Left("sticker", where)
        reference = _object(message.get("reference") or {}, "reference", where)
        is_reply = reference.get("messageId") and reference.get("type") != "Forward"
        carried = _object(message.get("forwardedMessage") or {}, "forwardedMessage", where)
        if carried.get("stickers"):
            yield Left("sticker", where)
        enclosed = [*(message.get("attachments") or []), *(carried.get("attachments") or [])]
        yield Post(
            key=_id(message, where),
            id=parse(_id(message, where)),
            room=str(channel.get("id")),
            author=str(author.get("id")),
            at=_time(message.get("timestamp"), where) or 0,
            content=_content(str(message.get("content") or ""), mentions, inline),
            where=where,
            edited=_time(message.get("timestampEdited"), where),
            pinned=bool(message.get("isPinned")),
            reply_to=str(reference["messageId"]) if is_reply else None,
            files=tuple(self._file(_object(each, "attachment", where), name) for each in enclosed),
            reactions=tuple(kept),
            embeds=tuple(message.get("embeds") or ()),
            forwarded=_forwarded(carried, reference, mentions, inline, where) if carried else None,
        )

    def _person(self, user: dict[str, Any], where: str) -> Iterator[Person]:
        key = _id(user, where)
        if key not in self._people:
            self._people.add(key)
            name = plain(str(user.get("name") or "user"))
            yield Person(key=key, name=name, shown=plain(str(user.get("nickname") or name)), is_bot=bool(user.get("isBot")))

    def _picture(self, described: dict[str, Any], name: str, where: str) -> Iterator[Picture]:
        """An emoji of the community, once; again when only a later file has its picture."""
        key, path = _key(described), self._path(str(described.get("imageUrl") or ""), name)
        seen = f"{key}:{path is not None}"
        if key and seen not in self._pictures:
            self._pictures |= {seen, f"{key}:False"}
            yield Picture(key=key, name=plain(str(described.get("name") or "")), where=where, path=path)

    def _path(self, url: str, name: str) -> str | None:
        """Where it lies: the address is a path, relative to the channel's file, when media were exported as well."""
        path = str(PurePosixPath(name).parent / url.replace("\\", "/")) if url and "://" not in url else None
        return path if path is not None and self._holder.has(path) else None

    def _file(self, file: dict[str, Any], name: str) -> Enclosed:
        url = str(file.get("url") or "")
        path = self._path(url, name)
        address = url if url.startswith(("http://", "https://")) else None
        return Enclosed(name=str(file.get("fileName") or "file"), path=path, url=address)


def _forwarded(
    carried: dict[str, Any], reference: dict[str, Any], mentions: list[dict[str, Any]], inline: list[dict[str, Any]], where: str
) -> Forwarded:
    return Forwarded(
        room=str(reference.get("channelId") or ""),
        key=str(reference.get("messageId") or ""),
        content=_content(str(carried.get("content") or ""), mentions, inline),
        at=_time(carried.get("timestamp"), where) or 0,
        edited=_time(carried.get("timestampEdited"), where),
        embeds=tuple(carried.get("embeds") or ()),
    )


def _room(channel: dict[str, Any], name: str) -> Room:
    topic = channel.get("topic")
    return Room(
        key=_id(channel, name),
        name=plain(str(channel.get("name") or "channel")),
        topic=plain(str(topic)) if topic else None,
        category=plain(str(channel["category"])) if channel.get("category") else None,
        announcement=channel.get("type") == "GuildNews",
    )


def _content(text: str, mentions: list[dict[str, Any]], inline: list[dict[str, Any]]) -> str:
    """Mentions and emojis stand as Discord writes them, or, where the exporter made them readable, as ``@name`` and ``:name:``."""
    text = _CUSTOM.sub(lambda found: emoji(found[2], found[1]), plain(text))
    for each in inline:
        key, called = _key(each), plain(str(each.get("name") or ""))
        if key and called:
            text = text.replace(f":{called}:", emoji(key, called))
    for user in sorted(mentions, key=lambda user: -len(str(user.get("nickname") or ""))):
        for name in (user.get("nickname"), user.get("name")):
            if name:
                text = text.replace(f"@{name}", mention(str(user["id"])))
    return _WRITTEN.sub(_rewrite, text)


def _key(described: dict[str, Any]) -> str | None:
    """The id of an emoji of a community; Unicode ones have none."""
    key = str(described.get("id") or "")
    return None if parse(key) is None else key


def _rewrite(found: re.Match[str]) -> str:
    if found[1] == "#":
        return room(found[2])
    return "@role" if found[1] == "@&" else mention(found[2])


def _object(value: Any, what: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(f"{where}: {what} must be an object: this is no file of DiscordChatExporter.")
    return value


def _id(value: dict[str, Any], where: str) -> str:
    if parse(str(value.get("id", ""))) is None:
        raise Problem(f"{where}: {str(value.get('id'))[:40]!r} is no id: this is no file of DiscordChatExporter.")
    return str(value["id"])


def _time(text: Any, where: str) -> int | None:
    if text is None:
        return None
    try:
        return int(datetime.fromisoformat(str(text)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Problem(f"{where}: {str(text)[:40]!r} is no ISO 8601 time.") from None
