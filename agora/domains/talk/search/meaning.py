"""What messages mean: vectors made in the background, and the nearest ones to a question.

Nothing is loaded before it is wanted. From then on the newest messages are embedded, the newest first, a few at a time; the vectors
are stored in the database, and the index in memory is made of them (its copy on disk only saves building it again). After a change
of the embedding model, which a fixed sentence tells, all vectors are made anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence, Set
from typing import TYPE_CHECKING, Any

from agora.domains.talk.search.settings import SearchSettings
from agora.domains.talk.search.vector_rows import (
    Text,
    do_change_model,
    do_forget,
    do_store,
    find_probe,
    list_numbers,
    list_older,
    list_page,
    list_stored,
    list_texts,
)
from agora.inference.ports import Embedder
from agora.inference.vectors import Neighbour, VectorIndex, VectorsBroken
from agora.kernel.ctx import system
from agora.kernel.errors import Unavailable, invalid
from agora.kernel.secrets import Secrets

if TYPE_CHECKING:
    from agora.kernel.app import App

log = logging.getLogger(__name__)
PROBE = "The cat sat on the mat; le chat dort sur le tapis."
SAME_MODEL = 0.999
BATCH, PAGE, LOADED = 16, 256, 512
LOOK_AGAIN_S = 600.0
"""How often all messages are looked through for what no event told, such as the words of files that were read meanwhile."""
GATHER_S = 1.0
LOOK_S = 0.05
MAX_ID = (1 << 63) - 1


class Meaning:
    """The meanings of messages. For the event loop's thread."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._settings = app.config.get(SearchSettings)
        self._path = app.data / "indexes" / "messages.hnsw"
        self._task: asyncio.Task[None] | None = None
        self._index: VectorIndex | None = None
        self._loaded = asyncio.Event()
        self._poked = asyncio.Event()
        self._changed: dict[int, None] = {}
        self._gone: set[int] = set()
        self._unsaved = 0
        self._behind = 0

    @property
    def awake(self) -> bool:
        """Whether vectors are being made."""
        return self._task is not None and not self._task.done()

    @property
    def behind(self) -> int:
        """How many messages have no vector yet, or an old one, as far as is known."""
        return self._behind + len(self._changed)

    def wake(self) -> None:
        """Begin, if it has not begun. Raises 400 where the settings say never, and 503 without an embedding model."""
        if self._settings.meaning == "never":
            raise invalid("mode", "Search by meaning is switched off here: use mode=text.")
        if self._app.find(Embedder) is None:
            raise Unavailable("This process has no embedding model: use mode=text.")
        if not self.awake:
            self._loaded.clear()
            self._task = asyncio.create_task(self._run(), name="search-meaning")

    async def begin(self) -> None:
        """Begin as soon as there is an embedding model: for ``meaning = "always"``."""
        while True:
            if self._app.find(Embedder) is not None:  # a later domain brings it
                return self.wake()
            await asyncio.sleep(LOOK_S)

    async def embed(self, text: str) -> list[float]:
        """The vector of a question; wakes, and waits until there is an index. Raises InferenceError without the model."""
        self.wake()
        task = self._task
        assert task is not None
        vector = (await self._app.get(Embedder).embed([text]))[0]
        waiting = asyncio.create_task(self._loaded.wait())
        await asyncio.wait((waiting, task), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not self._loaded.is_set():
            raise Unavailable("The meanings of messages cannot be read: the server's log says why. Use mode=text.")
        return vector

    async def find(self, vector: Sequence[float], count: int, among: Set[int] | None, channels: Collection[int]) -> list[Neighbour]:
        """The messages of some channels that are nearest in meaning, of those in ``among`` when it is given."""
        index = self._index
        if index is None or len(vector) != index.dimensions:
            return []
        return await asyncio.to_thread(index.query, vector, count, among, channels)

    def note_changed(self, ids: Sequence[int]) -> None:
        """Messages were written or edited."""
        if self.awake:
            self._changed.update(dict.fromkeys(ids))
            self._poked.set()

    def note_deleted(self, ids: Sequence[int]) -> None:
        """Messages are gone; their stored vectors went with them."""
        if self.awake:
            self._gone.update(ids)
            self._poked.set()

    async def close(self) -> None:
        """Stop, and save the index if it changed."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._save(1)

    async def _run(self) -> None:
        try:
            await self._load()
            while True:
                await self._look_through()
                await self._save(LOADED)
                await self._follow(LOOK_AGAIN_S)
        except Exception:
            log.exception("making vectors of messages stopped; the next search by meaning tries again")

    async def _load(self) -> None:
        """The index as it was saved, brought to what is stored."""
        app, ctx = self._app, system(self._app)
        probe = (await app.get(Embedder).embed([PROBE]))[0]
        stored = await app.db.read(find_probe)
        if stored is None or not _is_same(stored, probe):
            await ctx.write(do_change_model, _to_bytes(probe))
            self._index = VectorIndex(len(probe))
        elif self._index is None:
            self._index = await asyncio.to_thread(self._open, len(probe))
        self._behind = 1  # until they are counted
        self._loaded.set()
        await self._reconcile(self._index)

    def _open(self, dimensions: int) -> VectorIndex:
        try:
            return VectorIndex.load(self._path, dimensions, self._key())
        except VectorsBroken as error:
            if self._path.exists():
                log.warning("%s It is built again.", error)
            return VectorIndex(dimensions)

    async def _reconcile(self, index: VectorIndex) -> None:
        """Take out what is stored no more, and put in what was stored after the index was saved."""
        saved_ms = self._path.stat().st_mtime_ns // 1_000_000 if self._path.exists() else 0
        stored = await self._app.db.read(list_stored)
        known = index.keys()
        index.delete(known - {each.id for each in stored})
        missing = [each.id for each in stored if each.id not in known or each.made_ms >= saved_ms]
        missing.sort(reverse=True)
        self._behind = len(missing) or 1
        for start in range(0, len(missing), LOADED):
            rows = await self._app.db.read(list_numbers, missing[start : start + LOADED])
            vectors = [_from_bytes(row.vector) for row in rows]
            await asyncio.to_thread(index.add, [row.id for row in rows], vectors, [row.channel_id for row in rows])
            self._unsaved += len(rows)
            self._behind = max(1, len(missing) - start)

    async def _look_through(self) -> None:
        """From the newest message to the oldest that still has its place: make what is missing, forget what is too old."""
        before, left, missing = MAX_ID, self._settings.vectors, list[int]()
        while left > 0:
            asked = min(left, PAGE)
            page = await self._app.db.read(list_page, before, asked)
            missing += [message_id for message_id, is_made in page if not is_made]
            left -= len(page)
            if page:
                before = page[-1][0]
            if len(page) < asked:
                break
        self._behind = len(missing)
        for start in range(0, len(missing), BATCH):
            await self._make(missing[start : start + BATCH])
            self._behind = max(0, len(missing) - start - BATCH)
            await self._take_changed()
        if left <= 0:
            await self._forget_older(before)

    async def _forget_older(self, before: int) -> None:
        while old := await self._app.db.read(list_older, before, LOADED):
            await system(self._app).write(do_forget, old)
            self.note_deleted(old)

    async def _follow(self, seconds: float) -> None:
        """Make the vectors of what is written, for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._poked.wait()
                    await asyncio.sleep(GATHER_S)  # several together cost little more than one
                    await self._take_changed()

    async def _take_changed(self) -> None:
        self._poked.clear()
        if self._gone and self._index is not None:
            gone, self._gone = self._gone, set()
            await asyncio.to_thread(self._index.delete, gone)
            self._unsaved += len(gone)
        while self._changed:
            ids = list(self._changed)[:BATCH]
            await self._make(ids)
            for each in ids:
                self._changed.pop(each, None)

    async def _make(self, ids: Sequence[int]) -> None:
        texts: list[Text] = await self._app.db.read(list_texts, ids)
        if not texts or self._index is None:
            return
        vectors = await self._app.get(Embedder).embed([text.content for text in texts])
        pairs = list(zip(texts, map(_to_bytes, vectors), strict=True))
        kept = {text.id for text in await system(self._app).write(do_store, pairs)}
        new = [(text, vector) for text, vector in zip(texts, vectors, strict=True) if text.id in kept]
        keys, groups = [text.id for text, _ in new], [text.channel_id for text, _ in new]
        await asyncio.to_thread(self._index.add, keys, [vector for _, vector in new], groups)
        self._unsaved += len(new)

    async def _save(self, least: int) -> None:
        if self._index is None or self._unsaved < least:
            return
        self._unsaved = 0
        await asyncio.to_thread(self._index.save, self._path, self._key())

    def _key(self) -> bytes:
        return self._app.get(Secrets).get("indexes")


def _to_bytes(vector: Sequence[float]) -> bytes:
    import numpy as np

    return np.asarray(vector, dtype="<f2").tobytes()


def _from_bytes(data: bytes) -> Any:
    import numpy as np

    return np.frombuffer(data, dtype="<f2").astype("float32")


def _is_same(stored: bytes, probe: Sequence[float]) -> bool:
    old = _from_bytes(stored)
    return len(old) == len(probe) and float(old @ _from_bytes(_to_bytes(probe))) > SAME_MODEL
