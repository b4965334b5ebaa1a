"""Old messages packed in their place: read, paged, searched, changed, moved, deleted and exported as before."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from agora.domains.minds.digests.queries import list_said
from agora.domains.operations.archive.packing import DAY_MS, pack_old_messages
from agora.domains.operations.backups.archive import write_backup
from agora.domains.operations.backups.restore import restore_backup
from agora.domains.operations.transfer.queries import list_entries
from agora.domains.place import guilds
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import do_bulk_delete, message, packed, packing
from agora.domains.talk.messages.imports import Past, Placed, build_past, do_import
from agora.kernel.clock import FrozenClock
from agora.kernel.ctx import system
from agora.kernel.domain import load_domains
from agora.kernel.ids import first_at
from agora.kernel.migrate import count_steps
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.domains.talk.expressions.pictures import HEADERS, sticker_form
from tests.domains.talk.files.samples import send_files
from tests.domains.talk.test_messages_change import check_index, find_words
from tests.kit.server import open_kit

COUNT = 60
SECRET = "xyzzyplugh"


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary of little, in small batches."""
    monkeypatch.setattr(packing, "FEWEST", 20)
    monkeypatch.setattr(packing, "BATCH", 16)


def list_packed(tx: Tx) -> set[int]:
    """The ids of what is packed."""
    return set(tx.execute(text("SELECT id FROM messages_message WHERE typeof(content) = 'blob'")).scalars())


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room with a clock that can be moved on."""
    async with open_kit(tmp_path / "data", clock=FrozenClock()) as kit:
        ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
        guild = await kit.guild(ada, ben)
        yield Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild, "general"))


async def chat(room: Room, count: int = COUNT) -> list[dict[str, Any]]:
    """Messages of one kind, so that a dictionary learns them."""
    return [await room.say(f"message {n} about the weather in the garden, **{n * 7919}** times") for n in range(count)]


async def grow_old(room: Room) -> set[int]:
    """Half a year passes; the ids of what is packed then."""
    clock = room.kit.app.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(180 * DAY_MS)
    await room.kit.settle()
    done = await pack_old_messages(system(room.kit.app))
    assert done.after < done.before or not done.messages
    await room.kit.ctx().write(check_index)
    return await room.kit.ctx().read(list_packed)


async def get(room: Room, path: str) -> Any:
    """An answer of 200."""
    answer = await room.kit.request("GET", path, room.ada)
    assert answer.status == 200, answer.text
    return answer.json


async def everything(room: Room) -> list[Any]:
    """All ways to read: pages, around, one, pins, search in its forms."""
    search = f"/api/v10/guilds/{room.guild}/messages/search"
    paths = [
        f"{room.path}?limit=100",
        f"{room.path}?limit=20&after=1",
        f"{room.path}/pins",
        f"/api/v10/channels/{room.channel}/pins",
        "/api/agora/search?q=weather+garden",
        *(
            f"{search}?{query}"
            for query in ("content=weather", "author_id=" + str(room.ben.id), "has=link", "has=embed", "pinned=true")
        ),
        *(
            f"{search}?{query}"
            for query in (f"mentions={room.ben.id}", "has=sticker", "embed_provider=Maker", "content=carried", "has=poll")
        ),
    ]
    found = [await get(room, path) for path in paths]
    newest = found[0][3]["id"]
    found += [await get(room, f"{room.path}/{newest}"), await get(room, f"{room.path}?around={newest}&limit=9")]
    for each in found[5:]:
        if isinstance(each, dict):
            each.pop("analytics_id", None)
    return found


async def all_kinds(room: Room) -> dict[str, Any]:
    """One of each kind of message."""
    first = await room.say("the first words of all, to be answered", room.ben)
    said = {"first": first}
    said["reply"] = await room.say(
        f"an answer to <@{room.ben.id}>, with a long text", message_reference={"message_id": first["id"]}
    )
    said["link"] = await room.say("see https://agora.example/some/long/path for more about the weather", room.ben)
    said["embed"] = await room.say(
        "with an embed of some length",
        embeds=[{"title": "Title", "description": "described at length", "provider": {"name": "Maker"}}],
    )
    rows = [{"type": 1, "components": [{"type": 2, "style": 5, "label": "Open", "url": "https://agora.example/"}]}]
    bot = await room.kit.person("robot", bot=True)
    await guilds.add_member(room.kit.ctx(), room.guild, bot.id)
    said["button"] = await room.say("with a button that leads elsewhere", bot, components=rows)
    source = await room.say("this is to be carried on, with **all** its marks", room.ben)
    carried = {"type": 1, "message_id": source["id"], "channel_id": str(room.channel)}
    said["forward"] = await room.say("", message_reference=carried)
    answers = [{"poll_media": {"text": "Yes"}}, {"poll_media": {"text": "No"}}]
    poll = {"question": {"text": "Well?"}, "answers": answers, "duration": 1}
    said["poll"] = await room.say("a poll with words beside it, for the archive", poll=poll)
    over = f"/api/v10/channels/{room.channel}/polls/{said['poll']['id']}/expire"
    assert (await room.kit.request("POST", over, room.ada)).status == 200  # or its result comes while time passes
    await room.kit.settle()
    made = await room.kit.request("POST", f"/api/v10/guilds/{room.guild}/stickers", room.ada, data=sticker_form(), headers=HEADERS)
    said["sticker"] = await room.say("a sticker with some words about the weather", sticker_ids=[made.json["id"]])
    said["file"] = await send_files(
        room, ("a.txt", b"words in a file about pumpkins"), content="with a file that has words of its own"
    )
    hook = await room.kit.request("POST", f"/api/v10/channels/{room.channel}/webhooks", room.ada, json={"name": "W"})
    path = f"/api/v10/webhooks/{hook.json['id']}/{hook.json['token']}?wait=true"
    said["hook"] = (await room.kit.request("POST", path, None, json={"content": "said by a webhook about the weather"})).json
    assert (await room.kit.request("PUT", f"{room.path}/pins/{first['id']}", room.ada)).status == 204
    return said


async def test_everything_reads_as_before(room: Room) -> None:
    kinds = await all_kinds(room)
    await chat(room)
    clock = room.kit.app.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(180 * DAY_MS)
    await room.kit.settle()
    before = await everything(room)
    plain = await room.kit.ctx().read(list_entries, room.channel, 0, 200)
    said = await room.kit.ctx().read(list_said, room.channel, 0, [room.ada.id, room.ben.id])
    clock.advance(-180 * DAY_MS)
    ids = await grow_old(room)
    assert len(ids) >= COUNT
    assert {name for name, each in kinds.items() if int(each["id"]) in ids} >= {"embed", "button", "poll", "sticker", "hook"}
    assert await everything(room) == before
    assert await room.kit.ctx().read(list_entries, room.channel, 0, 200) == plain
    assert await room.kit.ctx().read(list_said, room.channel, 0, [room.ada.id, room.ben.id]) == said
    fresh = await room.say("something new")
    assert int(str(fresh["id"])) not in await room.kit.ctx().read(list_packed)
    assert (await pack_old_messages(system(room.kit.app))).messages == 0


async def test_it_survives_a_restart_a_backup_and_a_new_index(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
        guild = await kit.guild(ada, ben)
        room = Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild, "general"))
        await chat(room)
        assert len(await grow_old(room)) == COUNT
        page = await get(room, f"{room.path}?limit=100")
    write_backup(tmp_path / "data", tmp_path / "b.zip")
    restore_backup(tmp_path / "b.zip", tmp_path / "new", count_steps(load_domains()))
    for folder in ("data", "new"):
        async with open_kit(tmp_path / folder, clock=clock) as kit:
            again = Room(kit, room.ada, room.ben, room.eve, room.guild, room.channel)
            assert await get(again, f"{again.path}?limit=100") == page

            def rebuild(tx: Tx) -> None:
                tx.execute(text("INSERT INTO messages_fts(messages_fts) VALUES ('rebuild')"))

            await kit.ctx().write(rebuild)
            assert len(await kit.ctx().read(find_words, "weather")) == COUNT
            await kit.ctx().write(check_index)


async def test_packed_messages_are_changed(room: Room) -> None:
    kinds = await all_kinds(room)
    said = await chat(room)
    ids = await grow_old(room)
    one = said[5]
    assert int(one["id"]) in ids
    edited = await room.kit.request("PATCH", f"{room.path}/{one['id']}", room.ada, json={"content": "now it says **pears**"})
    assert edited.json["content_html"] == "<p>now it says <strong>pears</strong></p>"
    assert await room.kit.ctx().read(find_words, "pears") == [int(one["id"])]
    assert int(one["id"]) not in await room.kit.ctx().read(list_packed)
    # what an edit does not touch stays: the embed's neighbours, the poll, who is mentioned
    for name in ("button", "poll", "sticker", "hook", "file", "reply"):
        before = await get(room, f"{room.path}/{kinds[name]['id']}")
        if name == "hook":
            continue
        await room.kit.request("PATCH", f"{room.path}/{kinds[name]['id']}", room.ada, json={"flags": 4})
        after = await get(room, f"{room.path}/{kinds[name]['id']}")
        ignored = {"flags", "edited_timestamp", "attachments"}
        assert {k: v for k, v in after.items() if k not in ignored} == {k: v for k, v in before.items() if k not in ignored}, name
    path = f"{room.path}/{said[7]['id']}"
    for method, status in (("PUT", 204), ("DELETE", 204)):
        assert (await room.kit.request(method, f"{room.path}/pins/{said[7]['id']}", room.ada)).status == status
    thumb = "%F0%9F%91%8D"
    assert (await room.kit.request("PUT", f"{path}/reactions/{thumb}/@me", room.ben)).status == 204
    assert (await room.kit.request("POST", f"{path}/threads", room.ada, json={"name": "about it"})).status == 201
    shown = await get(room, path)
    assert shown["content"] == said[7]["content"]
    assert shown["thread"]["name"] == "about it"
    assert int(said[7]["id"]) in await room.kit.ctx().read(list_packed)
    await room.kit.ctx().write(check_index)


async def test_packed_messages_are_deleted(room: Room) -> None:
    await chat(room)
    bad = await room.say(f"message 77 about the weather in the garden, **{SECRET}** times about the weather in the garden")
    other = [await room.say(f"and another about the weather in the garden, {n}") for n in range(3)]
    ids = await grow_old(room)
    assert int(str(bad["id"])) in ids
    assert (await room.kit.request("DELETE", f"{room.path}/{bad['id']}", room.ada)).status == 204
    gone = [room.channel, None, [int(str(each["id"])) for each in other]]
    assert await room.kit.ctx().write(do_bulk_delete, *gone) == 3
    assert await room.kit.ctx().read(find_words, SECRET) == []
    found = await room.kit.ctx().read(lambda tx: tx.execute(select(message.c.id)).scalars().all())
    assert not {int(str(each["id"])) for each in (bad, *other)} & set(found)
    await room.kit.ctx().write(check_index)


async def test_a_message_changed_while_it_is_packed_stays_as_it_is_now(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await chat(room)
    kit, original = room.kit, packed.list_old

    def read_then_change(tx: Tx, after: int, before: int, limit: int) -> Any:
        rows = original(tx, after, before, limit)
        changed.extend(row.id for row in rows[:1])
        return rows

    changed: list[int] = []
    write = kit.app.db.write

    async def slow_write(ctx: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if fn is packed.do_pack and len(changed) == 1:
            await kit.request("PATCH", f"{room.path}/{changed[0]}", room.ada, json={"content": "changed at the last moment"})
        return await write(ctx, fn, *args, **kwargs)

    monkeypatch.setattr(packing, "list_old", read_then_change)
    monkeypatch.setattr(kit.app.db, "write", slow_write)
    ids = await grow_old(room)
    assert changed[0] == int(said[0]["id"])
    assert changed[0] not in ids
    assert (await get(room, f"{room.path}/{said[0]['id']}"))["content"] == "changed at the last moment"


async def test_a_repeated_nonce_finds_the_packed_message(room: Room) -> None:
    first = await room.say("sent once, with a number of its own about the weather", nonce="n-1")
    await chat(room)
    assert int(str(first["id"])) in await grow_old(room)
    again = await room.say("sent once, with a number of its own about the weather", nonce="n-1")
    assert (again["id"], again["content"]) == (first["id"], first["content"])


async def test_history_that_is_imported_later_is_packed_too(room: Room) -> None:
    await chat(room)
    await grow_old(room)
    app = room.kit.app
    channel = app.get(Directory).channel(room.channel)
    assert channel is not None
    start = first_at(app.clock.now_ms() - 1000 * DAY_MS)
    past = [
        Placed(
            build_past(
                app, channel, Past(id=start + n, author_id=room.ada.id, content=f"message {n} about the weather"), files=False
            )
        )
        for n in range(9)
    ]
    assert len(await room.kit.ctx().write(do_import, room.channel, room.guild, past)) == 9
    assert {each.row.id for each in past} <= await grow_old(room)


@pytest.mark.parametrize(("count", "days"), [(5, 90), (COUNT, 0)])
async def test_too_little_is_left_alone_and_so_is_everything_with_0(tmp_path: Path, count: int, days: int) -> None:
    flags = {"archive.pack_messages_after_days": days}
    async with open_kit(tmp_path / "data", clock=FrozenClock(), flags=flags) as kit:
        ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
        guild = await kit.guild(ada, ben)
        room = Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild, "general"))
        await chat(room, count)
        assert await grow_old(room) == set()


async def test_merged_threads_take_packed_messages_along(room: Room) -> None:
    await chat(room)
    made = [
        (
            await room.kit.request("POST", f"/api/v10/channels/{room.channel}/threads", room.ada, json={"name": name, "type": 11})
        ).json["id"]
        for name in ("one", "two")
    ]
    for n in range(4):
        await room.kit.request(
            "POST", f"/api/v10/channels/{made[0]}/messages", room.ada, json={"content": f"message {n} about the weather in one"}
        )
    await grow_old(room)
    path = f"/api/agora/channels/{made[0]}/merge"
    merged = await room.kit.request("POST", path, room.ada, json={"thread_id": made[1]})
    assert merged.status < 300, merged.text
    await room.kit.settle()
    page = await get(room, f"/api/v10/channels/{made[1]}/messages?limit=20")
    assert sum("weather in one" in each["content"] for each in page) == 4
    await room.kit.ctx().write(check_index)


def test_the_places_of_texts_are_those_of_the_table(tmp_path: Path) -> None:
    """The view counts on the order of FIELDS."""
    assert packed.FIELDS == ("content", "html", "embeds", "components", "snapshot", "stickers", "poll", "origin", "mentions")
    assert sqlite3.sqlite_version_info >= (3, 37)
