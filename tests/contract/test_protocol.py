"""The numbers and objects of ``agora.protocol`` against Discord's description and against discord.py."""

from __future__ import annotations

import discord
import msgspec

from agora.protocol import intents, payloads, permissions
from agora.protocol.channel_types import ChannelType, OverwriteType
from agora.protocol.message_types import MessageType
from tests.contract.description import Description

USER = payloads.User(id="1", username="ada")
ROLE = payloads.Role(id="1", name="@everyone", permissions="0")
MEMBER = payloads.Member(roles=("1",), joined_at="2026-01-01T00:00:00.000000+00:00", user=USER)
MESSAGE = payloads.Message(id="1", channel_id="2", author=USER, content="x", timestamp="2026-01-01T00:00:00.000000+00:00")
REACTION = payloads.Reaction(
    emoji=payloads.ReactionEmoji(name="🙂"), count=1, count_details=payloads.ReactionCounts(normal=1), me=True
)
ATTACHMENT = payloads.Attachment(id="1", filename="a.txt", size=3, url="http://x/a", proxy_url="http://x/a")

# Each shared object with nothing but its defaults: what Discord requires must be there.
OBJECTS: dict[str, msgspec.Struct] = {
    "UserResponse": USER,
    "UserPIIResponse": payloads.OwnUser(id="1", username="ada"),
    "GuildRoleResponse": ROLE,
    "GuildMemberResponse": MEMBER,
    "GuildChannelResponse": payloads.GuildChannel(
        id="1",
        type=0,
        guild_id="2",
        name="x",
        permission_overwrites=(payloads.Overwrite(id="1", type=0, allow="0", deny="8"),),
    ),
    "PrivateChannelResponse": payloads.PrivateChannel(id="1", recipients=(USER,)),
    "PrivateGroupChannelResponse": payloads.GroupChannel(id="1", owner_id="1", recipients=(USER,)),
    "MessageResponse": msgspec.structs.replace(
        MESSAGE,
        reactions=(REACTION,),
        attachments=(ATTACHMENT,),
        message_reference=payloads.MessageReference(channel_id="2", message_id="1"),
        referenced_message=MESSAGE,
        nonce="n",
    ),
    "GuildResponse": payloads.Guild(id="1", name="x", owner_id="1", roles=(ROLE,)),
    "GuildWithCountsResponse": payloads.Guild(id="1", name="x", owner_id="1", roles=(ROLE,), approximate_member_count=1),
    "MyGuildResponse": payloads.MyGuild(id="1", name="x", owner=True, permissions="0"),
    "EmojiResponse": payloads.Emoji(id="1", name="x"),
    "MessageReactionResponse": REACTION,
    "GatewayResponse": payloads.GatewayInfo(url="ws://x/gateway"),
    "GatewayBotResponse": payloads.GatewayBotInfo(url="ws://x/gateway"),
}


def test_shared_objects_are_discords(discord_description: Description | None) -> None:
    for name, value in OBJECTS.items():
        body = msgspec.json.decode(msgspec.json.encode(value))
        assert isinstance(body, dict)
        if discord_description is not None:
            assert discord_description.check_named(name, body) == [], name


def test_the_check_itself_can_fail(discord_description: Description | None) -> None:
    if discord_description is not None:
        assert discord_description.check_named("UserResponse", {"id": 1}) != []
        assert discord_description.check("GET", "/api/v10/gateway", 200, {"uri": "x"}) != []
        assert discord_description.check("GET", "/api/v10/gateway", 200, {"url": "ws://x"}) == []


def test_channel_and_message_types_are_discords(discord_description: Description | None) -> None:
    if discord_description is None:
        return
    assert {t.name: t.value for t in ChannelType} == discord_description.values("ChannelTypes")
    assert {t.name: t.value for t in MessageType}.items() <= discord_description.values("MessageType").items()
    assert {t.name: t.value for t in OverwriteType} == discord_description.values("ChannelPermissionOverwrites")


def test_intents_are_those_of_discord_py() -> None:
    assert discord.Intents.all().value == intents.ALL


def test_permission_bits_are_those_of_discord_py() -> None:
    ours = {p.value for p in permissions.Permission}
    theirs = {1 << bit for bit in range(64) if discord.Permissions.all().value >> bit & 1}
    assert theirs <= ours
    assert permissions.from_wire(permissions.to_wire(permissions.ALL)) == permissions.ALL
    assert permissions.from_wire("-1") is None
    assert permissions.from_wire("1" * 30) is None
    assert permissions.names(int(permissions.Permission.SEND_MESSAGES | permissions.Permission.VIEW_CHANNEL)) == (
        "VIEW_CHANNEL",
        "SEND_MESSAGES",
    )
