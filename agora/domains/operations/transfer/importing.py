"""Reading a file of another program into a community: batch by batch, so that neither memory nor anybody's turn is held up.

It can be cut off anywhere and begun again: what came once is known by its digest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from agora.domains.operations.transfer.events import HistoryImported
from agora.domains.operations.transfer.exporting import Progress
from agora.domains.operations.transfer.model import Report
from agora.domains.operations.transfer.options import Counts, Keys, Options
from agora.domains.operations.transfer.picturing import Gallery
from agora.domains.operations.transfer.posts import convert_embeds, first_id, with_links
from agora.domains.operations.transfer.queries import find_origin, list_origins
from agora.domains.operations.transfer.records import (
    Enclosed,
    Forwarded,
    Left,
    Person,
    Picture,
    Post,
    Problem,
    Record,
    Room,
    Source,
    resolve,
)
from agora.domains.operations.transfer.settling import do_settle, list_settled
from agora.domains.operations.transfer.storing import Ready, do_store
from agora.domains.operations.transfer.writes import do_remember
from agora.domains.place.guilds import create_guild
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.files import Received, build_attached, receive
from agora.domains.talk.messages import Carried, Past, build_past
from agora.kernel.ctx import Ctx
from agora.kernel.errors import TooLarge
from agora.kernel.events import NOBODY
from agora.kernel.ids import parse
from agora.kernel.tx import Tx

BATCH = 200  # records of one transaction: a few dozen milliseconds of the writer's time
MAX_FILES = 10
MAX_EMOJIS = 20
DAY_MS = 86_400_000
T = TypeVar("T")


class Done(msgspec.Struct, frozen=True):
    """What came, and where it is now; a dry run has no community when it would make one."""

    report: Report
    guild_id: int | None


async def bring(ctx: Ctx, source: Source, options: Options, progress: Progress) -> Done:
    """Import everything, or with ``dry_run`` only look. Raises Problem; what came before the problem stays."""
    return await _Import(ctx, source, options, progress).run()


class _Import:
    """One import."""

    def __init__(self, ctx: Ctx, source: Source, options: Options, progress: Progress) -> None:
        self._ctx = ctx
        self._source = source
        self._options = options
        self._progress = progress
        self._counts = Counts()
        self._gallery = Gallery(ctx, source, self._counts, options.owner_id)
        self._people: dict[str, int] = {}
        self._rooms: dict[str, int] = {}
        self._guild_id: int | None = None
        self._keys = Keys(source, 0)

    async def run(self) -> Done:
        """Batch after batch."""
        self._guild_id = await self._find_guild()
        if self._guild_id is None and not self._options.dry_run:
            self._guild_id = await self._make_guild()
        self._keys = Keys(self._source, self._guild_id or 0)
        records = self._source.records()
        while batch := await asyncio.to_thread(_take, records, BATCH):
            for left in batch:
                if isinstance(left, Left):
                    self._counts.leave(left)
            if self._options.dry_run:
                await self._look(batch)
            else:
                await self._import(batch)
            await self._progress(*self._source.position())
        report = self._counts.report()
        if self._guild_id is not None and not self._options.dry_run:
            await self._ctx.write(_do_tell, self._guild_id, self._source, self._options.name, report)
        return Done(report, self._guild_id)

    async def _find_guild(self) -> int | None:
        directory = self._ctx.app.get(Directory)
        if self._options.guild_id is not None:
            if directory.guild(self._options.guild_id) is None:
                raise Problem(f"There is no community {self._options.guild_id}: name another, or none to make one.")
            return self._options.guild_id
        found = await self._ctx.read(find_origin, self._keys.guild())
        return found if found is not None and directory.guild(found) is not None else None

    async def _make_guild(self) -> int:
        title = " ".join(self._source.title.split())[:100]
        name = title if len(title) >= 2 else self._source.program.capitalize()
        guild_id = await create_guild(self._ctx, name, owner_id=self._options.owner_id)
        await self._ctx.write(do_remember, self._keys.guild(), guild_id, again=True)
        return guild_id

    async def _look(self, batch: Sequence[Record]) -> None:
        """A dry run counts what an import would do."""
        people, rooms, posts = _sorted(batch)
        settled = await self._ctx.read(list_settled, self._keys, people, rooms, match=self._options.match)
        self._rooms |= settled.rooms
        self._counts.users += settled.users_made
        self._counts.channels += settled.rooms_made
        await self._gallery.look(self._keys, _pictures(batch))
        digests = {post.key: self._keys.post(self._rooms.get(post.room, 0), post.key) for post in posts}
        known = await self._ctx.read(list_origins, list(digests.values()))
        for post in posts:
            if digests[post.key] in known:
                self._counts.known += 1
                continue
            self._counts.messages += 1
            for reaction in post.reactions[:MAX_EMOJIS]:
                if reaction.key is None or self._gallery.has(reaction.key):
                    self._counts.reactions += len(reaction.users)
                else:
                    self._counts.leave(Left("emoji", post.where, reaction.count))
            self._counts.files += sum(file.path is not None for file in post.files[:MAX_FILES])
            for file in post.files:
                if file.path is None:
                    self._counts.leave(Left("file", post.where))

    async def _import(self, batch: Sequence[Record]) -> None:
        assert self._guild_id is not None
        people, rooms, posts = _sorted(batch)
        if people or rooms:
            settled = await self._ctx.write(
                do_settle, self._keys, self._guild_id, people, rooms, self._people, match=self._options.match
            )
            self._people |= settled.people
            self._rooms |= settled.rooms
            self._counts.users += settled.users_made
            self._counts.channels += settled.rooms_made
        await self._gallery.take(self._keys, self._guild_id, _pictures(batch))
        fresh = await self._unknown(posts)
        files = {post.key: await self._receive(post) for post in fresh if post.files}
        ready = await asyncio.to_thread(
            lambda: [r for post in fresh if (r := self._ready(post, files.get(post.key, ()))) is not None]
        )
        if ready:
            stored = await self._ctx.write(do_store, self._guild_id, ready)
            self._counts.messages += stored.messages
            self._counts.known += stored.known
            self._counts.reactions += stored.reactions
            self._counts.files += stored.files
            if stored.no_room:
                self._counts.leave(Left("quota", fresh[0].where, stored.no_room))

    async def _unknown(self, posts: Sequence[Post]) -> list[Post]:
        """Those that did not come before; one whose room the file never told of is a problem of the file."""
        for post in posts:
            if post.room not in self._rooms:
                raise Problem(f"{post.where}: the channel {post.room!r} is not in the file: it is not whole.")
        digests = [self._keys.post(self._rooms[post.room], post.key) for post in posts]
        known = await self._ctx.read(list_origins, digests)
        self._counts.known += len(known)
        return [post for post, digest in zip(posts, digests, strict=True) if digest not in known]

    async def _receive(self, post: Post) -> tuple[Received, ...]:
        """Store the files that the archive holds."""
        received = []
        for index, file in enumerate(post.files[:MAX_FILES]):
            chunks = None if file.path is None else self._source.read_file(file.path)
            if chunks is None:
                self._counts.leave(Left("file", post.where))
                continue
            try:
                received.append(await receive(self._ctx, file.name, _steps(chunks), index=index, description=file.description))
            except TooLarge:
                self._counts.leave(Left("large_file", post.where))
        return tuple(received)

    def _ready(self, post: Post, received: Sequence[Received]) -> Ready | None:
        """The row; None for a message that holds nothing we can show."""
        app, channel_id = self._ctx.app, self._rooms[post.room]
        channel = app.get(Directory).channel(channel_id)
        if channel is None:
            raise Problem(f"{post.where}: the channel was deleted while it was imported.")
        missing = _missing(post.files, received)
        content = self._text(post.content)
        carried = None if post.forwarded is None else self._carried(post.forwarded, channel, missing)
        if carried is None:
            content = with_links(content, missing)
        embeds, dropped = convert_embeds(post.embeds)
        if dropped:
            self._counts.leave(Left("embed", post.where, dropped))
        author_id = self._people[post.author]
        past = Past(
            id=first_id(post, app.clock.now_ms()),
            author_id=author_id,
            content=content,
            edited_ms=post.edited,
            pinned_ms=post.at if post.pinned else None,
            embeds=embeds,
            carried=carried,
        )
        row = build_past(app, channel, past, files=bool(received))
        if not row.content and not embeds and not received and carried is None:
            self._counts.leave(Left("empty", post.where))
            return None
        place = {"message_id": row.id, "channel_id": channel_id, "user_id": author_id}
        return Ready(
            row=row,
            digest=self._keys.post(channel_id, post.key),
            files=build_attached(app, received, guild_id=channel.guild_id, **place),
            reply=None if post.reply_to is None else self._keys.post(channel_id, post.reply_to),
            reactions=tuple(self._given(post)),
        )

    def _given(self, post: Post) -> Iterator[tuple[str, int]]:
        """Emojis and who reacted with them."""
        for reaction in post.reactions[:MAX_EMOJIS]:
            sign = reaction.emoji if reaction.key is None else self._gallery.sign(reaction.key)
            if sign is None:
                self._counts.leave(Left("emoji", post.where, reaction.count))
                continue
            yield from ((sign, self._people[user]) for user in reaction.users if user in self._people)

    def _carried(self, said: Forwarded, channel: ChannelFacts, missing: Sequence[Enclosed]) -> Carried:
        """What a message carried on: from one of our rooms, or from a place that is known by its number only."""
        room_id = self._rooms.get(said.room)
        embeds, _ = convert_embeds(said.embeds)
        return Carried(
            channel_id=room_id or parse(said.room) or 0,
            message_id=parse(said.key) or 0,
            guild_id=None if room_id is None else channel.guild_id,
            content=with_links(self._text(said.content), missing),
            at=said.at,
            edited_ms=said.edited,
            embeds=embeds,
        )

    def _text(self, text: str) -> str:
        return resolve(text, self._user, self._channel, self._gallery.in_text)

    def _user(self, key: str) -> str:
        return f"<@{self._people[key]}>" if key in self._people else f"@{key}"

    def _channel(self, key: str) -> str:
        return f"<#{self._rooms[key]}>" if key in self._rooms else f"#{key}"


def _take(records: Iterator[Record], count: int) -> list[Record]:
    batch = []
    for record in records:
        batch.append(record)
        if len(batch) >= count:
            break
    return batch


def _sorted(batch: Sequence[Record]) -> tuple[list[Person], list[Room], list[Post]]:
    people = [record for record in batch if isinstance(record, Person)]
    rooms = [record for record in batch if isinstance(record, Room)]
    return people, rooms, [record for record in batch if isinstance(record, Post)]


def _pictures(batch: Sequence[Record]) -> list[Picture]:
    return [record for record in batch if isinstance(record, Picture)]


def _missing(files: Sequence[Enclosed], received: Sequence[Received]) -> list[Enclosed]:
    came = {file.index for file in received}
    return [file for index, file in enumerate(files) if index not in came]


async def _steps(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A file read in a thread."""
    end: Any = object()
    while (chunk := await asyncio.to_thread(next, chunks, end)) is not end:
        yield chunk


def _do_tell(tx: Tx, guild_id: int, source: Source, name: str, report: Report) -> None:
    event = HistoryImported(
        guild_id=guild_id,
        source=source.program,
        name=name,
        users=report.users,
        channels=report.channels,
        messages=report.messages,
    )
    tx.emit(event, NOBODY, guild_id=guild_id)
