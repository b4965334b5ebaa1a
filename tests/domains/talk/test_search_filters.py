"""Every filter of a search, in Discord's parameters and as people type them; threads; and the tags in the index."""

from __future__ import annotations

from urllib.parse import quote

import aiohttp
import pytest
from sqlalchemy import text

from agora.domains.talk.search.tags import MOST_CHANNELS
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.kit.server import Person

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f00050001ff5640c5210000000049454e44ae426082"
)


async def _guild(room: Room, parameters: str, person: Person | None = None) -> list[str]:
    answer = await room.kit.request("GET", f"/api/v10/guilds/{room.guild}/messages/search?{parameters}", person or room.ben)
    assert answer.status == 200, answer.text
    found = [hit["content"] for (hit,) in answer.json["messages"]]
    assert answer.json["total_results"] == len(found)
    return found


async def _typed(room: Room, query: str, person: Person | None = None, more: str = "") -> list[str]:
    answer = await room.kit.request("GET", f"/api/agora/search?q={quote(query)}{more}", person or room.ben)
    assert answer.status == 200, answer.text
    return [item["message"]["content"] for item in answer.json["items"]]


async def _attach(room: Room, content: str, name: str, data: bytes, kind: str) -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", f'{{"content":"{content}"}}', content_type="application/json")
    form.add_field("files[0]", data, filename=name, content_type=kind)
    async with room.kit.session.post(
        f"{room.kit.url}{room.path}", data=form, headers={"Authorization": f"Bearer {room.ada.token}"}
    ) as answer:
        assert answer.status == 200, await answer.text()


async def test_people(room: Room) -> None:
    first = await room.say("one", room.ada)
    await room.say(f"two <@{room.ada.id}>", room.ben)
    await room.say("three @everyone", room.ada)
    await room.say("four", room.ben, message_reference={"message_id": first["id"]}, allowed_mentions={"parse": []})
    assert await _guild(room, f"author_id={room.ada.id}") == ["three @everyone", "one"]
    assert await _guild(room, f"mentions={room.ada.id}") == [f"two <@{room.ada.id}>"]
    assert await _guild(room, "mention_everyone=true") == ["three @everyone"]
    assert len(await _guild(room, "mention_everyone=false")) == 3
    assert await _guild(room, f"replied_to_message_id={first['id']}") == ["four"]
    assert await _guild(room, f"replied_to_user_id={room.ada.id}") == ["four"]
    assert await _guild(room, f"replied_to_user_id={room.ben.id}") == []
    assert await _typed(room, "from:ada from:ben mentions:ada") == [f"two <@{room.ada.id}>"]


async def test_pins_move_in_the_index(room: Room) -> None:
    message = await room.say("pin me")
    await room.say("not me")
    assert await _typed(room, "pinned:yes") == []
    await room.kit.request("PUT", f"{room.path}/pins/{message['id']}", room.ada)
    assert await _typed(room, "pinned:yes") == ["pin me"]
    assert await _typed(room, "épinglé:oui pin") == ["pin me"]
    assert "pin me" not in await _typed(room, "pinned:no")
    assert await _guild(room, "pinned=true") == ["pin me"]
    await room.kit.request("DELETE", f"{room.path}/pins/{message['id']}", room.ada)
    assert await _typed(room, "pinned:yes") == []


async def test_files_and_links(room: Room) -> None:
    await _attach(room, "picture", "Holiday.Beach.PNG", PNG, "image/png")
    await _attach(room, "notes", "notes.txt", b"a plain text about turnips", "text/plain")
    await room.say("see https://news.example.org/a and think")
    assert await _guild(room, "has=file") == ["notes", "picture"]
    assert await _guild(room, "has=image") == ["picture"]
    assert await _guild(room, "has=file&has=-image") == ["notes"]
    assert await _guild(room, "has=video") == []
    assert await _guild(room, "has=sound&has=poll&has=sticker&has=snapshot") == []
    assert await _guild(room, "attachment_extension=png&attachment_extension=pdf") == ["picture"]
    assert await _guild(room, "attachment_extension=.TXT") == ["notes"]
    assert await _guild(room, "link_hostname=news.example.org") == ["see https://news.example.org/a and think"]
    assert await _guild(room, "link_hostname=other.example.org") == []
    assert await _typed(room, "has:image") == ["picture"]
    assert await _typed(room, "contient:lien think") == ["see https://news.example.org/a and think"]


async def test_embeds(room: Room) -> None:
    await room.say("", embeds=[{"title": "A", "type": "rich"}])
    await room.say("plain")
    assert await _guild(room, "has=embed") == [""]
    assert await _guild(room, "embed_type=image") == []
    assert await _guild(room, "embed_provider=nobody") == []


async def test_kinds_of_authors(room: Room) -> None:
    kit = room.kit
    made = await kit.request("POST", "/api/agora/bots", room.ada, json={"name": "Robot", "guild_id": str(room.guild)})
    robot = Person(int(made.json["id"]), "Robot", made.json["token"])
    hook = await kit.request("POST", f"/api/v10/channels/{room.channel}/webhooks", room.ada, json={"name": "Bell"})
    await room.say("by a person")
    sent = await kit.request("POST", room.path, None, json={"content": "by a bot"}, headers={"Authorization": f"Bot {robot.token}"})
    assert sent.status == 200, sent.text
    ring = f"/api/v10/webhooks/{hook.json['id']}/{hook.json['token']}?wait=true"
    rung = await kit.request("POST", ring, None, json={"content": "by a webhook"})
    assert rung.status == 200, rung.text
    assert await _guild(room, "author_type=user") == ["by a person"]
    assert await _guild(room, "author_type=bot") == ["by a bot"]
    assert await _guild(room, "author_type=webhook") == ["by a webhook"]
    assert await _guild(room, "author_type=-bot") == ["by a webhook", "by a person"]
    assert await _guild(room, "author_type=bot&author_type=webhook") == ["by a webhook", "by a bot"]
    assert await _guild(room, "author_type=user&author_type=-user") == []
    assert len(await _guild(room, "author_type=user&author_type=bot&author_type=webhook")) == 3
    assert await _typed(room, "type:agent") == ["by a bot"]
    assert await _typed(room, "auteur:personne") == ["by a person"]
    await kit.scenario(
        "GET", f"/api/v10/guilds/{room.guild}/messages/search?author_type=cat", room.ada, status=400, has=["author_type"]
    )


async def test_dates(room: Room) -> None:
    await room.say("soup now")
    year = (await room.say("soup again"))["timestamp"]
    assert isinstance(year, str)
    assert await _typed(room, f"soup during:{year[:4]}") == ["soup again", "soup now"]
    assert await _typed(room, f"pendant:{year[:7]}") == ["soup again", "soup now"]
    assert await _typed(room, f"le:{year[:10]} soup") == ["soup again", "soup now"]
    assert await _typed(room, f"during:{int(year[:4]) - 1}") == []
    assert await _typed(room, f"after:{year[:4]}") == []
    assert await _typed(room, f"before:{int(year[:4]) + 1} soup") == ["soup again", "soup now"]
    assert await _typed(room, "during:2026-13") == []


async def test_slop_and_order(room: Room) -> None:
    for content in ("alpha beta", "alpha one two beta", "beta alpha alpha alpha"):
        await room.say(content)
    assert await _guild(room, "content=alpha+beta&slop=0") == ["beta alpha alpha alpha", "alpha beta"]
    assert len(await _guild(room, "content=alpha+beta&slop=2")) == 3
    assert (await _guild(room, "content=alpha&sort_by=relevance"))[0] == "beta alpha alpha alpha"
    assert await _guild(room, "sort_order=asc&content=alpha") == ["alpha beta", "alpha one two beta", "beta alpha alpha alpha"]


async def test_threads_and_one_thread_alone(room: Room) -> None:
    kit = room.kit
    await room.say("soup in the room")
    made = await kit.request("POST", f"/api/v10/channels/{room.channel}/threads", room.ada, json={"name": "Side", "type": 11})
    side = made.json["id"]
    await kit.request("POST", f"/api/v10/channels/{side}/messages", room.ada, json={"content": "soup aside"})
    made = await kit.request("POST", f"/api/v10/channels/{room.channel}/threads", room.ada, json={"name": "Shut", "type": 12})
    shut = made.json["id"]
    await kit.request("POST", f"/api/v10/channels/{shut}/messages", room.ada, json={"content": "soup in secret"})
    assert await _typed(room, "soup") == ["soup aside", "soup in the room"]
    assert await _typed(room, "soup", room.ada) == ["soup in secret", "soup aside", "soup in the room"]
    for query, more in (("soup in:Side", ""), ("soup", f"&channel_id={side}"), (f"in:<#{side}> soup", "")):
        assert await _typed(room, query, more=more) == ["soup aside"]
    assert await _typed(room, "soup", more=f"&channel_id={shut}") == []
    assert await _guild(room, f"content=soup&channel_id={side}&channel_id={shut}") == ["soup aside"]
    await kit.request("PATCH", f"/api/v10/channels/{side}", room.ada, json={"archived": True})
    assert await _typed(room, "soup") == ["soup aside", "soup in the room"]


async def test_who_reads_many_channels_finds_the_same(room: Room) -> None:
    for number in range(MOST_CHANNELS + 1):
        await room.kit.channel(room.ada, room.guild, f"more-{number}")
    hidden = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
    cellar = await room.kit.channel(room.ada, room.guild, "cellar", permission_overwrites=hidden)
    await room.kit.request("POST", f"/api/v10/channels/{cellar}/messages", room.ada, json={"content": "hidden soup"})
    opened = await room.kit.request("POST", "/api/v10/users/@me/channels", room.ben, json={"recipient_id": str(room.ada.id)})
    await room.kit.request("POST", f"/api/v10/channels/{opened.json['id']}/messages", room.ben, json={"content": "our soup"})
    await room.say("everybody's soup")
    assert await _typed(room, "soup") == ["everybody's soup", "our soup"]
    assert await _typed(room, "soup", room.ada) == ["everybody's soup", "our soup", "hidden soup"]
    assert await _typed(room, "from:ada") == ["everybody's soup"]


@pytest.mark.parametrize("query", ["", "soup"])
async def test_the_index_stays_in_step_with_the_messages(room: Room, query: str) -> None:
    """FTS5's own check: what is indexed is, word for word, what the view says (https://sqlite.org/fts5.html#the_integrity_check_command)."""
    message = await room.say(f"soup https://a.example <@{room.ben.id}> {query}")
    await _attach(room, "file", "a.txt", b"words of a file", "text/plain")
    await room.kit.request("PUT", f"{room.path}/pins/{message['id']}", room.ada)
    await room.kit.request("PATCH", f"{room.path}/{message['id']}", room.ada, json={"content": "@everyone other"})
    gone = await room.say("soup that goes")
    await room.kit.request("DELETE", f"{room.path}/{gone['id']}", room.ada)
    await room.kit.settle()

    def check(tx: Tx) -> None:
        tx.execute(text("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)"))

    await room.kit.ctx().write(check)
