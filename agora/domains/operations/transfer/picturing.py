"""Emojis of elsewhere: where the archive holds the picture of one, the community gets it, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agora.domains.operations.transfer.options import Counts, Keys
from agora.domains.operations.transfer.queries import find_origin
from agora.domains.operations.transfer.records import Left, Picture, Source
from agora.domains.operations.transfer.writes import do_remember
from agora.domains.talk.expressions import MAX_BYTES, Emoji, Emojis, do_create_emoji, prepare_emoji
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest
from agora.kernel.tx import Tx


class Gallery:
    """The emojis of one import, by their keys."""

    def __init__(self, ctx: Ctx, source: Source, counts: Counts, creator_id: int) -> None:
        self._ctx = ctx
        self._source = source
        self._counts = counts
        self._creator_id = creator_id
        self._known: dict[str, Emoji | None] = {}  # None: it would be made, in a dry run

    async def look(self, keys: Keys, pictures: Sequence[Picture]) -> None:
        """A dry run: which there are already, and which would be made."""
        for picture in pictures:
            if picture.key in self._known:
                continue
            found = await self._find(keys, picture)
            if found is not None or picture.path is not None:
                self._known[picture.key] = found
                self._counts.emojis += found is None

    async def take(self, keys: Keys, guild_id: int, pictures: Sequence[Picture]) -> None:
        """Find these, or make them where their pictures are there and there is room."""
        for picture in pictures:
            if picture.key in self._known:
                continue
            found = await self._find(keys, picture)
            if found is None and picture.path is not None:
                found = await self._make(keys, guild_id, picture)
            if found is not None:
                self._known[picture.key] = found

    def has(self, key: str) -> bool:
        """Whether the community has this one, or would have it."""
        return key in self._known

    def in_text(self, key: str, name: str) -> str:
        """How it stands in a message; only its name where the community does not have it."""
        emoji = self._known.get(key)
        return f":{name}:" if emoji is None else f"<{'a' if emoji.animated else ''}:{emoji.name}:{emoji.id}>"

    def sign(self, key: str) -> str | None:
        """How it stands as a reaction."""
        emoji = self._known.get(key)
        return None if emoji is None else f"{emoji.name}:{emoji.id}"

    async def _find(self, keys: Keys, picture: Picture) -> Emoji | None:
        """The one that came before, unless it was deleted since: then it is made again."""
        emoji_id = await self._ctx.read(find_origin, keys.emoji(picture.key))
        return None if emoji_id is None else self._ctx.app.get(Emojis).find(emoji_id)

    async def _make(self, keys: Keys, guild_id: int, picture: Picture) -> Emoji | None:
        try:
            content = await asyncio.to_thread(self._read, picture)
            emoji = await prepare_emoji(self._ctx, guild_id, self._creator_id, picture.name, content)
            await self._ctx.write(_do_make, keys.emoji(picture.key), emoji)
        except BadRequest:  # no picture, too large, or the community has as many as it can have
            self._counts.leave(Left("emoji_picture", picture.where))
            return None
        self._counts.emojis += 1
        return emoji

    def _read(self, picture: Picture) -> bytes:
        """Its picture; no more than shows that it is too large."""
        content = b""
        for chunk in self._source.read_file(picture.path or "") or ():
            content += chunk
            if len(content) > MAX_BYTES:
                break
        return content


def _do_make(tx: Tx, digest: bytes, emoji: Emoji) -> None:
    do_create_emoji(tx, emoji)
    do_remember(tx, digest, emoji.id, again=True)
