"""Texts in blobs: all come back, in Python and in SQL, and what is too short stays."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.kernel.ctx import system
from agora.kernel.packed import (
    Dictionary,
    Packer,
    Texts,
    Unpacker,
    add_function,
    count_bytes,
    do_add_dictionary,
    do_go_back,
    do_reach,
    find_dictionary,
    train,
)
from agora.kernel.tx import Tx
from tests.kit.kernel import open_kernel

SAMPLES: list[Texts] = [(f"message {n} about the weather in the garden of {n * 7919}", None, '{"a":"b"}') for n in range(400)]
TRAINED = train(SAMPLES)
assert TRAINED is not None
DICTIONARY = Dictionary(7, TRAINED, 0)
WORDS = st.none() | st.text(max_size=300)


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=5))
def test_all_comes_back(rows: list[Texts]) -> None:
    blobs = Packer(DICTIONARY).pack(rows)
    for blob, texts in zip(blobs, rows, strict=True):
        if blob is not None:
            assert blob[0] == 7
            assert len(blob) < count_bytes(texts)
            assert Unpacker().split(blob, lambda _: DICTIONARY.content) == texts


def test_what_is_like_the_samples_becomes_small() -> None:
    texts = SAMPLES[0]
    [blob, short] = Packer(DICTIONARY).pack([texts, ("x", None, None)])
    assert blob is not None and len(blob) < count_bytes(texts) // 2
    assert short is None


def test_too_little_gives_no_dictionary() -> None:
    assert train([]) is None
    assert train([("a",)]) is None


def test_sql_reads_blobs_and_leaves_the_rest(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE kernel_dictionary (id INTEGER, content BLOB)")
    connection.execute("INSERT INTO kernel_dictionary VALUES (7, ?)", (DICTIONARY.content,))
    add_function(connection)
    blobs = Packer(DICTIONARY).pack(SAMPLES[:2])
    connection.execute("CREATE TABLE t (v)")
    connection.executemany("INSERT INTO t VALUES (?)", [(blob,) for blob in (*blobs, "plain", None)])
    found = connection.execute("SELECT agora_text(v, 0), agora_text(v, 1), agora_text(v, 2) FROM t").fetchall()
    assert found == [*SAMPLES[:2], ("plain",) * 3, (None,) * 3]
    connection.execute("DELETE FROM kernel_dictionary")
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE kernel_dictionary (id INTEGER, content BLOB)")
    add_function(other)
    with pytest.raises(sqlite3.OperationalError):
        other.execute("SELECT agora_text(?, 0)", (blobs[0],)).fetchone()


async def test_dictionaries_stay_and_positions_move(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []) as app:
        ctx = system(app)
        first = await ctx.write(do_add_dictionary, "a", DICTIONARY.content)
        await ctx.write(do_add_dictionary, "b", b"other")
        second = await ctx.write(do_add_dictionary, "a", DICTIONARY.content)
        assert (first.id, second.id) == (1, 3)
        await ctx.write(do_reach, "a", 50)
        await ctx.write(do_go_back, "a", 70)
        assert await ctx.read(find_dictionary, "a") == Dictionary(3, DICTIONARY.content, 50)
        await ctx.write(do_go_back, "a", 20)
        [blob] = Packer(first).pack(SAMPLES[:1])
        assert blob is not None
    async with open_kernel(tmp_path, []) as app:
        known = await system(app).read(find_dictionary, "a")
        assert known is not None and known.reached == 20

        def read(tx: Tx) -> Texts:
            return Unpacker().read(tx, blob)

        assert await system(app).read(read) == SAMPLES[0]
        with pytest.raises(LookupError):
            await system(app).read(lambda tx: Unpacker().read(tx, b"\x09" + blob[1:]))
