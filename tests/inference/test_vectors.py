"""Nearest vectors with deletes, filters and a copy on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agora.inference import vectors
from agora.inference.vectors import VectorIndex, VectorsBroken

WIDTH = 16
BASE = 10**17  # keys are snowflakes
KEY = b"k" * 32


def make(count: int, seed: int = 1) -> tuple[list[int], list[list[float]]]:
    data = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype("float32")
    return [BASE + at for at in range(count)], data.tolist()


def filled(count: int) -> tuple[VectorIndex, list[list[float]]]:
    keys, data = make(count)
    index = VectorIndex(WIDTH)
    index.add(keys, data)
    return index, data


def exact(data: list[list[float]], question: list[float], count: int, among: set[int] | None = None) -> list[int]:
    matrix = np.asarray(data) / np.linalg.norm(data, axis=1, keepdims=True)
    similarity = matrix @ np.asarray(question)
    order = [BASE + int(at) for at in np.argsort(-similarity) if among is None or BASE + int(at) in among]
    return order[:count]


def test_the_nearest_come_first_with_their_similarity() -> None:
    index, data = filled(300)
    found = index.query(data[7], 3)
    assert [one.key for one in found] == exact(data, data[7], 3)
    assert found[0].similarity == pytest.approx(1.0, abs=1e-3)
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)


def test_stored_numbers_are_widened_exactly() -> None:
    every = np.arange(1 << 16, dtype="uint16").view("float16")
    finite = every[np.isfinite(every)].reshape(1, -1)
    assert np.array_equal(vectors._widen(finite).astype("float64") * vectors._WIDENED, finite.astype("float64"))


def test_the_graph_finds_nearly_all(monkeypatch: pytest.MonkeyPatch) -> None:
    index, data = filled(3000)
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 0)
    questions = np.random.default_rng(5).normal(size=(50, WIDTH)).tolist()
    hits = sum(len({n.key for n in index.query(q, 10)} & set(exact(data, q, 10))) for q in questions)
    assert hits >= 490
    among = {BASE + at for at in range(0, 3000, 2)}
    filtered = [index.query(q, 10, among) for q in questions]
    assert all({one.key for one in found} <= among and len(found) == 10 for found in filtered)


def test_a_filter_that_keeps_almost_nothing_still_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 1)
    index, data = filled(2000)
    among = {BASE + 11, BASE + 1500, BASE + 1999}
    assert [one.key for one in index.query(data[3], 5, among)] == exact(data, data[3], 5, among)


def test_deleted_vectors_are_gone_and_can_come_back() -> None:
    index, data = filled(50)
    index.delete([BASE + 7, BASE + 7, 12345])
    assert len(index) == 49
    assert BASE + 7 not in index
    assert index.query(data[7], 1)[0].key != BASE + 7
    index.add([BASE + 7], [data[7]])
    assert index.query(data[7], 1)[0].key == BASE + 7
    index.add([BASE + 7], [data[8]])
    assert {one.key for one in index.query(data[8], 2)} == {BASE + 7, BASE + 8}
    assert len(index) == 50


def test_empty_and_unknown() -> None:
    index = VectorIndex(WIDTH)
    assert index.query([1.0] * WIDTH, 5) == []
    index.add([], [])
    index.add([1], [[1.0] * WIDTH])
    assert index.query([1.0] * WIDTH, 5, {2, 3}) == []
    assert [one.key for one in index.query([0.0] * WIDTH, 5)] == [1]
    with pytest.raises(ValueError, match="16 numbers"):
        index.add([2], [[1.0]])


def test_groups_and_keys_narrow_together() -> None:
    keys, data = make(400)
    index = VectorIndex(WIDTH)
    index.add(keys, data, [at % 4 for at in range(400)])
    assert [one.key for one in index.query(data[7], 3, groups={3, 9})] == exact(data, data[7], 3, set(keys[3::4]))
    both = index.query(data[7], 3, set(keys[:100]), {3})
    assert [one.key for one in both] == exact(data, data[7], 3, set(keys[3:100:4]))
    assert index.query(data[7], 3, groups=set()) == []


def test_slots_of_deleted_vectors_are_used_again() -> None:
    index, data = filled(1024)
    for turn in range(5):
        index.delete([BASE + turn])
        index.add([1000 + turn], [data[turn]])
        assert index.query(data[turn], 1)[0].key == 1000 + turn
    assert len(index) == 1024
    assert index.keys() == {*range(1000, 1005), *range(BASE + 5, BASE + 1024)}


def test_a_saved_index_comes_back_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, data = make(200)
    index = VectorIndex(WIDTH)
    index.add(keys, data, [at % 2 for at in range(200)])
    index.delete([BASE + 3])
    path = tmp_path / "indexes" / "messages.hnsw"
    index.save(path, KEY)
    loaded = VectorIndex.load(path, WIDTH, KEY)
    assert loaded.keys() == index.keys()
    for exact_up_to in (0, 3000):
        monkeypatch.setattr(vectors, "EXACT_UP_TO", exact_up_to)
        assert loaded.query(data[5], 7) == index.query(data[5], 7)
        assert loaded.query(data[5], 7, groups={1}) == index.query(data[5], 7, groups={1})
    loaded.add([BASE + 3], [data[3]])
    assert loaded.query(data[3], 1)[0].key == BASE + 3
    keys, more = make(3000, seed=2)
    loaded.add([key + 10**6 for key in keys], more)
    assert len(loaded) == 3200


def test_the_copy_on_disk_tells_nothing(tmp_path: Path) -> None:
    index, _ = filled(50)
    path = tmp_path / "messages.hnsw"
    index.save(path, KEY)
    assert path.stat().st_mode & 0o077 == 0
    content = path.read_bytes()
    assert BASE.to_bytes(8, "little") not in content
    assert b"dimensions" not in content


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "other model", "other key"])
def test_a_damaged_copy_is_noticed(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "messages.hnsw"
    filled(100)[0].save(path, KEY)
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(content[:-40])
    elif damage == "changed":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    key = bytes(32) if damage == "other key" else KEY
    with pytest.raises(VectorsBroken, match=r"messages\.hnsw"):
        VectorIndex.load(path, WIDTH + (damage == "other model"), key)


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    VectorIndex(WIDTH).save(tmp_path / "empty.hnsw", KEY)
    loaded = VectorIndex.load(tmp_path / "empty.hnsw", WIDTH, KEY)
    assert len(loaded) == 0
    loaded.add([1], [[1.0] * WIDTH])
    assert [one.key for one in loaded.query([1.0] * WIDTH, 3)] == [1]
