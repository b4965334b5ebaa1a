"""Emojis of a community: who may make, change, see and use them, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agora.domains.talk.expressions import Emojis, writes
from agora.domains.talk.expressions.model import hide_id
from agora.domains.talk.files.jobs import sweep
from agora.kernel.clock import FrozenClock
from agora.kernel.files import Files
from agora.kernel.ids import created_ms
from agora.protocol.permissions import Permission
from tests.domains.talk.conftest import Room
from tests.domains.talk.expressions.pictures import GIF, JPEG, PICTURE, data_uri, webp
from tests.domains.talk.files.samples import png
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Person, open_kit

CREATE, MANAGE = Permission.CREATE_GUILD_EXPRESSIONS, Permission.MANAGE_GUILD_EXPRESSIONS


def path(room: Room, emoji: dict[str, Any] | None = None) -> str:
    """The guild's emojis, or one of them."""
    return f"/api/v10/guilds/{room.guild}/emojis" + (f"/{emoji['id']}" if emoji else "")


async def make(room: Room, name: str = "wave", person: Person | None = None, **fields: Any) -> dict[str, Any]:
    """Make an emoji over HTTP."""
    answer = await room.kit.request("POST", path(room), person or room.ada, json={"name": name, "image": PICTURE, **fields})
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


async def allow(room: Room, person: Person, bits: Permission) -> str:
    """Give somebody these rights by a role; returns its id."""
    role = await room.kit.request("POST", f"/api/v10/guilds/{room.guild}/roles", room.ada, json={"permissions": str(int(bits))})
    given = f"/api/v10/guilds/{room.guild}/members/{person.id}/roles/{role.json['id']}"
    assert (await room.kit.request("PUT", given, room.ada)).status == 204
    return str(role.json["id"])


async def test_an_emoji_is_made_read_changed_and_deleted(room: Room) -> None:
    kit = room.kit
    made = await kit.scenario(
        "POST", path(room), room.ada, json={"name": "wave", "image": PICTURE}, status=201, events=["EmojiCreated"]
    )
    emoji = made.json
    check_shape("EmojiResponse", emoji)
    assert (emoji["name"], emoji["animated"], emoji["user"]["id"]) == ("wave", False, str(room.ada.id))
    listed = await kit.scenario("GET", path(room), room.ben, lacks=['"user"'])
    assert [each["id"] for each in listed.json] == [emoji["id"]]
    await kit.scenario("GET", path(room, emoji), room.ben, has=['"wave"'], lacks=['"user"'])
    await kit.scenario("PATCH", path(room, emoji), room.ada, json={"name": "hello"}, has=['"hello"'], events=["EmojiUpdated"])
    await kit.scenario("PATCH", path(room, emoji), room.ada, json={"name": "hello"}, events=[])
    guild = await kit.request("GET", f"/api/v10/guilds/{room.guild}", room.ben)
    assert [each["name"] for each in guild.json["emojis"]] == ["hello"]
    await kit.scenario("DELETE", path(room, emoji), room.ada, status=204, events=["EmojiDeleted"])
    await kit.scenario("GET", path(room, emoji), room.ada, status=404, has=["10014"])
    assert (await kit.request("GET", path(room), room.ben)).json == []


async def test_who_may(room: Room) -> None:
    kit, body = room.kit, {"name": "mine", "image": PICTURE}
    other = await make(room)
    await kit.scenario("POST", path(room), room.ben, json=body, status=403, has=["50013"])
    await kit.scenario("GET", path(room), room.eve, status=404, has=["10004"])
    await allow(room, room.ben, CREATE)
    own = await make(room, "mine", room.ben)
    await kit.scenario("PATCH", path(room, own), room.ben, json={"name": "ours"}, events=["EmojiUpdated"])
    await kit.scenario("PATCH", path(room, other), room.ben, json={"name": "stolen"}, status=403, has=["50013"])
    await kit.scenario("DELETE", path(room, other), room.ben, status=403, has=["50013"])
    await allow(room, room.ben, MANAGE)
    await kit.scenario("DELETE", path(room, other), room.ben, status=204, events=["EmojiDeleted"])


@pytest.mark.parametrize(
    ("content", "kind", "animated"),
    [
        (png(16, 16), "image/png", False),
        (GIF, "image/gif", True),
        (JPEG, "image/jpeg", False),
        (webp(animated=False), "image/webp", False),
        (webp(animated=True), "image/webp", True),
    ],
)
async def test_the_kinds_of_pictures(room: Room, content: bytes, kind: str, animated: bool) -> None:
    """The type is that of the content, whatever the sender says and whatever ending is asked for."""
    emoji = await make(room, image=data_uri(content, "image/png"))
    assert emoji["animated"] is animated
    for ending in ("png", "gif", "webp"):
        shown = await room.kit.request("GET", f"/emojis/{emoji['id']}.{ending}")
        assert (shown.status, shown.body) == (200, content)
        assert shown.headers["Content-Type"] == kind
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert (await room.kit.request("GET", f"/emojis/{emoji['id']}.svg")).status == 404
    assert (await room.kit.request("GET", "/emojis/1.png")).status == 404


@pytest.mark.parametrize(
    "image",
    [
        "",
        "data:image/png;base64,!!!",
        data_uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        data_uri(b"BM" + bytes(60), "image/bmp"),
        data_uri(b"\x89PNG\r\n\x1a\n"),
        data_uri(png(16, 16) + bytes(256 << 10)),
        data_uri(png(1025, 1)),
    ],
)
async def test_what_is_no_picture_is_refused(room: Room, image: str) -> None:
    """Not base64, not an image, cut short, over 256 KiB, over 1024 pixels."""
    answer = await room.kit.scenario("POST", path(room), room.ada, json={"name": "wave", "image": image}, status=400, events=[])
    assert answer.json["errors"]["image"]["_errors"]


@pytest.mark.parametrize("name", ["a", "x" * 33, "no spaces", "é_é", "<b>", "", "a\n"])
async def test_names(room: Room, name: str) -> None:
    await room.kit.scenario("POST", path(room), room.ada, json={"name": name, "image": PICTURE}, status=400, has=["50035"])


async def test_there_is_an_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Still and animated ones are counted apart."""
    monkeypatch.setattr(writes, "MAX_EMOJIS", 2)
    for name in ("one", "two"):
        await make(room, name)
    await room.kit.scenario("POST", path(room), room.ada, json={"name": "three", "image": PICTURE}, status=400, has=["30008"])
    for name in ("one", "two"):
        await make(room, name, image=data_uri(GIF))
    body = {"name": "three", "image": data_uri(GIF)}
    await room.kit.scenario("POST", path(room), room.ada, json=body, status=400, has=["30018"])


async def test_in_messages(room: Room) -> None:
    """Rendered for who may use it; the content stays as it was sent."""
    emoji = await make(room)
    sent = await room.say(f"hi <:wave:{emoji['id']}>!", room.ben)
    assert sent["content"] == f"hi <:wave:{emoji['id']}>!"
    html = str(sent["content_html"])
    assert re.fullmatch(r"<p>hi <img [^>]*>!</p>", html)
    for part in (f'src="/emojis/{emoji["id"]}.webp"', 'alt=":wave:"', 'class="emoji-picture"'):
        assert part in html
    unknown = await room.say("hi <:wave:5>", room.ben)
    assert unknown["content_html"] == "<p>hi :wave:</p>"
    code = await room.say(f"`<:wave:{emoji['id']}>`", room.ben)
    assert "<img" not in str(code["content_html"])


async def test_no_other_picture_gets_into_a_message(room: Room) -> None:
    for text in ("![x](https://example.org/x.png)", '<img src="/emojis/5.webp">', "<:x:5 onerror=alert(1)>"):
        assert "<img" not in str((await room.say(f"*{text}*"))["content_html"])


async def test_only_some_roles(room: Room) -> None:
    kit = room.kit
    role = await allow(room, room.ada, Permission(0))
    emoji = await make(room, roles=[role])
    assert emoji["roles"] == [role]
    text = f"<:wave:{emoji['id']}>"
    assert "<img" in str((await room.say(text, room.ada))["content_html"])
    assert (await room.say(text, room.ben))["content_html"] == "<p>:wave:</p>"
    await kit.scenario("PATCH", path(room, emoji), room.ada, json={"roles": ["5"]}, status=400, has=["roles"])
    await kit.scenario(
        "DELETE", f"/api/v10/guilds/{room.guild}/roles/{role}", room.ada, status=204, events=["RoleDeleted", "EmojiUpdated"]
    )
    assert "<img" in str((await room.say(text, room.ben))["content_html"])


async def test_in_other_communities(room: Room) -> None:
    """Members take theirs along, where they may; nobody else learns of it."""
    emoji = await make(room)
    text = f"<:wave:{emoji['id']}>"
    guild = await room.kit.guild(room.eve, room.ben)
    elsewhere = await room.kit.channel(room.eve, guild)
    messages = f"/api/v10/channels/{elsewhere}/messages"
    sent = await room.kit.request("POST", messages, room.ben, json={"content": text})
    assert "<img" in sent.json["content_html"]
    assert (await room.kit.request("POST", messages, room.eve, json={"content": text})).json["content_html"] == "<p>:wave:</p>"
    sign = f"{messages}/{sent.json['id']}/reactions/wave:{emoji['id']}/@me"
    await room.kit.scenario("PUT", sign, room.eve, status=400, has=["10014"])
    await room.kit.scenario("PUT", sign, room.ben, status=204, events=["ReactionAdded"])
    await room.kit.scenario("PUT", sign, room.eve, status=204, events=["ReactionAdded"])
    deny = {"type": 1, "allow": "0", "deny": str(int(Permission.USE_EXTERNAL_EMOJIS))}
    rule = f"/api/v10/channels/{elsewhere}/permissions/{room.ben.id}"
    assert (await room.kit.request("PUT", rule, room.eve, json=deny)).status == 204
    answer = await room.kit.request("POST", messages, room.ben, json={"content": text})
    assert answer.json["content_html"] == "<p>:wave:</p>"


async def test_as_reactions(room: Room) -> None:
    """Only the id counts: a new name joins the old one, and what is gone keeps its name."""
    kit, emoji = room.kit, await make(room)
    message = await room.say("react")
    base = f"{room.path}/{message['id']}/reactions"
    sign = f"{base}/wave:{emoji['id']}"
    await kit.scenario("PUT", f"{sign}/@me", room.ben, status=204, events=["ReactionAdded"])
    await kit.request("PATCH", path(room, emoji), room.ada, json={"name": "hello"})
    await kit.scenario("PUT", f"{base}/hello:{emoji['id']}/@me", room.ada, status=204, events=["ReactionAdded"])
    await kit.scenario("PUT", f"{base}/%3Awave%3A{emoji['id']}/@me", room.ada, status=204, events=[])
    shown = (await kit.request("GET", f"{room.path}/{message['id']}", room.ben)).json
    check_shape("MessageResponse", shown)
    [one] = shown["reactions"]
    assert (one["emoji"], one["count"], one["me"]) == ({"id": emoji["id"], "name": "wave", "animated": False}, 2, True)
    users = await kit.request("GET", f"{base}/hello:{emoji['id']}", room.ben)
    assert {user["id"] for user in users.json} == {str(room.ada.id), str(room.ben.id)}
    await kit.request("DELETE", path(room, emoji), room.ada)
    [kept] = (await kit.request("GET", f"{room.path}/{message['id']}", room.ben)).json["reactions"]
    assert kept["emoji"]["name"] == "wave"
    await kit.scenario("DELETE", f"{sign}/@me", room.ben, status=204, events=["ReactionRemoved"])
    await kit.scenario("DELETE", sign, room.ada, status=204, events=["ReactionsCleared"])
    await kit.scenario("PUT", f"{sign}/@me", room.ben, status=400, has=["10014"])
    for bad in ("x:5", "wave:", "wave:abc", "wa ve:5", ":5"):
        await kit.scenario("PUT", f"{base}/{bad}/@me", room.ben, status=400, has=["10014"])


async def test_the_audit_log_tells(room: Room) -> None:
    kit, emoji = room.kit, await make(room)
    await kit.request("PATCH", path(room, emoji), room.ada, json={"name": "hello"}, headers={"X-Audit-Log-Reason": "nicer"})
    await kit.request("DELETE", path(room, emoji), room.ada)
    await kit.settle()
    log = await kit.request("GET", f"/api/v10/guilds/{room.guild}/audit-logs", room.ada)
    check_shape("GuildAuditLogResponse", log.json)
    entries = [each for each in log.json["audit_log_entries"] if each["target_id"] == emoji["id"]]
    assert [each["action_type"] for each in entries] == [62, 61, 60]
    assert entries[1]["reason"] == "nicer"
    assert entries[1]["changes"] == [{"key": "name", "old_value": "wave", "new_value": "hello"}]


async def test_the_picture_goes_with_the_last_emoji_that_shows_it(tmp_path: Path) -> None:
    """After the time that uploads are kept for, and not before; a guild takes its emojis along."""
    clock = FrozenClock()
    async with open_kit(tmp_path, clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        made = [
            (await kit.request("POST", f"/api/v10/guilds/{guild}/emojis", ada, json={"name": name, "image": PICTURE})).json
            for name in ("one", "two")
        ]
        hash = next(iter(kit.app.get(Emojis).of(guild))).hash
        clock.advance(7_200_000)
        await sweep(kit.ctx())
        assert kit.app.get(Files).find(hash) is not None, "it is shown"
        await kit.request("DELETE", f"/api/v10/guilds/{guild}/emojis/{made[0]['id']}", ada)
        clock.advance(7_200_000)
        await sweep(kit.ctx())
        assert kit.app.get(Files).find(hash) is not None, "the other one shows it"
        assert (await kit.request("DELETE", f"/api/v10/guilds/{guild}", ada)).status == 204
        clock.advance(7_200_000)
        await sweep(kit.ctx())
        assert kit.app.get(Files).find(hash) is None
        assert (await kit.request("GET", f"/emojis/{made[1]['id']}.png")).status == 404


async def test_after_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        emoji = (await kit.request("POST", f"/api/v10/guilds/{guild}/emojis", ada, json={"name": "wave", "image": PICTURE})).json
    async with open_kit(tmp_path) as kit:
        assert (await kit.request("GET", f"/api/v10/guilds/{guild}/emojis/{emoji['id']}", ada)).json["name"] == "wave"
        assert (await kit.request("GET", f"/emojis/{emoji['id']}.png")).status == 200


def test_ids_cannot_be_counted() -> None:
    """Pictures are served by id alone, so one id says nothing of others; its time stays right."""
    first = 1_234_567_890_123_456_789
    hidden = {hide_id(first) for _ in range(100)}
    assert len(hidden) > 90
    assert {created_ms(each) for each in hidden} == {created_ms(first)}
