"""Imports: what comes, what is kept, what comes only once, and what is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest

from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.domains.talk.expressions import writes
from agora.domains.talk.messages import MessagesImported
from agora.kernel.clock import iso
from agora.kernel.ids import created_ms
from tests.domains.operations.transfer import samples
from tests.domains.operations.transfer.conftest import Brought, Scene
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit


async def test_discord_keeps_ids_times_replies_mentions_and_reactions(bring: Brought) -> None:
    done = await bring(samples.discord_zip(), name="old.zip")
    assert done["state"] == "done", done
    report = done["report"]
    assert (report["users"], report["channels"], report["messages"], report["files"]) == (3, 1, 6, 1)
    assert report["left_out"] == {"emoji": 1, "system": 1}
    room = (await bring.channels(done["guild_id"]))["general-chat"]
    assert room["topic"] == "All things"
    first, answer, embed, edited, file, mentioned = await bring.messages(room["id"])
    assert [first["id"], answer["id"]] == [samples.message_id(0), samples.message_id(1)]
    assert first["timestamp"].startswith("2020-09-13T12:26:40")
    assert "<strong>café</strong>" in first["content_html"]
    assert [(r["emoji"]["name"], r["count"]) for r in first["reactions"]] == [(samples.THUMB, 2)]
    ana = first["author"]["id"]
    assert (first["author"]["username"], first["author"]["global_name"], embed["author"]["bot"]) == ("ana", "Ana", True)
    assert answer["content"] == f"answer to <@{ana}> in <#{room['id']}>"
    assert answer["referenced_message"]["id"] == first["id"]
    assert [user["id"] for user in answer["mentions"]] == [ana]
    assert (embed["embeds"][0]["title"], embed["embeds"][0]["color"]) == ("Weather", 0x00FF00)
    assert edited["pinned"] and edited["edited_timestamp"].startswith("2020-09-13T12:43:19")
    assert (file["attachments"][0]["filename"], file["attachments"][0]["content_type"]) == ("look.png", "image/png")
    assert mentioned["content"] == f"hello <@{ana}>"


PARTY = {"id": "99", "name": "party", "code": "party", "isAnimated": False, "imageUrl": "media/party-1A2B3.png"}
LARGE = {"id": "77", "name": "large", "code": "large", "isAnimated": True, "imageUrl": "media/large.gif"}
GONE = {"id": "98", "name": "gone", "code": "gone", "isAnimated": False, "imageUrl": "https://cdn.discordapp.com/emojis/98.png"}


def with_emojis() -> bytes:
    """A zip as the exporter makes it with media: emojis in readable texts, as Discord writes them, and in reactions."""
    smile = {"id": "", "name": "\N{GRINNING FACE}", "code": "grinning", "isAnimated": False, "imageUrl": "media/smile.svg"}
    reactions = [
        {**samples.reaction("party", samples.BEN, samples.BOT, key="99"), "emoji": PARTY},
        {**samples.reaction("gone", samples.BEN, key="98"), "emoji": GONE},
        samples.reaction(samples.THUMB, samples.BEN),
    ]
    talk = [
        samples.discord_message(0, samples.ANA, "well :party: and :gone: at 10:30:00", inlineEmojis=[PARTY, GONE, smile]),
        samples.discord_message(1, samples.BEN, "as Discord writes it: <:party:99> <a:large:77>", inlineEmojis=[LARGE]),
        samples.discord_message(2, samples.ANA, "look", reactions=reactions),
    ]
    files = {"Old Place - general chat.json": samples.discord(talk), "media/party-1A2B3.png": png(32, 32)}
    return samples.zipped(files | {"media/large.gif": b"GIF89a" + b"\0" * 300_000})


async def test_discords_own_emojis_come_along_with_their_pictures(bring: Brought, agora: Kit) -> None:
    looked = (await bring(with_emojis(), dry_run="true"))["report"]
    assert (looked["emojis"], looked["reactions"]) == (2, 3), "a picture is looked at only when it is taken"
    done = await bring(with_emojis())
    assert done["state"] == "done", done
    report = done["report"]
    assert (report["messages"], report["emojis"], report["reactions"]) == (3, 1, 3)
    assert report["left_out"] == {"emoji": 1, "emoji_picture": 1}
    (made,) = (await agora.request("GET", f"/api/v10/guilds/{done['guild_id']}/emojis", bring.root)).json
    assert (made["name"], made["animated"]) == ("party", False)
    assert (await agora.request("GET", f"/emojis/{made['id']}.png")).body == png(32, 32)
    room = (await bring.channels(done["guild_id"]))["general-chat"]
    readable, written, reacted = await bring.messages(room["id"])
    assert readable["content"] == f"well <:party:{made['id']}> and :gone: at 10:30:00"
    assert f"/emojis/{made['id']}" in readable["content_html"]
    assert written["content"] == f"as Discord writes it: <:party:{made['id']}> :large:"
    assert [(each["emoji"]["id"], each["count"]) for each in reacted["reactions"]] == [(made["id"], 2), (None, 1)]
    # once for each id: again, and by a later export without media
    again = (await bring(with_emojis()))["report"]
    assert "emojis" not in again
    later = [
        samples.discord_message(
            9, samples.BEN, "later :party:", inlineEmojis=[{**PARTY, "imageUrl": "https://cdn.discordapp.com/x"}]
        )
    ]
    await bring(samples.discord(later))
    assert (await bring.messages(room["id"]))[-1]["content"] == f"later <:party:{made['id']}>"


async def test_forwards_stay_forwards(bring: Brought, agora: Kit) -> None:
    file = {"id": "1", "url": "media/look.png", "fileName": "look.png", "fileSizeBytes": len(png())}
    carried = {
        "content": f"**plan** by <@{samples.ANA}>",
        "timestamp": iso(samples.START_MS),
        "timestampEdited": None,
        "attachments": [file],
        "embeds": [],
        "stickers": [],
    }
    here = {"type": "Forward", "messageId": samples.message_id(0), "channelId": samples.ROOM_ID, "guildId": samples.GUILD_ID}
    talk = [
        samples.discord_message(0, samples.ANA, "**plan**"),
        samples.discord_message(1, samples.BEN, "", type="Default", reference=here, forwardedMessage=carried),
        samples.discord_message(
            2,
            samples.BEN,
            "",
            type="Default",
            reference=here | {"channelId": "7", "messageId": "8"},
            forwardedMessage=carried | {"attachments": [file | {"url": "https://cdn.example/x.png"}]},
        ),
    ]
    done = await bring(samples.zipped({"a.json": samples.discord(talk), "media/look.png": png()}))
    assert (done["state"], done["report"]["messages"], done["report"]["files"]) == ("done", 3, 1), done
    room = (await bring.channels(done["guild_id"]))["general-chat"]
    first, known, unknown = await bring.messages(room["id"])
    assert known["message_reference"] == {
        "type": 1,
        "channel_id": room["id"],
        "message_id": first["id"],
        "guild_id": done["guild_id"],
    }
    said = known["message_snapshots"][0]["message"]
    assert (known["content"], said["content"]) == ("", f"**plan** by <@{first['author']['id']}>")
    assert "<strong>plan</strong>" in said["content_html"]
    assert [each["filename"] for each in said["attachments"]] == ["look.png"]
    assert said["timestamp"].startswith("2020-09-13T12:26:40")
    assert (unknown["message_reference"]["channel_id"], "guild_id" in unknown["message_reference"]) == ("7", False)
    assert "look.png" in unknown["message_snapshots"][0]["message"]["content"]
    found = await agora.request("GET", f"/api/v10/guilds/{done['guild_id']}/messages/search?content=plan", bring.root)
    assert found.json["total_results"] == 3


async def test_a_full_community_keeps_the_names(bring: Brought, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "MAX_EMOJIS", 0)
    done = await bring(with_emojis())
    assert done["report"]["left_out"] == {"emoji": 3, "emoji_picture": 2}
    room = (await bring.channels(done["guild_id"]))["general-chat"]
    assert (await bring.messages(room["id"]))[1]["content"] == "as Discord writes it: :party: :large:"


async def test_the_same_file_twice_brings_nothing(bring: Brought) -> None:
    first = await bring(samples.discord_zip())
    again = await bring(samples.discord_zip())
    assert again["guild_id"] == first["guild_id"]
    assert again["report"]["known"] == 6
    assert not {"users", "channels", "messages", "reactions", "files"} & again["report"].keys()
    room = (await bring.channels(first["guild_id"]))["general-chat"]
    assert len(await bring.messages(room["id"])) == 6


async def test_a_longer_export_of_the_same_channel_goes_on(bring: Brought) -> None:
    first = await bring(samples.discord(samples.talk()[:2]))
    await bring(samples.discord([*samples.talk()[:2], samples.discord_message(9, samples.ANA, "later")]))
    room = (await bring.channels(first["guild_id"]))["general-chat"]
    assert [message["content"] for message in await bring.messages(room["id"])][-1] == "later"


async def test_slack(bring: Brought) -> None:
    done = await bring(samples.slack())
    assert done["state"] == "done", done
    assert done["report"]["messages"] == 5
    assert done["report"]["left_out"] == {"direct": 1, "emoji": 1, "system": 1}
    rooms = await bring.channels(done["guild_id"])
    bold, answer, program, file = await bring.messages(rooms["general"]["id"])
    assert bold["content"] == "**bold** & [link](https://a.example) \N{PARTY POPPER}"
    assert created_ms(int(bold["id"])) == samples.START_MS + 60_000
    assert bold["author"]["global_name"] == "Ana Ruiz"
    assert bold["reactions"][0]["emoji"]["name"] == samples.THUMB
    assert answer["content"] == f"yes <@{bold['author']['id']}>, see <#{rooms['general']['id']}>"
    assert answer["message_reference"]["message_id"] == bold["id"]
    assert (program["author"]["username"], program["author"]["bot"]) == ("deploy", True)
    assert file["attachments"][0]["filename"] == "look.png"
    assert file["edited_timestamp"] is not None


async def test_mattermost(bring: Brought) -> None:
    done = await bring(samples.mattermost_zip())
    assert done["state"] == "done", done
    assert (done["report"]["messages"], done["report"]["files"]) == (4, 1)
    assert done["report"]["left_out"] == {"direct": 1}
    room = (await bring.channels(done["guild_id"]))["town-square"]
    hello, answer, look = await bring.messages(room["id"])
    assert (hello["content"], hello["pinned"]) == ("Hello \N{PARTY POPPER}", True)
    assert answer["content"] == f"yes <@{hello['author']['id']}>"
    assert answer["message_reference"]["message_id"] == hello["id"]
    assert look["attachments"][0]["filename"] == "look.png"


@pytest.mark.parametrize(("sample", "hidden"), [(samples.slack, "secret"), (samples.mattermost, "den")])
async def test_private_channels_stay_private(bring: Brought, agora: Kit, sample: Any, hidden: str) -> None:
    done = await bring(sample())
    guild_id = int(done["guild_id"])
    users = agora.app.get(Users)
    ana, ben = users.by_name("ana"), users.by_name("ben")
    assert ana is not None and ben is not None
    directory = agora.app.get(Directory)
    (room,) = [channel for channel in directory.channels(guild_id) if channel.name == hidden]
    assert directory.can_view(ben.id, room.id)
    assert not directory.can_view(ana.id, room.id)


async def test_a_dry_run_says_the_same_and_changes_nothing(bring: Brought, agora: Kit) -> None:
    people = len(agora.app.get(Users).all())
    looked = await bring(samples.discord_zip(), dry_run="true")
    assert looked["dry_run"] and looked["state"] == "done"
    assert len(agora.app.get(Users).all()) == people
    done = await bring(samples.discord_zip())
    wanted = {name: looked["report"][name] for name in ("users", "channels", "messages", "files", "left_out")}
    assert wanted == {name: done["report"][name] for name in wanted}
    known = await bring(samples.discord_zip(), dry_run="true")
    assert known["report"]["known"] == 6


async def test_old_messages_are_found_at_once_and_notify_nobody(bring: Brought, agora: Kit) -> None:
    agora.take_events()
    done = await bring(samples.discord_zip())
    recorded = agora.take_recorded()
    assert "MessageSent" not in [event.type.partition(".")[2] for event in recorded]
    (event,) = [each.event for each in recorded if isinstance(each.event, MessagesImported)]
    assert isinstance(event, MessagesImported)
    assert len(event.ids) == 6 and event.last_id == int(samples.message_id(6))
    found = await agora.request("GET", f"/api/v10/guilds/{done['guild_id']}/messages/search?content=cafe", bring.root)
    assert found.json["total_results"] == 1
    room = (await bring.channels(done["guild_id"]))["general-chat"]
    assert room["last_message_id"] == samples.message_id(6)


async def test_placeholders_cannot_sign_in_and_can_be_matched_instead(bring: Brought, agora: Kit) -> None:
    mine = await agora.person("ben")
    apart = await bring(samples.discord())
    assert apart["report"]["users"] == 3
    login = {"login": "ana", "password": ""}
    assert (await agora.request("POST", "/api/v10/auth/login", json=login)).status in (400, 401)
    matched = await bring(samples.mattermost(), match="true")
    room = (await bring.channels(matched["guild_id"]))["town-square"]
    assert (await bring.messages(room["id"]))[1]["author"]["id"] == str(mine.id)


async def test_into_a_community_that_exists(scene: Scene, bring: Brought) -> None:
    done = await bring(samples.slack(), guild_id=str(scene.guild))
    assert done["guild_id"] == str(scene.guild)
    answer = await scene.kit.request("GET", f"/api/v10/guilds/{scene.guild}/channels", scene.owner)
    assert {"history", "secret"} <= {channel["name"] for channel in answer.json}


async def test_an_own_export_comes_back_whole(scene: Scene, bring: Brought) -> None:
    first = await scene.say(scene.owner, f"**one** <@{scene.member.id}>")
    await scene.say(scene.member, "two", message_reference={"message_id": first})
    await scene.send_file(scene.owner, "look")
    await scene.react(scene.member, first)
    begun = await scene.kit.request("POST", f"/api/agora/channels/{scene.channel}/exports", scene.owner, json={"files": True})
    done = await scene.finish(scene.owner, begun.json)
    content = (await scene.kit.request("GET", done["url"], scene.owner)).body
    back = await bring(content, match="true")
    assert back["state"] == "done", back
    room = (await bring.channels(back["guild_id"]))["history"]
    one, two, look = await bring.messages(room["id"])
    assert one["content"] == f"**one** <@{scene.member.id}>"
    assert int(one["id"]) > int(first)  # the id is taken by the message itself
    assert one["timestamp"] == iso_of(first)
    assert one["author"]["id"] == str(scene.owner.id)
    assert one["reactions"][0]["count"] == 1
    assert two["message_reference"]["message_id"] == one["id"]
    assert look["attachments"][0]["size"] > 0


def iso_of(message_id: str) -> str:
    """The time in an id."""
    return iso(created_ms(int(message_id)))


async def test_only_the_owner_imports(agora: Kit, bring: Brought) -> None:
    person = await agora.person("person")
    assert (await agora.request("POST", "/api/agora/imports", person, data=samples.discord())).status == 403
    assert (await agora.request("POST", "/api/agora/imports", None, data=samples.discord())).status == 401
