"""How to import, and what was found on the way."""

from __future__ import annotations

import hashlib

import msgspec

from agora.domains.operations.transfer.model import Report
from agora.domains.operations.transfer.records import Left, Source

MAX_WARNINGS = 30


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """``guild_id`` is where it goes; without it, where this source went before, else a new community of ``owner_id``.

    ``match`` takes people for the users here who have the same name; otherwise everybody becomes a placeholder.
    """

    owner_id: int
    guild_id: int | None = None
    dry_run: bool = False
    match: bool = False
    name: str = ""


class Counts:
    """Grows while a file is read."""

    def __init__(self) -> None:
        self.users = self.channels = self.messages = self.known = self.reactions = self.files = self.emojis = 0
        self._left: dict[str, int] = {}
        self._warnings: list[str] = []

    def leave(self, left: Left) -> None:
        """Something has no place here."""
        self._left[left.what] = self._left.get(left.what, 0) + left.count
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append(f"{left.where}: {left.what}")

    def report(self) -> Report:
        """As it stands."""
        return Report(
            users=self.users,
            channels=self.channels,
            messages=self.messages,
            known=self.known,
            reactions=self.reactions,
            files=self.files,
            emojis=self.emojis,
            warnings=tuple(self._warnings),
            left_out=dict(sorted(self._left.items())),
        )


class Keys:
    """What came from where, as the digests that are remembered. People are the same in every community, all else is not."""

    def __init__(self, source: Source, guild_id: int) -> None:
        self._source = f"{source.program}:{source.identity}"
        self._guild_id = guild_id

    def person(self, key: str) -> bytes:
        """A user."""
        return self._digest(0, "user", key)

    def room(self, key: str) -> bytes:
        """A channel."""
        return self._digest(self._guild_id, "room", key)

    def emoji(self, key: str) -> bytes:
        """An emoji."""
        return self._digest(self._guild_id, "emoji", key)

    def category(self, name: str) -> bytes:
        """A category."""
        return self._digest(self._guild_id, "category", name)

    def post(self, channel_id: int, key: str) -> bytes:
        """A message: of our channel, so that one which was deleted and imported again gets its messages again."""
        return self._digest(channel_id, "post", key)

    def guild(self) -> bytes:
        """The community."""
        return self._digest(0, "guild", "")

    def _digest(self, place_id: int, kind: str, key: str) -> bytes:
        text = f"{place_id}\0{self._source}\0{kind}\0{key}"
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
