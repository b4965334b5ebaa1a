"""Sending: status, content, and exactly the events fired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agora.domains.talk.messages import BEFORE_SEND, Draft, MessageSent, Outgoing, send
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Forbidden
from agora.kernel.hooks import On
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.domains.talk.shapes import check_shape


async def test_a_message_is_answered_stored_and_told(room: Room) -> None:
    answer = await room.kit.scenario(
        "POST",
        room.path,
        room.ben,
        json={"content": "  hello **all**  "},
        has=['"content":"hello **all**"'],
        events=["MessageSent"],
    )
    message = answer.json
    assert message["author"]["id"] == str(room.ben.id)
    assert message["channel_id"] == str(room.channel)
    assert message["content_html"] == "<p>hello <strong>all</strong></p>"
    assert message["member"]["roles"] == []
    assert answer.headers["Content-Type"] == "application/json"
    check_shape("MessageResponse", message)
    one = await room.kit.request("GET", f"{room.path}/{message['id']}", room.ada)
    assert one.json["content"] == "hello **all**"
    assert one.json["content_html"] == message["content_html"]


async def test_the_event_carries_the_bytes_of_the_answer(room: Room) -> None:
    room.kit.take_recorded()
    answer = await room.post({"content": "once"})
    (recorded,) = room.kit.take_recorded()
    assert isinstance(recorded.event, MessageSent)
    assert bytes(recorded.event.wire) == answer.body
    assert recorded.guild_id == room.guild
    assert recorded.channel_id == room.channel
    (stored,) = await room.kit.app.ledger.read(recorded.seq - 1, 1)
    assert isinstance(stored.event, MessageSent)
    assert bytes(stored.event.wire) == answer.body


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({}, 400, '"code":50006'),
        ({"content": " \n "}, 400, '"code":50006'),
        ({"content": None}, 400, '"code":50006'),
        ({"content": "x" * 2001}, 400, "Must be 2000 or fewer in length."),
        ({"content": 5}, 400, '"code":50035'),
        ({"content": "x", "nonce": "n" * 26}, 400, "nonce"),
        ({"content": "x", "components": [{}]}, 400, "components"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 400, "REPLIES_UNKNOWN_MESSAGE"),
        ({"content": "x", "message_reference": {"message_id": "no"}}, 400, "NUMBER_TYPE_COERCE"),
        ({"embeds": [{}]}, 400, "BASE_TYPE_REQUIRED"),
        ({"embeds": [{"title": "t"}] * 11}, 400, "10 or fewer"),
        ({"embeds": [{"title": "t" * 257}]}, 400, '"code":50035'),
        ({"embeds": [{"description": "d" * 4000}, {"description": "d" * 4000}]}, 400, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "t", "url": "javascript:alert(1)"}]}, 400, '"code":50035'),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            400,
            "mutually exclusive",
        ),
    ],
)
async def test_bad_bodies_change_nothing(room: Room, body: object, status: int, part: str) -> None:
    await room.kit.scenario("POST", room.path, room.ben, json=body, status=status, has=[part], events=[])


async def test_who_may_not_write_is_told_why(room: Room) -> None:
    kit = room.kit
    await kit.scenario("POST", room.path, room.eve, json={"content": "x"}, status=404, has=['"code":10003'])
    await kit.scenario("POST", room.path, None, json={"content": "x"}, status=401)
    await kit.scenario("POST", "/api/v10/channels/99/messages", room.ada, json={"content": "x"}, status=404, has=['"code":10003'])
    await kit.scenario("POST", "/api/v10/channels/abc/messages", room.ada, json={"content": "x"}, status=400, has=["snowflake"])
    quiet = await kit.channel(
        room.ada,
        room.guild,
        "quiet",
        permission_overwrites=[{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 11)}],
    )
    path = f"/api/v10/channels/{quiet}/messages"
    await kit.scenario("POST", path, room.ben, json={"content": "x"}, status=403, has=['"code":50013'])
    await kit.scenario("POST", path, room.ada, json={"content": "x"}, events=["MessageSent"])
    category = await kit.channel(room.ada, room.guild, "folder", type=4)
    await kit.scenario(
        "POST",
        f"/api/v10/channels/{category}/messages",
        room.ada,
        json={"content": "x"},
        status=400,
        has=['"code":50008'],
    )


async def test_a_repeated_nonce_gives_the_first_message(room: Room) -> None:
    first = await room.kit.scenario("POST", room.path, room.ben, json={"content": "one", "nonce": "n1"}, events=["MessageSent"])
    again = await room.kit.scenario("POST", room.path, room.ben, json={"content": "two", "nonce": "n1"}, events=[])
    assert again.json["id"] == first.json["id"]
    assert again.json["content"] == "one"
    assert again.json["nonce"] == "n1"
    other = await room.kit.scenario("POST", room.path, room.ada, json={"content": "three", "nonce": "n1"}, events=["MessageSent"])
    assert other.json["id"] != first.json["id"]
    number = await room.say("four", room.ben, nonce=17)
    assert (await room.say("four", room.ben, nonce=17, enforce_nonce=True))["id"] == number["id"]


async def test_racing_retries_store_one_message(room: Room) -> None:
    ctx = room.kit.ctx(room.ben)
    sent = await asyncio.gather(*(send(ctx, room.channel, Draft(f"try {n}", nonce="race")) for n in range(20)))
    assert len({each.id for each in sent}) == 1
    assert sum(not each.repeated for each in sent) == 1
    page = await room.kit.request("GET", room.path, room.ben)
    assert len(page.json) == 1


async def test_replies_carry_the_message_they_answer(room: Room) -> None:
    first = await room.say("question", room.ben)
    reply = await room.say("answer", room.ada, message_reference={"message_id": first["id"]})
    assert reply["type"] == 19
    assert reply["referenced_message"]["id"] == first["id"]  # type: ignore[index]
    assert reply["message_reference"]["message_id"] == first["id"]  # type: ignore[index]
    assert [user["id"] for user in reply["mentions"]] == [str(room.ben.id)]  # type: ignore[attr-defined]
    check_shape("MessageResponse", reply)
    silent = await room.say("answer", room.ada, message_reference={"message_id": first["id"]}, allowed_mentions={"parse": []})
    assert silent["mentions"] == []
    lost = await room.say("x", message_reference={"message_id": "1", "fail_if_not_exists": False})
    assert lost["type"] == 0


async def test_mentions_count_only_when_they_exist_and_are_allowed(room: Room) -> None:
    kit = room.kit
    role = await kit.request("POST", f"/api/v10/guilds/{room.guild}/roles", room.ada, json={"name": "cooks"})
    role_id = role.json["id"]
    text = f"<@{room.ben.id}> <@999> <@&{role_id}> @everyone `<@{room.eve.id}>`"
    from_owner = await room.say(text)
    assert [user["id"] for user in from_owner["mentions"]] == [str(room.ben.id)]  # type: ignore[attr-defined]
    assert from_owner["mention_roles"] == [role_id]
    assert from_owner["mention_everyone"] is True
    check_shape("MessageResponse", from_owner)
    limited = await room.say(text, allowed_mentions={"parse": ["everyone"], "users": []})
    assert limited["mentions"] == []
    assert limited["mention_roles"] == []
    assert limited["mention_everyone"] is True
    everyone = str(1 << 17)
    denied = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": everyone}]
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": denied})
    from_member = await room.say(text, room.ben)
    assert from_member["mention_everyone"] is False
    assert from_member["mention_roles"] == []


async def test_embeds_come_back_as_discord_writes_them(room: Room) -> None:
    embed = {
        "title": "Soup",
        "description": None,
        "color": 5,
        "fields": [{"name": "a", "value": "b"}],
        "footer": {"text": "f"},
        "url": "https://soup.example/",
    }
    message = await room.say("", embeds=[embed])
    assert message["embeds"] == [
        {
            "title": "Soup",
            "type": "rich",
            "color": 5,
            "fields": [{"name": "a", "value": "b", "inline": False}],
            "footer": {"text": "f"},
            "url": "https://soup.example/",
        }
    ]
    check_shape("MessageResponse", message)


async def test_a_multipart_body_without_files_is_taken(room: Room) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n{"content":"from a form"}\r\n--b--\r\n'
    answer = await room.kit.request(
        "POST", room.path, room.ada, data=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert answer.status == 200
    assert answer.json["content"] == "from a form"


async def test_direct_messages(room: Room) -> None:
    kit = room.kit
    opened = await kit.request("POST", "/api/v10/users/@me/channels", room.ada, json={"recipient_id": str(room.ben.id)})
    path = f"/api/v10/channels/{opened.json['id']}/messages"
    answer = await kit.scenario("POST", path, room.ben, json={"content": "psst"}, lacks=['"guild_id"'], events=["MessageSent"])
    assert "member" not in answer.json
    await kit.scenario("GET", path, room.eve, status=404, has=['"code":10003'])
    assert [m["content"] for m in (await kit.request("GET", path, room.ada)).json] == ["psst"]


async def test_slow_mode_asks_members_to_wait(room: Room) -> None:
    kit = room.kit
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"rate_limit_per_user": 60})
    await room.say("first", room.ben)
    answer = await kit.scenario("POST", room.path, room.ben, json={"content": "x"}, status=429, has=['"code":20016'])
    assert 0 < answer.json["retry_after"] <= 60
    assert answer.headers["Via"]
    await room.say("the owner need not wait")
    await room.say("nor twice")


async def test_hooks_rewrite_and_refuse(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def shout(ctx: Ctx, outgoing: Outgoing) -> Outgoing:
        if "forbidden" in outgoing.draft.content:
            raise Forbidden("That word is not said here.", code=200000)
        return Outgoing(outgoing.channel_id, Draft(outgoing.draft.content.upper()))

    offers = room.kit.app.offers
    monkeypatch.setattr(room.kit.app, "offers", lambda kind: (On(BEFORE_SEND, shout),) if kind is On else offers(kind))
    assert (await room.say("quiet"))["content"] == "QUIET"
    await room.kit.scenario("POST", room.path, room.ada, json={"content": "forbidden"}, status=403, has=["200000"], events=[])


@pytest.fixture
async def statements(room: Room) -> AsyncIterator[list[str]]:
    """The SQL statements of the writer, as they run."""
    seen: list[str] = []

    def watch(tx: Tx) -> None:
        tx.connection.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]

    def ignore(tx: Tx) -> None:
        tx.connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]

    await room.kit.ctx().write(watch)
    seen.clear()
    yield seen
    await room.kit.ctx().write(ignore)


async def test_sending_takes_four_statements_and_no_read(room: Room, statements: list[str]) -> None:
    await room.kit.settle()
    statements.clear()
    await room.say("counted")
    # what FTS5 does inside its own tables is traced as well: it names the database
    asked = [each.split()[0] for each in statements if not each.startswith("--") and "'main'." not in each]
    # after the commit durable listeners move their cursors
    assert asked[:6] == ["BEGIN", "INSERT", "INSERT", "UPDATE", "INSERT", "COMMIT"], statements
