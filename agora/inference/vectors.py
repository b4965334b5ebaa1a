"""Nearest vectors: an HNSW graph (hnswlib) with deletes, filters and an encrypted copy on disk.

Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs,
2018. A filter that keeps few vectors is answered exactly instead: in the graph they would lie too far apart to be met.

Derived data: whatever is wrong with it, it is rebuilt from the database.
"""

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.errors import InferenceError
from agora.kernel.sealed import SealBroken, read_sealed, write_sealed

LINKS = 16
BUILD_WIDTH = 200
SEARCH_WIDTH = 128
"""hnswlib's M, ef_construction and ef: recall above 0.98 for sentences at 100,000 vectors."""

EXACT_UP_TO = 3000
"""Filters that keep at most so many vectors are answered exactly, by comparing with each of them."""

FIRST_ROOM = 1024
ADDED_AT_ONCE = 8
"""Vectors added before a waiting search is let in: one takes a millisecond or two."""
NO_GROUP = 0
_WIDENED = 2.0 ** (127 - 15)
"""The exponents of 16-bit and 32-bit floats count from 15 and from 127."""


class VectorsBroken(InferenceError):
    """The copy on disk is missing, damaged or of another model: rebuild the index."""


class Neighbour(msgspec.Struct, frozen=True):
    """A found vector: its key and the cosine of the angle to the question, from -1 to 1."""

    key: int
    similarity: float


class VectorIndex:
    """Unit vectors under whole-number keys, each in a group. Every method is safe in any thread and blocks briefly.

    A vector has a slot: its place in the arrays here and its label in the graph. Slots of deleted vectors are used again.
    """

    def __init__(self, dimensions: int) -> None:
        """An empty index."""
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._slots: dict[int, int] = {}
        self._free: list[int] = []
        self._used = 0
        self._arrays(FIRST_ROOM)
        self._graph = _make_graph(dimensions, FIRST_ROOM)

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return self._dimensions

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: int) -> bool:
        return key in self._slots

    def keys(self) -> set[int]:
        """All keys."""
        with self._lock:
            return set(self._slots)

    def add(self, keys: Sequence[int], vectors: Sequence[Sequence[float]], groups: Sequence[int] | None = None) -> None:
        """Adds or replaces vectors. Raises ValueError for vectors of another length."""
        import numpy as np

        if len(keys) != len(vectors) or any(len(vector) != self._dimensions for vector in vectors):
            raise ValueError(f"{len(keys)} keys need as many vectors of {self._dimensions} numbers")
        given = np.asarray(vectors, dtype="float32").reshape(len(keys), self._dimensions)
        lengths = np.linalg.norm(given, axis=1, keepdims=True)
        given = given / np.where(lengths > 0, lengths, 1)
        for start in range(0, len(keys), ADDED_AT_ONCE):
            part = slice(start, start + ADDED_AT_ONCE)
            with self._lock:
                self._add(keys[part], given[part], groups[part] if groups is not None else [NO_GROUP] * len(keys[part]))

    def delete(self, keys: Iterable[int]) -> None:
        """Takes vectors out; unknown keys are ignored."""
        with self._lock:
            for key in keys:
                slot = self._slots.pop(key, None)
                if slot is not None:
                    self._graph.mark_deleted(slot)
                    self._alive[slot] = False
                    self._free.append(slot)

    def query(
        self,
        vector: Sequence[float],
        count: int,
        among: Set[int] | None = None,
        groups: Collection[int] | None = None,
    ) -> list[Neighbour]:
        """The `count` nearest vectors, nearest first: of the keys in `among`, and of these groups, when they are given."""
        import numpy as np

        question = np.asarray(vector, dtype="float32")
        question = question / (float(np.linalg.norm(question)) or 1.0)
        with self._lock:
            kept = self._keep(among, groups)
            known = len(self._slots) if kept is None else int(kept.sum())
            count = min(count, known)
            if count <= 0:
                return []
            if known <= EXACT_UP_TO:
                return self._compare(question, count, self._alive if kept is None else kept)
            return self._search(question, count, kept)

    def save(self, path: Path, key: bytes) -> None:
        """Writes the index, encrypted. Raises OSError."""
        with self._lock:
            state = self._graph.__getstate__()[0]
            names = sorted(name for name, value in state.items() if hasattr(value, "dtype"))
            own = {name: getattr(self, f"_{name}")[: self._used].copy() for name in ("labels", "groups", "alive")}
        head = {
            "dimensions": self._dimensions,
            "graph": {name: value for name, value in state.items() if name not in names},
            "arrays": [[name, str(state[name].dtype), state[name].size] for name in names],
            "own": [[name, str(own[name].dtype), own[name].size] for name in own],
        }
        arrays = [*(state[name] for name in names), *own.values()]
        write_sealed(path, key, [json.dumps(head).encode() + b"\n", *(memoryview(each) for each in arrays if each.size)])

    @classmethod
    def load(cls, path: Path, dimensions: int, key: bytes) -> "VectorIndex":
        """Reads a saved index. Raises VectorsBroken, also for one of another length of vectors."""
        try:
            reader = _Reader(read_sealed(path, key))
            head = json.loads(reader.line())
            if head["dimensions"] != dimensions:
                raise VectorsBroken(f"The vector index {path.name} is of another model.")
            state = {**head["graph"], **reader.arrays(head["arrays"])}
            own = reader.arrays(head["own"])
        except (SealBroken, ValueError, KeyError) as error:
            raise VectorsBroken(f"The vector index {path.name} cannot be read: {error}") from error
        made = cls(dimensions)
        made._restore(state, own)
        return made

    def _restore(self, state: dict[str, Any], own: dict[str, Any]) -> None:
        import numpy as np

        used = len(own["labels"])
        self._graph = _class().__new__(_class())
        self._graph.__setstate__((state,))
        self._graph.set_ef(SEARCH_WIDTH)
        self._arrays(int(state["max_elements"]))
        self._used = used
        for name, values in own.items():
            getattr(self, f"_{name}")[:used] = values
        self._slots = {int(self._labels[slot]): int(slot) for slot in np.flatnonzero(self._alive[:used])}
        self._free = [int(slot) for slot in np.flatnonzero(~self._alive[:used])]
        # the graph keeps the vectors in full, by its own numbers; hnswlib gives them slot after slot
        size, start = int(state["size_data_per_element"]), int(state["offset_data"])
        rows = np.frombuffer(state["data_level0"], dtype="uint8").reshape(-1, size)
        floats = rows[:, start : start + 4 * self._dimensions].copy().view("float32")
        self._halves[state["label_lookup_external"]] = floats[state["label_lookup_internal"]]

    def _arrays(self, room: int) -> None:
        """Room for so many vectors; what is there stays."""
        import numpy as np

        old = getattr(self, "_labels", None)
        fresh = {
            "labels": np.zeros(room, dtype="int64"),
            "groups": np.zeros(room, dtype="int64"),
            "alive": np.zeros(room, dtype="bool"),
            "halves": np.zeros((room, self._dimensions), dtype="float16"),
        }
        for name, array in fresh.items():
            if old is not None:
                kept = min(room, len(old))
                array[:kept] = getattr(self, f"_{name}")[:kept]
            setattr(self, f"_{name}", array)

    _labels: Any
    _groups: Any
    _alive: Any
    _halves: Any

    def _add(self, keys: Sequence[int], vectors: Any, groups: Sequence[int]) -> None:
        slots = [self._take_slot(key) for key in keys]
        if len(set(slots)) < len(slots):  # the last of equal keys counts
            last = {slot: at for at, slot in enumerate(slots)}
            slots, vectors = list(last), vectors[list(last.values())]
            keys, groups = [keys[at] for at in last.values()], [groups[at] for at in last.values()]
        self._graph.add_items(vectors, slots, num_threads=1)
        self._labels[slots], self._groups[slots], self._alive[slots] = keys, groups, True
        self._halves[slots] = vectors

    def _take_slot(self, key: int) -> int:
        slot = self._slots.get(key)
        if slot is not None:
            return slot
        if self._free:
            slot = self._free.pop()
            self._graph.unmark_deleted(slot)
        else:
            slot = self._used
            self._used += 1
            if self._used > len(self._labels):
                self._arrays(2 * len(self._labels))
                self._graph.resize_index(len(self._labels))
        self._slots[key] = slot
        return slot

    def _keep(self, among: Set[int] | None, groups: Collection[int] | None) -> Any:
        """Which slots a filter keeps; None for all."""
        import numpy as np

        if among is None and groups is None:
            return None
        kept = self._alive
        if among is not None:
            slots = [slot for key in among if (slot := self._slots.get(key)) is not None]
            kept = np.zeros(len(self._alive), dtype="bool")
            kept[slots] = True
        if groups is not None:
            within = self._groups == next(iter(groups)) if len(groups) == 1 else np.isin(self._groups, list(groups))
            kept = kept & within
        return kept

    def _compare(self, question: Any, count: int, kept: Any) -> list[Neighbour]:
        import numpy as np

        slots = np.flatnonzero(kept)
        # not `@`: for so few rows BLAS wakes its threads, and on a busy machine waits milliseconds for them
        similarity = np.einsum("ij,j->i", _widen(self._halves[slots]), question * _WIDENED)
        best = np.argsort(-similarity, kind="stable")[:count]
        return [Neighbour(int(self._labels[slots[at]]), float(similarity[at])) for at in best]

    def _search(self, question: Any, count: int, kept: Any) -> list[Neighbour]:
        self._graph.set_ef(max(SEARCH_WIDTH, count))
        keep = None if kept is None else kept.tolist().__getitem__
        try:
            slots, distances = self._graph.knn_query(question.reshape(1, -1), k=count, num_threads=1, filter=keep)
        except RuntimeError:  # the walk through the graph met fewer than `count` that the filter keeps
            return self._compare(question, count, self._alive if kept is None else kept)
        found = zip(slots[0], distances[0], strict=True)
        return [Neighbour(int(self._labels[int(slot)]), 1.0 - float(distance)) for slot, distance in found]


def _widen(halves: Any) -> Any:
    """16-bit floats as 32-bit floats that are smaller by the factor `_WIDENED`, exactly: sign, exponent and fraction are only moved
    (IEEE 754, binary16 and binary32). numpy's own conversion looks at each number alone and takes seven times as long."""
    bits = halves.view("int16").astype("int32")
    bits <<= 13
    bits &= -0x7000_2000  # the sign that was spread over the bits above the exponent goes, but for the highest
    return bits.view("float32")


class _Reader:
    """Bytes that come in pieces, taken as a line or as arrays."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = bytearray()

    def line(self) -> bytes:
        while b"\n" not in self._rest:
            self._rest += next(self._pieces, b"\n")
        return self._take(self._rest.index(b"\n") + 1)

    def arrays(self, wanted: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
        import numpy as np

        return {name: np.frombuffer(self._take(np.dtype(kind).itemsize * size), dtype=kind) for name, kind, size in wanted}

    def _take(self, size: int) -> bytes:
        while len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise ValueError("it ends too early")
            self._rest += piece
        taken = bytes(self._rest[:size])
        del self._rest[:size]
        return taken


def _class() -> Any:
    from hnswlib import Index

    return Index


def _make_graph(dimensions: int, room: int) -> Any:
    # inner products, because the vectors have length one already
    graph = _class()(space="ip", dim=dimensions)
    graph.init_index(max_elements=room, M=LINKS, ef_construction=BUILD_WIDTH, random_seed=100)
    graph.set_ef(SEARCH_WIDTH)
    return graph
