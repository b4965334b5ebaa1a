"""Reading back: pages, their order, who sees nothing, and that SQLite uses the indexes."""

from __future__ import annotations

import sqlite3

import pytest

from agora.domains.talk.messages import queries
from agora.kernel.sql import Prepared
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.domains.talk.shapes import check_shape


async def _contents(room: Room, query: str) -> list[str]:
    answer = await room.kit.request("GET", f"{room.path}?{query}", room.ben)
    assert answer.status == 200, answer.text
    for message in answer.json:
        check_shape("MessageResponse", message)
    return [message["content"] for message in answer.json]


async def test_pages_are_newest_first_in_all_directions(room: Room) -> None:
    ids = [(await room.say(str(n)))["id"] for n in range(10)]
    assert await _contents(room, "") == [str(n) for n in range(9, -1, -1)]
    assert await _contents(room, "limit=3") == ["9", "8", "7"]
    assert await _contents(room, f"limit=3&before={ids[5]}") == ["4", "3", "2"]
    assert await _contents(room, f"limit=3&after={ids[5]}") == ["8", "7", "6"]
    assert await _contents(room, f"limit=5&around={ids[5]}") == ["7", "6", "5", "4", "3"]
    assert await _contents(room, f"limit=4&around={ids[5]}") == ["6", "5", "4", "3"]
    assert await _contents(room, f"limit=1&around={ids[5]}") == ["5"]
    assert await _contents(room, f"after={ids[9]}") == []


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("before=x", "snowflake"),
        ("before=1&after=2", "Only one"),
    ],
)
async def test_bad_questions(room: Room, query: str, part: str) -> None:
    await room.kit.scenario("GET", f"{room.path}?{query}", room.ben, status=400, has=['"code":50035', part])


async def test_without_history_the_page_is_empty(room: Room) -> None:
    message = await room.say("before")
    denied = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 16)}]
    await room.kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": denied})
    await room.kit.scenario("GET", room.path, room.ben, has=["[]"])
    await room.kit.scenario("GET", f"{room.path}/{message['id']}", room.ben, status=403, has=['"code":50001'])
    await room.kit.scenario("GET", room.path, room.eve, status=404, has=['"code":10003'])


async def test_names_in_old_messages_are_the_present_ones(room: Room) -> None:
    await room.say("who am I", room.ben)
    await room.kit.request("PATCH", "/api/v10/users/@me", room.ben, json={"global_name": "Benjamin"})
    page = await room.kit.request("GET", room.path, room.ada)
    assert page.json[0]["author"]["global_name"] == "Benjamin"


@pytest.mark.parametrize(
    ("prepared", "index"),
    [
        (queries.BEFORE, "messages_message_channel (channel_id=? AND id<?)"),
        (queries.AFTER, "messages_message_channel (channel_id=? AND id>?)"),
        (queries.BY_NONCE, "messages_message_nonce (channel_id=? AND author_id=? AND nonce=?)"),
        (queries.BY_ID, "USING INTEGER PRIMARY KEY (rowid=?)"),
        (queries.BY_IDS, "USING INTEGER PRIMARY KEY (rowid=?)"),
        (queries.PINNED, "messages_message_pinned (channel_id=? AND pinned_ms>? AND pinned_ms<?)"),
        (queries.LAST_PIN, "messages_message_pinned (channel_id=? AND pinned_ms>?)"),
    ],
)
async def test_queries_walk_an_index_and_never_sort(room: Room, prepared: Prepared, index: str) -> None:
    def explain(tx: Tx) -> list[str]:
        sql = prepared.text(tx.connection.dialect)
        driver = tx.connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        rows = driver.execute("EXPLAIN QUERY PLAN " + sql, ["1"] * sql.count("?")).fetchall()
        return [row[3] for row in rows]

    plan = await room.kit.ctx().read(explain)
    assert any(index in line for line in plan), plan
    assert not any("TEMP B-TREE" in line or line.startswith("SCAN messages") for line in plan), plan
