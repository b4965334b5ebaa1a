"""Nearest vectors: an HNSW graph (hnswlib) with deletes, filters and a copy on disk that is checked before use.

Derived data: whatever is wrong with it, it is rebuilt from the database.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.errors import InferenceError

LINKS = 16
BUILD_WIDTH = 200
SEARCH_WIDTH = 128
"""hnswlib's M, ef_construction and ef: recall above 0.98 for sentences at 100,000 vectors."""

EXACT_UP_TO = 5000
"""Filters that keep at most so many vectors are answered exactly, by comparing with each of them."""

FIRST_ROOM = 1024


class VectorsBroken(InferenceError):
    """The copy on disk is missing or damaged: rebuild the index."""


class Neighbour(msgspec.Struct, frozen=True):
    """A found vector: its key and the cosine of the angle to the question, from -1 to 1."""

    key: int
    similarity: float


class _Seal(msgspec.Struct, frozen=True):
    dimensions: int
    room: int
    sha256: str
    keys: list[int]


class VectorIndex:
    """Unit vectors under whole-number keys. Every method is safe in any thread and blocks briefly."""

    def __init__(self, dimensions: int) -> None:
        """An empty index."""
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._keys: set[int] = set()
        self._deleted: set[int] = set()
        self._room = FIRST_ROOM
        self._index = self._make(self._room)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: int) -> bool:
        return key in self._keys

    def add(self, keys: Sequence[int], vectors: Sequence[Sequence[float]]) -> None:
        """Adds or replaces vectors. Raises ValueError for vectors of another length."""
        if len(keys) != len(vectors) or any(len(vector) != self._dimensions for vector in vectors):
            raise ValueError(f"{len(keys)} keys need as many vectors of {self._dimensions} numbers")
        if not keys:
            return
        with self._lock:
            self._make_room(len(keys))
            for key in self._deleted.intersection(keys):
                self._index.unmark_deleted(key)
            self._deleted.difference_update(keys)
            self._index.add_items(vectors, keys, num_threads=1)
            self._keys.update(keys)

    def delete(self, keys: Iterable[int]) -> None:
        """Takes vectors out; unknown keys are ignored."""
        with self._lock:
            for key in keys:
                if key in self._keys:
                    self._index.mark_deleted(key)
                    self._keys.discard(key)
                    self._deleted.add(key)

    def query(self, vector: Sequence[float], count: int, among: Set[int] | None = None) -> list[Neighbour]:
        """The `count` nearest vectors, nearest first, of those in `among` when it is given."""
        with self._lock:
            known = self._keys if among is None else self._keys & among
            count = min(count, len(known))
            if count <= 0:
                return []
            if len(known) <= EXACT_UP_TO:
                return self._compare(vector, count, sorted(known))
            return self._search(vector, count, None if among is None else known)

    def rebuild(self, keys: Sequence[int], vectors: Sequence[Sequence[float]]) -> None:
        """Replaces everything; searches go on in the old index meanwhile."""
        fresh = VectorIndex(self._dimensions)
        fresh.add(keys, vectors)
        with self._lock:
            self._index, self._keys, self._room = fresh._index, fresh._keys, fresh._room
            self._deleted = set()

    def save(self, path: Path) -> None:
        """Writes the index and, last, a seal with its hash: an interrupted save is noticed. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with self._lock:
            self._index.save_index(str(part))
            seal = _Seal(self._dimensions, self._room, _hash(part), sorted(self._keys))
            part.replace(path)
            _seal_path(path).write_bytes(msgspec.json.encode(seal))

    @classmethod
    def load(cls, path: Path, dimensions: int) -> "VectorIndex":
        """Reads a saved index. Raises VectorsBroken, also for one of another length of vectors."""
        try:
            seal = msgspec.json.decode(_seal_path(path).read_bytes(), type=_Seal)
            intact = seal.dimensions == dimensions and seal.sha256 == _hash(path)
        except (OSError, msgspec.MsgspecError) as error:
            raise VectorsBroken(f"The vector index {path.name} cannot be read: {error}.") from error
        if not intact:
            raise VectorsBroken(f"The vector index {path.name} is damaged or of another model.")
        made = cls(dimensions)
        made._index = _import_index()(space="cosine", dim=dimensions)
        made._index.load_index(str(path), max_elements=seal.room)
        made._index.set_ef(SEARCH_WIDTH)
        made._room, made._keys = seal.room, set(seal.keys)
        made._deleted = {int(key) for key in made._index.get_ids_list()} - made._keys
        return made

    def _make(self, room: int) -> Any:
        index = _import_index()(space="cosine", dim=self._dimensions)
        index.init_index(max_elements=room, M=LINKS, ef_construction=BUILD_WIDTH, random_seed=100)
        index.set_ef(SEARCH_WIDTH)
        return index

    def _make_room(self, more: int) -> None:
        """Doubles the room; deleted vectors keep theirs until a rebuild."""
        needed = self._index.get_current_count() + more
        if needed > self._room:
            while self._room < needed:
                self._room *= 2
            self._index.resize_index(self._room)

    def _compare(self, vector: Sequence[float], count: int, keys: list[int]) -> list[Neighbour]:
        import numpy as np

        question = np.asarray(vector, dtype="float32")
        length = float(np.linalg.norm(question)) or 1.0
        similarity = np.asarray(self._index.get_items(keys), dtype="float32") @ (question / length)
        best = np.argsort(-similarity, kind="stable")[:count]
        return [Neighbour(keys[at], float(similarity[at])) for at in best]

    def _search(self, vector: Sequence[float], count: int, among: set[int] | None) -> list[Neighbour]:
        self._index.set_ef(max(SEARCH_WIDTH, count))
        keep = None if among is None else among.__contains__
        try:
            keys, distances = self._index.knn_query([vector], k=count, num_threads=1, filter=keep)
        except RuntimeError:  # the walk through the graph met fewer than `count` that the filter keeps
            return self._compare(vector, count, sorted(self._keys if among is None else among))
        found = zip(keys[0], distances[0], strict=True)
        return [Neighbour(int(key), 1.0 - float(distance)) for key, distance in found]


def _import_index() -> Any:
    from hnswlib import Index

    return Index


def _seal_path(path: Path) -> Path:
    return path.with_suffix(".seal.json")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
