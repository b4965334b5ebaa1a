"""/remind, /poll and /search, in both languages, and a reminder over a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agora.domains.talk.builtins import remind
from agora.domains.talk.builtins.remind import read_duration
from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.kit.asker import asking
from tests.kit.server import open_kit


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600),
        ("1h30m", 5400),
        ("1 h 30 min", 5400),
        ("2 jours", 172800),
        ("1 week and 1 day", 691200),
        ("2 semaines et 3 heures", 1220400),
        ("90s", 90),
        ("", None),
        ("soon", None),
        ("10 parsecs", None),
        ("10m later", None),
    ],
)
def test_durations_in_both_languages(text: str, seconds: int | None) -> None:
    assert read_duration(text) == (None if seconds is None else seconds * 1000)


async def test_commands_speak_the_askers_language(room: Room) -> None:
    await room.kit.request("PATCH", "/api/v10/users/@me", room.ben, json={"locale": "fr"})
    async with asking(room.kit, room.ben, room.channel) as ben, asking(room.kit, room.ada, room.channel) as ada:
        command = (await ben.index())["remind"]
        assert (command["name_localized"], command["options"][0]["name_localized"]) == ("rappel", "quand")
        assert "name_localized" not in (await ada.index())["remind"]
        await ben.use("remind", when="bientôt", what="x")
        await ben.hears("Dites dans combien de temps", private=True)
        await ada.use("remind", when="soon", what="x")
        await ada.hears("Say in how long", private=True)
        await room.say("marker")
        await ada.hears("marker")
        assert not [d for d in ada.gateway.named("MESSAGE_CREATE") if "Dites" in d["content"]], "only who asked sees it"


async def test_a_poll_of_the_server(room: Room) -> None:
    async with asking(room.kit, room.ben, room.channel) as ben:
        await ben.use("poll", question="Tea?", answer1="Yes", answer2="No", hours=3, several=True)
        message = await ben.gateway.wait_for("MESSAGE_CREATE", lambda d: "poll" in d)
        assert message["poll"]["question"]["text"] == "Tea?" and message["poll"]["allow_multiselect"]
        assert [each["poll_media"]["text"] for each in message["poll"]["answers"]] == ["Yes", "No"]
        assert (message["interaction"]["name"], message["interaction"]["user"]["id"]) == ("poll", str(room.ben.id))
        path = f"/api/v10/channels/{room.channel}/polls/{message['id']}/answers/@me"
        await room.kit.scenario("PUT", path, room.ada, json={"answer_ids": [1, 2]}, status=204, events=["VoteCast", "VoteCast"])
        await room.kit.request(
            "PATCH", f"/api/v10/guilds/{room.guild}/roles/{room.guild}", room.ada, json={"permissions": str(1 << 10 | 1 << 31)}
        )
        await ben.use("poll", question="Again?", answer1="Yes", answer2="No")
        await ben.hears("Missing Permissions", private=True)


async def test_search_is_answered_in_private_and_reads_only_what_one_may(room: Room) -> None:
    hidden = await room.kit.channel(
        room.ada, room.guild, "hidden", permission_overwrites=[{"id": str(room.guild), "type": 0, "deny": "1024"}]
    )
    await room.say("the lighthouse keeper")
    await room.kit.request("POST", f"/api/v10/channels/{hidden}/messages", room.ada, json={"content": "a lighthouse in secret"})
    async with asking(room.kit, room.ben, room.channel) as ben, asking(room.kit, room.ada, room.channel) as ada:
        await ben.use("search", words="lighthouse")
        found = await ben.hears("for “lighthouse”", private=True)
        assert "keeper" in found["content"] and "secret" not in found["content"]
        await ada.use("search", words="lighthouse")
        assert "secret" in (await ada.hears("for “lighthouse”", private=True))["content"]
        await ben.use("search", words="zeppelin")
        await ben.hears("Nothing found for “zeppelin”", private=True)


async def test_a_reminder_comes_once_also_after_a_restart(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        channel = await kit.channel(ada, await kit.guild(ada))
        async with asking(kit, ada, channel) as asker:
            await asker.use("remind", when="2h", what="water the plants")
            await asker.hears("Noted for", private=True)
    clock.advance(7_200_001)
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        path = f"/api/v10/channels/{channel}/messages"
        async with asyncio.timeout(20):
            while not (page := (await kit.request("GET", path, ada)).json):
                await asyncio.sleep(0.05)
        (message,) = page
        assert message["content"] == f"<@{ada.id}>, a reminder: water the plants"
        assert [each["id"] for each in message["mentions"]] == [str(ada.id)]
        assert not message["flags"] & 64, "everybody sees it"


async def test_reminders_are_listed_and_taken_back(room: Room) -> None:
    path = "/api/agora/reminders"
    async with asking(room.kit, room.ben, room.channel) as ben, asking(room.kit, room.ada, room.channel) as ada:
        await ben.use("reminders")
        await ben.hears("You have no reminders", private=True)
        for when, what in (("2h", "water the plants"), ("1h", "call **home**"), ("3 days", "third")):
            await ben.use("remind", when=when, what=what)
            await ben.hears("Noted for", private=True)
        await ben.use("reminders")
        listed = (await ben.hears("Your reminders (3)", private=True))["content"].splitlines()
        assert [line.partition(f"<#{room.channel}>: ")[2] for line in listed[1:]] == ["call **home**", "water the plants", "third"]
        items = (await room.kit.request("GET", path, room.ben)).json["items"]
        assert [each["text"] for each in items] == ["call **home**", "water the plants", "third"]
        assert {(each["channel_id"], each["guild_id"]) for each in items} == {(str(room.channel), str(room.guild))}
        assert (await room.kit.request("GET", path, room.ada)).json["items"] == []
        await room.kit.scenario("DELETE", f"{path}/{items[0]['id']}", room.ada, status=404)
        await room.kit.scenario("DELETE", f"{path}/{items[0]['id']}", room.ben, status=204)
        choices = await ben.complete("reminders", delete="water")
        assert [each["value"] for each in choices] == [items[1]["id"]] and choices[0]["name"].endswith("water the plants")
        await ada.use("reminders", delete=items[1]["id"])
        await ada.hears("no such reminder of yours", private=True)
        await ben.use("reminders", delete=items[1]["id"])
        await ben.hears("Deleted.", private=True)
        left = (await room.kit.request("GET", path, room.ben)).json["items"]
        assert [each["text"] for each in left] == ["third"]


async def test_nobody_has_too_many_reminders(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remind, "MOST", 1)
    async with asking(room.kit, room.ben, room.channel) as ben:
        await ben.use("remind", when="2h", what="one")
        await ben.hears("Noted for", private=True)
        await ben.use("remind", when="2h", what="two")
        await ben.hears("You have 1 reminders already", private=True)
