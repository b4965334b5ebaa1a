"""Files as the three programs write them, made here: the same people and the same talk in each."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import msgspec

from agora.kernel.clock import iso
from agora.kernel.ids import first_at
from tests.domains.talk.files.samples import png

START_MS = 1_600_000_000_000  # September 2020
THUMB = "\N{THUMBS UP SIGN}"
GUILD_ID, ROOM_ID = "613425648685547541", "613425648685547545"
ANA, BEN, BOT = "80351110224678912", "80351110224678913", "80351110224678914"


def user(key: str, name: str, *, bot: bool = False) -> dict[str, Any]:
    """DiscordChatExporter's user."""
    return {
        "id": key,
        "name": name,
        "discriminator": "0000",
        "nickname": name.capitalize(),
        "color": None,
        "isBot": bot,
        "roles": [],
        "avatarUrl": "https://cdn.discordapp.com/embed/avatars/0.png",
    }


PEOPLE = {ANA: user(ANA, "ana"), BEN: user(BEN, "ben"), BOT: user(BOT, "helper", bot=True)}


def message_id(number: int) -> str:
    """The snowflake of the n-th message: one a minute."""
    return str(first_at(START_MS + number * 60_000) | 7)


def discord_message(number: int, author: str, content: str, **fields: Any) -> dict[str, Any]:
    """A message as DiscordChatExporter writes it."""
    return {
        "id": message_id(number),
        "type": "Reply" if "reference" in fields else "Default",
        "timestamp": iso(START_MS + number * 60_000),
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": content,
        "author": PEOPLE[author],
        "attachments": [],
        "components": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
        **fields,
    }


def reaction(emoji: str, *users: str, key: str = "") -> dict[str, Any]:
    """A reaction; with a key it is a custom emoji."""
    described = {"id": key, "name": emoji, "code": emoji, "isAnimated": False, "imageUrl": ""}
    return {"emoji": described, "count": len(users), "users": [PEOPLE[each] for each in users]}


def talk() -> list[dict[str, Any]]:
    """A reply, a mention, reactions, an edit, a pin, an embed, a file, a notice."""
    file = {"id": "1", "url": "media/look.png", "fileName": "look.png", "fileSizeBytes": len(png())}
    embed = {
        "title": "Weather",
        "url": None,
        "timestamp": None,
        "description": "Rain",
        "color": "#00FF00",
        "images": [],
        "fields": [],
    }
    return [
        discord_message(0, ANA, "Bonjour **café**", reactions=[reaction(THUMB, BEN, BOT), reaction("party", BEN, key="99")]),
        discord_message(
            1, BEN, f"answer to <@{ANA}> in <#{ROOM_ID}>", reference={"messageId": message_id(0), "channelId": ROOM_ID}
        ),
        discord_message(2, BOT, "", embeds=[embed]),
        discord_message(3, ANA, "edited, pinned", timestampEdited=iso(START_MS + 999_000), isPinned=True),
        discord_message(4, BEN, "look", attachments=[file]),
        discord_message(5, ANA, "Ana joined", type="GuildMemberJoin"),
        discord_message(6, BEN, "hello @Ana", mentions=[PEOPLE[ANA]]),
    ]


def discord(messages: list[dict[str, Any]] | None = None, **channel: Any) -> bytes:
    """A channel file, indented as the program does it."""
    found = talk() if messages is None else messages
    document = {
        "guild": {"id": GUILD_ID, "name": "Old Place", "iconUrl": ""},
        "channel": {
            "id": ROOM_ID,
            "type": "GuildTextChat",
            "categoryId": "5",
            "category": "Text Channels",
            "name": "general chat",
            "topic": "All things",
            **channel,
        },
        "dateRange": {"after": None, "before": None},
        "exportedAt": iso(START_MS),
        "messages": found,
        "messageCount": len(found),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def discord_zip() -> bytes:
    """A channel file with its media."""
    return zipped({"Old Place - general chat.json": discord(), "media/look.png": png()})


def slack_ts(number: int) -> str:
    """A time as Slack writes it, which is a message's name as well."""
    return f"{START_MS // 1000 + number * 60}.{number:06d}"


def slack() -> bytes:
    """A workspace: a public and a private channel, a thread, markup, a file that a tool has put in."""
    users = [
        {"id": "U1", "team_id": "T9", "name": "ana", "profile": {"real_name": "Ana Ruiz", "display_name": ""}},
        {"id": "U2", "team_id": "T9", "name": "ben", "profile": {"real_name": "Ben"}},
        {"id": "U3", "team_id": "T9", "name": "helper", "is_bot": True, "profile": {}},
    ]
    channels = [{"id": "C1", "name": "general", "members": ["U1", "U2"], "topic": {"value": "All"}, "purpose": {"value": ""}}]
    groups = [{"id": "G1", "name": "secret", "members": ["U2"], "topic": {"value": ""}}]
    file = {"id": "F1", "name": "look.png", "url_private": "https://files.slack.com/x"}
    reactions = [{"name": "+1", "users": ["U2"], "count": 1}, {"name": "partyparrot", "users": ["U2"], "count": 1}]
    first_day = [
        {"type": "message", "subtype": "channel_join", "user": "U1", "ts": slack_ts(0), "text": "<@U1> has joined"},
        {
            "type": "message",
            "user": "U1",
            "ts": slack_ts(1),
            "text": "*bold* &amp; <https://a.example|link> :tada:",
            "reactions": reactions,
        },
        {"type": "message", "user": "U2", "ts": slack_ts(2), "thread_ts": slack_ts(1), "text": "yes <@U1>, see <#C1|general>"},
    ]
    second_day = [
        {"type": "message", "subtype": "bot_message", "bot_id": "B7", "username": "deploy", "ts": slack_ts(3), "text": "done"},
        {
            "type": "message",
            "user": "U2",
            "ts": slack_ts(4),
            "text": "",
            "files": [file],
            "edited": {"user": "U2", "ts": slack_ts(5)},
        },
    ]
    return zipped(
        {
            "users.json": msgspec.json.encode(users),
            "channels.json": msgspec.json.encode(channels),
            "groups.json": msgspec.json.encode(groups),
            "dms.json": msgspec.json.encode([{"id": "D1", "members": ["U1", "U2"]}]),
            "general/2020-09-13.json": msgspec.json.encode(first_day),
            "general/2020-09-14.json": msgspec.json.encode(second_day),
            "secret/2020-09-13.json": msgspec.json.encode([{"type": "message", "user": "U2", "ts": slack_ts(9), "text": "hush"}]),
            "__uploads/F1/look.png": png(),
        }
    )


def mattermost_lines() -> list[dict[str, Any]]:
    """A team with a public and a private channel, replies, reactions, an attachment, a direct message."""
    belongs = [{"name": "old", "channels": [{"name": "town"}, {"name": "den"}]}]
    reply = {"user": "ben", "message": "yes @ana", "create_at": START_MS + 60_000}
    first = {
        "team": "old",
        "channel": "town",
        "user": "ana",
        "message": "Hello :tada:",
        "create_at": START_MS,
        "is_pinned": True,
        "reactions": [{"user": "ben", "emoji_name": "+1", "create_at": START_MS}],
        "replies": [reply],
    }
    second = {"user": "ben", "message": "look", "create_at": START_MS + 120_000, "attachments": [{"path": "look.png"}]}
    return [
        {"type": "version", "version": 1},
        {"type": "team", "team": {"name": "old", "display_name": "Old Team", "type": "O"}},
        {
            "type": "channel",
            "channel": {"team": "old", "name": "town", "display_name": "Town Square", "type": "O", "header": "All"},
        },
        {"type": "channel", "channel": {"team": "old", "name": "den", "display_name": "Den", "type": "P"}},
        {"type": "user", "user": {"username": "ana", "email": "ana@example.org", "nickname": "Ana", "teams": []}},
        {"type": "user", "user": {"username": "ben", "email": "ben@example.org", "teams": belongs}},
        {"type": "post", "post": first},
        {"type": "post", "post": {"team": "old", "channel": "town", **second}},
        {"type": "post", "post": {"team": "old", "channel": "den", "user": "ben", "message": "hush", "create_at": START_MS}},
        {"type": "direct_post", "direct_post": {"channel_members": ["ana", "ben"], "user": "ana", "message": "x", "create_at": 1}},
    ]


def mattermost() -> bytes:
    """The lines."""
    return b"\n".join(msgspec.json.encode(line) for line in mattermost_lines()) + b"\n"


def mattermost_zip() -> bytes:
    """The lines and the attachment."""
    return zipped({"import.jsonl": mattermost(), "data/look.png": png()})
