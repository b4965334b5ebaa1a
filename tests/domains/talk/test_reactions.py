"""Reactions: who may, what is told, how they appear under messages."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from agora.domains.talk.reactions.emoji import is_emoji
from tests.domains.talk.conftest import Room
from tests.domains.talk.shapes import check_shape

UP, HEART = quote("👍"), quote("❤️")


async def test_reacting_is_told_once_and_counted(room: Room) -> None:
    kit = room.kit
    message = await room.say("like me")
    base = f"{room.path}/{message['id']}/reactions"
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.ben, status=204, events=["ReactionAdded"])
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.ben, status=204, events=[])
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.ada, status=204, events=["ReactionAdded"])
    await kit.scenario("PUT", f"{base}/{HEART}/@me", room.ada, status=204, events=["ReactionAdded"])
    page = await kit.request("GET", room.path, room.ben)
    check_shape("MessageResponse", page.json[0])
    shown = [(each["emoji"]["name"], each["count"], each["me"]) for each in page.json[0]["reactions"]]
    assert shown == [("👍", 2, True), ("❤️", 1, False)]
    users = await kit.request("GET", f"{base}/{UP}", room.ben)
    assert [user["id"] for user in users.json] == [str(room.ada.id), str(room.ben.id)]
    check_shape("UserResponse", users.json[0])
    rest = await kit.request("GET", f"{base}/{UP}?after={room.ada.id}&limit=5", room.ben)
    assert [user["id"] for user in rest.json] == [str(room.ben.id)]


async def test_taking_reactions_away(room: Room) -> None:
    kit = room.kit
    message = await room.say("like me")
    base = f"{room.path}/{message['id']}/reactions"
    for person in (room.ada, room.ben):
        for emoji in (UP, HEART):
            await kit.request("PUT", f"{base}/{emoji}/@me", person)
    await kit.scenario("DELETE", f"{base}/{UP}/@me", room.ben, status=204, events=["ReactionRemoved"])
    await kit.scenario("DELETE", f"{base}/{UP}/@me", room.ben, status=204, events=[])
    await kit.scenario("DELETE", f"{base}/{UP}/{room.ada.id}", room.ben, status=403, has=['"code":50013'])
    await kit.scenario("DELETE", f"{base}/{UP}/{room.ada.id}", room.ada, status=204, events=["ReactionRemoved"])
    await kit.scenario("DELETE", f"{base}/{HEART}", room.ben, status=403, has=['"code":50013'])
    await kit.scenario("DELETE", f"{base}/{HEART}", room.ada, status=204, events=["ReactionsCleared"])
    await kit.request("PUT", f"{base}/{UP}/@me", room.ben)
    await kit.scenario("DELETE", base, room.ada, status=204, events=["ReactionsCleared"])
    await kit.scenario("DELETE", base, room.ada, status=204, events=[])
    page = await kit.request("GET", room.path, room.ben)
    assert "reactions" not in page.json[0]


async def test_who_may_not_react(room: Room) -> None:
    kit = room.kit
    message = await room.say("like me")
    base = f"{room.path}/{message['id']}/reactions"
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.eve, status=404, has=['"code":10003'])
    await kit.scenario("PUT", f"{base}/notanemoji/@me", room.ben, status=400, has=["10014"])
    await kit.scenario("PUT", f"{room.path}/77/reactions/{UP}/@me", room.ben, status=404, has=["10008"])
    denied = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 6)}]
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": denied})
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.ben, status=403, has=['"code":50013'])
    await kit.request("PUT", f"{base}/{UP}/@me", room.ada)
    await kit.scenario("PUT", f"{base}/{UP}/@me", room.ben, status=204, events=["ReactionAdded"])


async def test_twenty_different_emojis_are_enough(room: Room) -> None:
    message = await room.say("like me")
    base = f"{room.path}/{message['id']}/reactions"
    for number in range(20):
        answer = await room.kit.request("PUT", f"{base}/{quote(chr(0x1F600 + number))}/@me", room.ada)
        assert answer.status == 204
    await room.kit.scenario("PUT", f"{base}/{UP}/@me", room.ada, status=400, has=["30010"], events=[])
    again = quote(chr(0x1F600))
    await room.kit.scenario("PUT", f"{base}/{again}/@me", room.ben, status=204, events=["ReactionAdded"])


async def test_reactions_go_with_their_message(room: Room) -> None:
    message = await room.say("like me")
    await room.kit.request("PUT", f"{room.path}/{message['id']}/reactions/{UP}/@me", room.ada)
    await room.kit.scenario("DELETE", f"{room.path}/{message['id']}", room.ada, status=204, events=["MessageDeleted"])
    from sqlalchemy import text

    left = await room.kit.ctx().read(lambda tx: tx.execute(text("SELECT count(*) FROM reactions_reaction")).scalar_one())
    assert left == 0


@pytest.mark.parametrize(
    "emoji", ["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦", "🇫🇷", "1️⃣", "#️⃣", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©", "☕"]
)  # fmt: skip
def test_emojis(emoji: str) -> None:
    assert is_emoji(emoji)


@pytest.mark.parametrize("text", ["", "a", "1", "#", "👍👍", "👍 ", "wave:123", "🇫", "\u200d", "\ufe0f", "é", "漢", "👍" * 30])
def test_no_emojis(text: str) -> None:
    assert not is_emoji(text)


@given(st.characters(codec="utf-8", min_codepoint=0x80))
def test_single_characters_agree_with_unicode(character: str) -> None:
    known = regex.fullmatch(r"[\p{Emoji}--\p{Regional_Indicator}]", character, regex.VERSION1) is not None
    assert is_emoji(character) == known
