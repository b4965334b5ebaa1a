"""A Slack export: one zip with ``users.json``, ``channels.json`` and a folder of days for each channel
(https://slack.com/help/articles/220556107).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from agora.domains.operations.transfer.archives import Archive
from agora.domains.operations.transfer.records import Enclosed, Left, Person, Post, Problem, Reaction, Record, Room, plain
from agora.domains.operations.transfer.slack_text import find_emoji, from_slack
from agora.domains.operations.transfer.streams import JsonReader

PROGRAM = "slack"
USERS, CHANNELS, GROUPS = "users.json", "channels.json", "groups.json"
_DIRECT = ("dms.json", "mpims.json")
# What people wrote; every other subtype is a notice that somebody joined, renamed or pinned something.
_HUMAN = frozenset({None, "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment"})
_TS = re.compile(r"(\d{1,11})\.(\d{6})")


class SlackSource:
    """One workspace."""

    program = PROGRAM

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._total = sum(archive.size(name) for name in archive.names() if name.endswith(".json"))
        self._read = 0
        users = self._list(USERS)
        team = next((str(user["team_id"]) for user in users if user.get("team_id")), "")
        self._users = {str(user.get("id")): user for user in users}
        self._known: set[str] = set()
        self.identity = team or archive.name
        self.title = "Slack"

    def position(self) -> tuple[int, int]:
        """Bytes."""
        return self._read, self._total

    def records(self) -> Iterator[Record]:
        """People, then channel after channel."""
        for key in self._users:
            yield from self._person(key)
        for name in _DIRECT:
            if self._archive.has(name) and (direct := self._list(name)):
                yield Left("direct", name, len(direct))
        for name, private in ((CHANNELS, False), (GROUPS, True)):
            if self._archive.has(name):
                for channel in self._list(name):
                    yield from self._channel(channel, private=private)

    def read_file(self, path: str) -> Iterator[bytes] | None:
        """Files that were put into the zip by a tool; Slack itself leaves them out."""
        return self._archive.chunks(path) if self._archive.has(path) else None

    def close(self) -> None:
        """Let go of the zip."""
        self._archive.close()

    def _list(self, name: str) -> list[dict[str, Any]]:
        with closing(self._archive.open(name)) as file:
            reader = JsonReader(file, name)
            found = [_object(value, reader.where()) for value in reader.items()]
            self._read += reader.read
        return found

    def _person(self, key: str, shown: str = "") -> Iterator[Person]:
        if key in self._known:
            return
        self._known.add(key)
        user = self._users.get(key, {})
        profile = user.get("profile") or {}
        name = plain(str(user.get("name") or shown or profile.get("display_name") or key))
        full = plain(str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or shown or name))
        yield Person(key=key, name=name, shown=full, is_bot=bool(user.get("is_bot")) or key.startswith("B"))

    def _channel(self, channel: dict[str, Any], *, private: bool) -> Iterator[Record]:
        name = str(channel.get("name") or channel.get("id"))
        topic = (channel.get("topic") or {}).get("value") or (channel.get("purpose") or {}).get("value")
        key = str(channel.get("id") or name)
        members = tuple(str(member) for member in channel.get("members") or ())
        for member in members:
            yield from self._person(member)
        yield Room(key=key, name=plain(name), topic=plain(str(topic)) if topic else None, private=private, members=members)
        for day in sorted(n for n in self._archive.names() if n.startswith(f"{name}/") and n.endswith(".json")):
            with closing(self._archive.open(day)) as file:
                reader = JsonReader(file, day)
                for message in reader.items():
                    yield from self._message(_object(message, reader.where()), key, reader.where())
                self._read += reader.read

    def _message(self, message: dict[str, Any], channel: str, where: str) -> Iterator[Record]:
        if message.get("subtype") not in _HUMAN or message.get("hidden"):
            yield Left("system", where)
            return
        ts = str(message.get("ts"))
        author = str(message.get("user") or message.get("bot_id") or message.get("username") or "unknown")
        yield from self._person(author, plain(str(message.get("username") or "")))
        reactions = []
        for reaction in message.get("reactions") or []:
            users = tuple(str(user) for user in reaction.get("users") or ())
            for user in users:
                yield from self._person(user)
            emoji = find_emoji(str(reaction.get("name", "")))
            if emoji is None:
                yield Left("emoji", where, len(users) or 1)
            else:
                reactions.append(Reaction(emoji, users))
        parent = message.get("thread_ts")
        edited = (message.get("edited") or {}).get("ts")
        yield Post(
            key=f"{channel}/{ts}",
            room=channel,
            author=author,
            at=_milliseconds(ts, where),
            content=from_slack(str(message.get("text") or "")) or _attached_text(message),
            where=where,
            edited=_milliseconds(str(edited), where) if edited else None,
            pinned=bool(message.get("pinned_to")),
            reply_to=f"{channel}/{parent}" if parent and parent != ts else None,
            files=tuple(self._file(file) for file in message.get("files") or [] if isinstance(file, dict)),
            reactions=tuple(reactions),
        )

    def _file(self, file: dict[str, Any]) -> Enclosed:
        """Tools that fetch the files put them into ``__uploads/ID/name`` or ``files/ID-name``."""
        key, name = str(file.get("id", "")), str(file.get("name") or file.get("title") or "file")
        paths = (f"__uploads/{key}/{name}", f"attachments/{key}-{name}", f"files/{key}-{name}")
        path = next((path for path in paths if self._archive.has(path)), None)
        url = str(file.get("permalink") or file.get("url_private") or "")
        return Enclosed(name=name, path=path, url=url if url.startswith(("http://", "https://")) else None)


def _attached_text(message: dict[str, Any]) -> str:
    """What programs wrote into attachments instead of the text."""
    parts = [part for part in message.get("attachments") or [] if isinstance(part, dict)]
    return "\n".join(from_slack(str(part.get("text") or part.get("fallback") or "")) for part in parts).strip()


def _milliseconds(ts: str, where: str) -> int:
    found = _TS.fullmatch(ts)
    if found is None:
        raise Problem(f"{where}: {ts[:40]!r} is no time of Slack's: this is no Slack export.")
    return int(found[1]) * 1000 + int(found[2]) // 1000


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(f"{where}: expected an object: this is no Slack export.")
    return value
