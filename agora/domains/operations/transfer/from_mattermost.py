"""Mattermost's bulk file: JSON lines, alone or in a zip with attachments under ``data/``
(https://docs.mattermost.com/onboard/bulk-loading-data.html).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, Any

from agora.domains.operations.transfer.archives import Archive
from agora.domains.operations.transfer.records import (
    Enclosed,
    Left,
    Person,
    Post,
    Problem,
    Reaction,
    Record,
    Room,
    mention,
    plain,
)
from agora.domains.operations.transfer.slack_text import find_emoji, with_emojis
from agora.domains.operations.transfer.streams import read_lines

PROGRAM = "mattermost"
_MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]{1,63})")
_QUIET = frozenset({"version", "scheme", "role", "emoji", "direct_channel"})


class MattermostSource:
    """One bulk file. Several teams become channels of one community, each in a category of its own."""

    program = PROGRAM

    def __init__(self, open: Callable[[], IO[bytes]], name: str, size: int, archive: Archive | None) -> None:
        self._open = open
        self._name = name
        self._size = size
        self._archive = archive
        self._read = 0
        self._known: set[str] = set()
        self._private: dict[str, Room] = {}
        self.identity, self.title = self._team()

    def position(self) -> tuple[int, int]:
        """Bytes."""
        return self._read, self._size

    def read_file(self, path: str) -> Iterator[bytes] | None:
        """A file of the archive."""
        return self._archive.chunks(path) if self._archive is not None and self._archive.has(path) else None

    def close(self) -> None:
        """Let go of the archive."""
        if self._archive is not None:
            self._archive.close()

    def _team(self) -> tuple[str, str]:
        """The first team names the file. The version must come first."""
        first = True
        with closing(self._open()) as file:
            for number, _, line in read_lines(file, self._name):
                kind, body = _parts(line, f"{self._name}, line {number}")
                if first and (kind != "version" or line.get("version") != 1):
                    raise Problem(
                        f"{self._name}, line {number}: the first line must be version 1: this is no Mattermost bulk file."
                    )
                first = False
                if kind == "team":
                    return str(body.get("name")), plain(str(body.get("display_name") or body.get("name") or "Mattermost"))
                if kind in ("post", "direct_post"):
                    break
        if first:
            raise Problem(f"{self._name} is empty.")
        return self._name, "Mattermost"

    def records(self) -> Iterator[Record]:
        """Line by line. A private channel is known whole only after the users, who say where they belong."""
        members: dict[str, set[str]] = {}
        with closing(self._open()) as file:
            for number, end, line in read_lines(file, self._name):
                where = f"{self._name}, line {number}"
                kind, body = _parts(line, where)
                self._read = end
                yield from self._line(kind, body, where, members)
        yield from self._rooms(members)

    def _line(self, kind: str, body: dict[str, Any], where: str, members: dict[str, set[str]]) -> Iterator[Record]:
        if kind == "channel":
            yield from self._channel(body)
        elif kind in ("user", "bot"):
            yield from self._user(body, members, is_bot=kind == "bot")
        elif kind == "post":
            yield from self._rooms(members)
            yield from self._post(body, where)
        elif kind == "direct_post":
            yield Left("direct", where)
        elif kind not in _QUIET and kind != "team":
            yield Left("other", where)

    def _channel(self, body: dict[str, Any]) -> Iterator[Record]:
        team, name = str(body.get("team")), str(body.get("name"))
        topic = body.get("header") or body.get("purpose")
        made = Room(
            key=f"{team}/{name}",
            name=plain(str(body.get("display_name") or name)),
            topic=plain(str(topic)) if topic else None,
            category=None if team == self.identity else team,
            private=body.get("type") == "P",
        )
        if made.private:
            self._private[made.key] = made
        else:
            yield made

    def _user(self, body: dict[str, Any], members: dict[str, set[str]], *, is_bot: bool) -> Iterator[Record]:
        name = str(body.get("username"))
        full = " ".join(str(body[part]) for part in ("first_name", "last_name") if body.get(part))
        yield from self._person(name, plain(str(body.get("nickname") or body.get("display_name") or full or name)), is_bot=is_bot)
        for team in body.get("teams") or []:
            for channel in team.get("channels") or []:
                members.setdefault(f"{team.get('name')}/{channel.get('name')}", set()).add(name)

    def _rooms(self, members: dict[str, set[str]]) -> Iterator[Record]:
        for key, made in list(self._private.items()):
            del self._private[key]
            yield Room(
                key=key,
                name=made.name,
                topic=made.topic,
                category=made.category,
                private=True,
                members=tuple(sorted(members.get(key, ()))),
            )

    def _person(self, name: str, shown: str = "", *, is_bot: bool = False) -> Iterator[Person]:
        if name not in self._known:
            self._known.add(name)
            yield Person(key=name, name=plain(name), shown=shown or plain(name), is_bot=is_bot)

    def _post(self, body: dict[str, Any], where: str, parent: Post | None = None) -> Iterator[Record]:
        author, text, at = str(body.get("user")), str(body.get("message") or ""), body.get("create_at")
        if not isinstance(at, int) or isinstance(at, bool):
            raise Problem(f"{where}: create_at must be a number of milliseconds: this is no bulk file of Mattermost.")
        yield from self._person(author)
        if str(body.get("type") or "").startswith("system_"):
            yield Left("system", where)
            return
        channel = parent.room if parent is not None else f"{body.get('team')}/{body.get('channel')}"
        reactions: dict[str, list[str]] = {}
        for reaction in body.get("reactions") or []:
            user, emoji = str(reaction.get("user")), find_emoji(str(reaction.get("emoji_name", "")))
            yield from self._person(user)
            if emoji is None:
                yield Left("emoji", where)
            else:
                reactions.setdefault(emoji, []).append(user)
        # Mattermost's own rule of what is the same post: channel, text and time, and who wrote it
        digest = hashlib.sha256(f"{author}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
        post = Post(
            key=f"{channel}/{at}/{digest}" + (f"/{parent.key}" if parent is not None else ""),
            room=channel,
            author=author,
            at=at,
            content=self._text(text),
            where=where,
            edited=body["edit_at"] if isinstance(body.get("edit_at"), int) and body["edit_at"] > 0 else None,
            pinned=bool(body.get("is_pinned")),
            reply_to=None if parent is None else parent.key,
            files=tuple(self._file(file) for file in body.get("attachments") or [] if isinstance(file, dict)),
            reactions=tuple(Reaction(emoji, tuple(users)) for emoji, users in reactions.items()),
        )
        yield post
        for reply in body.get("replies") or []:
            if not isinstance(reply, dict):
                raise Problem(f"{where}: a reply must be an object: this is no bulk file of Mattermost.")
            yield from self._post(reply, where, parent or post)

    def _text(self, text: str) -> str:
        """Mentions of people who are in the file."""
        return _MENTION.sub(lambda m: mention(m[1]) if m[1] in self._known else m[0], with_emojis(plain(text)))

    def _file(self, file: dict[str, Any]) -> Enclosed:
        path = str(file.get("path") or "").replace("\\", "/").lstrip("/")
        name = path.rpartition("/")[2] or "file"
        found = None
        if self._archive is not None:
            found = next((p for p in (path, f"data/{path}") if self._archive.has(p)), None)
        return Enclosed(name=name, path=found)


def _parts(line: Any, where: str) -> tuple[str, dict[str, Any]]:
    kind = line.get("type") if isinstance(line, dict) else None
    body = line.get(kind, {}) if isinstance(kind, str) else None
    if not isinstance(kind, str) or not (isinstance(body, dict) or kind == "version"):
        raise Problem(f"{where}: a line must be an object with its type: this is no bulk file of Mattermost.")
    return kind, body if isinstance(body, dict) else {}
