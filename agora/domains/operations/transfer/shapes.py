"""Messages in DiscordChatExporter's JSON shape (https://github.com/Tyrrrz/DiscordChatExporter, ``JsonMessageWriter``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.operations.transfer.queries import Entry
from agora.domains.place.accounts import User, Users
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.reactions import build_sign
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.protocol.channel_types import ChannelType
from agora.protocol.message_types import MessageType, ReferenceType
from agora.protocol.payloads import Attachment, SnapshotMessage, StickerItem

KINDS = {
    ChannelType.GUILD_TEXT: "GuildTextChat",
    ChannelType.DM: "DirectTextChat",
    ChannelType.GROUP_DM: "DirectGroupTextChat",
    ChannelType.GUILD_ANNOUNCEMENT: "GuildNews",
    ChannelType.ANNOUNCEMENT_THREAD: "GuildNewsThread",
    ChannelType.PUBLIC_THREAD: "GuildPublicThread",
    ChannelType.PRIVATE_THREAD: "GuildPrivateThread",
}
_TYPES = {
    MessageType.DEFAULT: "Default",
    MessageType.REPLY: "Reply",
    MessageType.RECIPIENT_ADD: "RecipientAdd",
    MessageType.RECIPIENT_REMOVE: "RecipientRemove",
    MessageType.CHANNEL_NAME_CHANGE: "ChannelNameChange",
    MessageType.THREAD_CREATED: "ThreadCreated",
    MessageType.THREAD_STARTER_MESSAGE: "ThreadStarterMessage",
    MessageType.CHANNEL_PINNED_MESSAGE: "ChannelPinnedMessage",
    MessageType.USER_JOIN: "GuildMemberJoin",
}


def build_guild(app: App, channel: ChannelFacts) -> dict[str, Any]:
    """The community, or what DiscordChatExporter writes for direct messages."""
    guild = None if channel.guild_id is None else app.get(Directory).guild(channel.guild_id)
    if guild is None:
        return {"id": "0", "name": "Direct Messages", "iconUrl": ""}
    return {"id": str(guild.id), "name": guild.name, "iconUrl": ""}


def build_room(app: App, channel: ChannelFacts) -> dict[str, Any]:
    """The channel; ``category`` is its category, or a thread's channel."""
    parent = None if channel.parent_id is None else app.get(Directory).channel(channel.parent_id)
    return {
        "id": str(channel.id),
        "type": KINDS.get(ChannelType(channel.type), "GuildTextChat"),
        "categoryId": None if parent is None else str(parent.id),
        "category": None if parent is None else parent.name,
        "name": channel_name(app, channel),
        "topic": channel.topic,
    }


def channel_name(app: App, channel: ChannelFacts) -> str:
    """A channel's name; of direct messages the people in it."""
    users = app.get(Users)
    names = [user.display_name for user_id in channel.recipients if (user := users.get(user_id)) is not None]
    return channel.name or ", ".join(names) or str(channel.id)


def build_entry(app: App, channel: ChannelFacts, entry: Entry, paths: dict[int, str]) -> dict[str, Any]:
    """One message. ``paths`` are the files that lie in the same archive, by id."""
    message = entry.message
    built: dict[str, Any] = {
        "id": message.id,
        "type": _TYPES.get(MessageType(message.type), str(message.type)),
        "timestamp": message.timestamp,
        "timestampEdited": message.edited_timestamp,
        "callEndedTimestamp": None,
        "isPinned": message.pinned,
        "content": message.content,
        "author": build_person(app, channel, int(plain_part(message.author)["id"])),
        "attachments": _files(message.attachments, paths),
        "components": [],
        "embeds": [_embed(plain_part(embed)) for embed in message.embeds],
        "stickers": _stickers(app, message.sticker_items),
        "reactions": _reactions(app, channel, entry),
        "mentions": [build_person(app, channel, int(plain_part(user)["id"])) for user in message.mentions],
        "inlineEmojis": [],
    }
    if not isinstance(message.message_snapshots, UnsetType):
        built["forwardedMessage"] = _forwarded(app, message.message_snapshots[0].message, paths)
    if message.message_reference is not UNSET:
        reference = plain_part(message.message_reference)
        keys = {"messageId": "message_id", "channelId": "channel_id", "guildId": "guild_id"}
        kind = "Forward" if reference.get("type") == ReferenceType.FORWARD else "Default"
        built["reference"] = {"type": kind, **{ours: reference.get(theirs) for ours, theirs in keys.items()}}
    return built


def _files(files: Sequence[Attachment], paths: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {"id": file.id, "url": paths.get(int(file.id), file.url), "fileName": file.filename, "fileSizeBytes": file.size}
        for file in files
    ]


def _forwarded(app: App, said: SnapshotMessage, paths: dict[int, str]) -> dict[str, Any]:
    """What a message carries on."""
    return {
        "content": said.content,
        "timestamp": said.timestamp,
        "timestampEdited": said.edited_timestamp,
        "attachments": _files(said.attachments, paths),
        "embeds": [_embed(plain_part(embed)) for embed in said.embeds],
        "stickers": _stickers(app, said.sticker_items),
    }


def _stickers(app: App, items: tuple[StickerItem, ...] | UnsetType) -> list[dict[str, Any]]:
    if isinstance(items, UnsetType):
        return []
    kinds = {1: "Png", 2: "Apng", 4: "Gif"}
    return [
        {"id": each.id, "name": each.name, "format": kinds[each.format_type], "sourceUrl": f"{app.url}/stickers/{each.id}.png"}
        for each in items
    ]


def build_person(app: App, channel: ChannelFacts, user_id: int) -> dict[str, Any]:
    """A user as they are called in the channel's community."""
    user = app.get(Users).get(user_id) or User(id=user_id, username="deleted_user")
    directory = app.get(Directory)
    member = None if channel.guild_id is None else directory.member(channel.guild_id, user_id)
    roles = [directory.role(channel.guild_id or 0, role_id) for role_id in (member.roles if member is not None else ())]
    avatar = f"/avatars/{user_id}/{user.avatar}.png" if user.avatar else "/embed/avatars/0.png"
    return {
        "id": str(user_id),
        "name": user.username,
        "discriminator": "0000",
        "nickname": (member.nick if member is not None else None) or user.display_name,
        "color": next((f"#{role.color:06X}" for role in roles if role is not None and role.color), None),
        "isBot": user.bot,
        "roles": [
            {
                "id": str(role.id),
                "name": role.name,
                "color": f"#{role.color:06X}" if role.color else None,
                "position": role.position,
            }
            for role in roles
            if role is not None
        ],
        "avatarUrl": f"{app.url}{avatar}",
    }


def _reactions(app: App, channel: ChannelFacts, entry: Entry) -> list[dict[str, Any]]:
    by_emoji: dict[str, list[int]] = {}
    for given in entry.given:
        by_emoji.setdefault(given.emoji, []).append(given.user_id)
    return [
        {
            "emoji": _emoji(app, emoji),
            "count": len(users),
            "users": [build_person(app, channel, user_id) for user_id in users],
        }
        for emoji, users in by_emoji.items()
    ]


def _emoji(app: App, sign: str) -> dict[str, Any]:
    """A Unicode emoji, or one of a community with the address of its picture."""
    emoji = build_sign(app, sign)
    picture = f"{app.url}/emojis/{emoji.id}.webp" if emoji.id else ""
    return {
        "id": emoji.id or "",
        "name": emoji.name,
        "code": emoji.name,
        "isAnimated": emoji.animated is True,
        "imageUrl": picture,
    }


def _embed(embed: dict[str, Any]) -> dict[str, Any]:
    built: dict[str, Any] = {
        "title": embed.get("title") or "",
        "url": embed.get("url"),
        "timestamp": embed.get("timestamp"),
        "description": embed.get("description") or "",
    }
    if embed.get("color") is not None:
        built["color"] = f"#{embed['color']:06X}"
    if author := embed.get("author"):
        built["author"] = {"name": author.get("name"), "url": author.get("url"), "iconUrl": author.get("icon_url")}
    for name in ("thumbnail", "image"):
        if media := embed.get(name):
            built[name] = {"url": media["url"], "width": media.get("width"), "height": media.get("height")}
    if footer := embed.get("footer"):
        built["footer"] = {"text": footer["text"], "iconUrl": footer.get("icon_url")}
    fields = embed.get("fields") or []
    built["images"] = []
    built["fields"] = [{"name": f["name"], "value": f["value"], "isInline": bool(f.get("inline"))} for f in fields]
    built["inlineEmojis"] = []
    return built


def plain_part(value: Any) -> dict[str, Any]:
    """A part of a payload, which may be encoded already."""
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value, type=dict[str, Any])
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


def exported_at(app: App) -> str:
    """Now."""
    return iso(app.clock.now_ms())
