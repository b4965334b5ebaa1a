"""Exports: three formats, whose history it is, what is written down about it."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import msgspec

from tests.domains.operations.transfer.conftest import Scene
from tests.domains.talk.expressions.pictures import HEADERS, PICTURE, sticker_form

SCRIPT = "<script>alert(1)</script> **bold** `</style>` [x](javascript:alert(1))"


async def export(scene: Scene, format: str, *, files: bool = False) -> Any:
    """Ask as the owner, wait, fetch."""
    path = f"/api/agora/channels/{scene.channel}/exports"
    begun = await scene.kit.request("POST", path, scene.owner, json={"format": format, "files": files})
    assert begun.status == 202, begun.text
    done = await scene.finish(scene.owner, begun.json)
    assert done["state"] == "done", done
    assert done["done"] == done["total"]
    return await scene.kit.request("GET", done["url"], scene.owner)


async def test_json_has_discordchatexporters_shape(scene: Scene) -> None:
    first = await scene.say(scene.owner, "Café first")
    answer = {"message_reference": {"message_id": first}, "embeds": [{"title": "T", "color": 255, "fields": []}]}
    second = await scene.say(scene.member, f"hello <@{scene.owner.id}>", **answer)
    await scene.react(scene.owner, second)
    await scene.react(scene.member, second)
    found = await export(scene, "json")
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["Content-Disposition"].startswith("attachment")
    document = found.json
    assert list(document) == ["guild", "channel", "dateRange", "exportedAt", "messages", "messageCount"]
    assert document["guild"] == {"id": str(scene.guild), "name": "Atelier & Co", "iconUrl": ""}
    assert document["channel"]["type"] == "GuildTextChat"
    assert document["channel"]["topic"] == "What was"
    assert document["messageCount"] == 2
    one, two = document["messages"]
    assert (one["id"], one["type"], one["content"]) == (first, "Default", "Café first")
    assert one["author"]["name"] == "olga"
    assert (two["type"], two["reference"]["messageId"]) == ("Reply", first)
    assert [user["id"] for user in two["mentions"]] == [str(scene.owner.id)]
    assert two["embeds"][0]["color"] == "#0000FF"
    (reaction,) = two["reactions"]
    assert (reaction["emoji"]["name"], reaction["count"]) == ("\N{THUMBS UP SIGN}", 2)
    assert {user["id"] for user in reaction["users"]} == {str(scene.owner.id), str(scene.member.id)}


class _Outside(HTMLParser):
    """Collects everything in a page that could run or be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]


async def test_html_is_one_page_that_runs_and_loads_nothing(scene: Scene) -> None:
    await scene.say(scene.owner, SCRIPT)
    found = await export(scene, "html")
    page = _Outside()
    page.feed(found.text)
    assert not {"script", "iframe", "object", "base"} & set(page.tags)
    assert [address[:22] for address in page.addresses] == ["data:text/css;base64,L"]
    assert "<strong>bold</strong>" in found.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found.text
    assert found.text.rstrip().endswith("</html>")


async def test_markdown_is_the_text_as_it_was_written(scene: Scene) -> None:
    first = await scene.say(scene.owner, "**one**")
    await scene.say(scene.member, "two", message_reference={"message_id": first})
    text = (await export(scene, "markdown")).text
    assert text.startswith("# Atelier & Co · history\n\nWhat was\n\n## ")
    assert re.search(r"\*\*olga\*\* · \d\d:\d\d\n\n\*\*one\*\*\n\n\*\*milo\*\* · \d\d:\d\d\n\n> olga: \*\*one\*\*\n\ntwo\n", text)
    assert "2 messages" in text


async def test_what_was_carried_on_and_emojis_are_readable_without_the_server(scene: Scene) -> None:
    body = {"name": "wave", "image": PICTURE}
    emoji = (await scene.kit.request("POST", f"/api/v10/guilds/{scene.guild}/emojis", scene.owner, json=body)).json
    first = await scene.say(scene.owner, f"**carry** this <:wave:{emoji['id']}>")
    reference = {"type": 1, "message_id": first, "channel_id": str(scene.channel)}
    await scene.say(scene.member, "", message_reference=reference)
    form = sticker_form(name="Friendly")
    sticker = await scene.kit.request("POST", f"/api/v10/guilds/{scene.guild}/stickers", scene.owner, data=form, headers=HEADERS)
    await scene.say(scene.member, "", sticker_ids=[sticker.json["id"]])
    sign = f"/api/v10/channels/{scene.channel}/messages/{first}/reactions/wave:{emoji['id']}/@me"
    assert (await scene.kit.request("PUT", sign, scene.member)).status == 204
    one, two, three = (await export(scene, "json")).json["messages"]
    assert [each["name"] for each in three["stickers"]] == ["Friendly"]
    assert one["reactions"][0]["emoji"]["id"] == emoji["id"]
    assert one["reactions"][0]["emoji"]["imageUrl"].endswith(f"/emojis/{emoji['id']}.webp")
    assert two["reference"] == {"type": "Forward", "messageId": first, "channelId": str(scene.channel), "guildId": str(scene.guild)}
    assert two["forwardedMessage"]["content"] == one["content"]
    page = (await export(scene, "html")).text
    assert "<blockquote><p><strong>carry</strong> this :wave:</p></blockquote>" in page
    assert "<img" not in page
    text = (await export(scene, "markdown")).text
    assert f"> **carry** this <:wave:{emoji['id']}>" in text
    assert ":wave: 1" in text
    assert "[Friendly]" in page and "[Friendly]" in text


async def test_files_come_along_in_a_zip(scene: Scene) -> None:
    await scene.send_file(scene.owner, "look")
    found = await export(scene, "json", files=True)
    with zipfile.ZipFile(io.BytesIO(found.body)) as archive:
        (room,) = [name for name in archive.namelist() if name.endswith(".json")]
        (attachment,) = msgspec.json.decode(archive.read(room))["messages"][0]["attachments"]
        assert attachment["url"].startswith("media/")
        assert archive.read(attachment["url"]).startswith(b"\x89PNG")


async def test_more_messages_than_a_page(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr("agora.domains.operations.transfer.exporting.PAGE", 3)
    sent = [await scene.say(scene.owner, f"message {number}") for number in range(10)]
    document = (await export(scene, "json")).json
    assert [message["id"] for message in document["messages"]] == sent


async def test_a_guild_gives_the_channels_that_one_may_read(scene: Scene) -> None:
    await scene.say(scene.owner, "seen")
    path = f"/api/agora/guilds/{scene.guild}/exports"
    assert (await scene.kit.request("POST", path, scene.member, json={})).status == 403
    begun = await scene.kit.request("POST", path, scene.owner, json={"format": "markdown"})
    done = await scene.finish(scene.owner, begun.json)
    with zipfile.ZipFile(io.BytesIO((await scene.kit.request("GET", done["url"], scene.owner)).body)) as archive:
        names = archive.namelist()
        assert any(name.endswith(f"history [{scene.channel}].md") for name in names)
        assert "seen" in "".join(archive.read(name).decode() for name in names)


async def test_who_may_export(scene: Scene) -> None:
    path = f"/api/agora/channels/{scene.channel}/exports"
    assert (await scene.kit.request("POST", path, scene.member, json={})).json["code"] == 50013
    stranger = await scene.kit.person("stranger", owner=True)
    assert (await scene.kit.request("POST", path, stranger, json={})).json["code"] == 10003
    begun = await scene.kit.request("POST", path, scene.owner, json={})
    done = await scene.finish(scene.owner, begun.json)
    assert (await scene.kit.request("GET", done["url"], stranger)).status == 404
    assert (await scene.kit.request("GET", f"/api/agora/transfers/{done['id']}", stranger)).status == 404
    assert (await scene.kit.request("GET", done["url"])).status == 401


async def test_direct_messages_belong_to_who_is_in_them(scene: Scene) -> None:
    opened = await scene.kit.request(
        "POST", "/api/v10/users/@me/channels", scene.owner, json={"recipient_id": str(scene.member.id)}
    )
    path = f"/api/agora/channels/{opened.json['id']}/exports"
    stranger = await scene.kit.person("stranger", owner=True)
    assert (await scene.kit.request("POST", path, stranger, json={})).status == 404
    begun = await scene.kit.request("POST", path, scene.member, json={})
    done = await scene.finish(scene.member, begun.json)
    document = (await scene.kit.request("GET", done["url"], scene.member)).json
    assert document["guild"] == {"id": "0", "name": "Direct Messages", "iconUrl": ""}
    assert document["channel"]["type"] == "DirectTextChat"


async def test_an_export_is_in_the_servers_audit_log(scene: Scene) -> None:
    await export(scene, "html")
    await scene.kit.settle()
    root = await scene.kit.person("root", owner=True)
    entries = (await scene.kit.request("GET", "/api/agora/audit", root)).json["items"]
    (entry,) = [entry for entry in entries if entry["action"] == "history.exported"]
    assert entry["user_id"] == str(scene.owner.id)
    assert entry["target_id"] == str(scene.channel)
    assert entry["options"]["format"] == "html"


async def test_who_lost_the_right_gets_the_file_no_more(scene: Scene) -> None:
    direct = await scene.kit.request("POST", f"/api/agora/channels/{scene.channel}/exports", scene.owner, json={})
    done = await scene.finish(scene.owner, direct.json)
    handed = {"owner_id": str(scene.member.id)}
    assert (await scene.kit.request("PATCH", f"/api/v10/guilds/{scene.guild}", scene.owner, json=handed)).status == 200
    assert (await scene.kit.request("GET", done["url"], scene.owner)).status == 403


async def test_a_transfer_can_be_forgotten(scene: Scene) -> None:
    begun = await scene.kit.request("POST", f"/api/agora/channels/{scene.channel}/exports", scene.owner, json={})
    done = await scene.finish(scene.owner, begun.json)
    path = f"/api/agora/transfers/{done['id']}"
    assert [each["id"] for each in (await scene.kit.request("GET", "/api/agora/transfers", scene.owner)).json["items"]] == [
        done["id"]
    ]
    assert (await scene.kit.request("DELETE", path, scene.owner)).status == 204
    assert (await scene.kit.request("GET", path, scene.owner)).status == 404
    assert list((scene.kit.app.data / "transfers").iterdir()) == []
