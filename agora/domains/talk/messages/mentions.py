"""Who a text addresses: mentions that exist, that the writer may use, and that the draft allows."""

from __future__ import annotations

import re

import msgspec

from agora.domains.place.accounts import Users
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.expressions import find_usable
from agora.domains.talk.messages.draft import ALLOW_ALL, AllowedMentions
from agora.domains.talk.messages.markdown import Names
from agora.domains.talk.messages.row import Row
from agora.kernel.app import App
from agora.protocol.permissions import Permission

MAX_MENTIONS = 100
_MENTION = re.compile(r"<@(!|&)?(\d{1,19})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_CODE = re.compile(r"```.*?```|``.+?``|`[^`\n]+`", re.DOTALL)
_EVERYONE_BIT = int(Permission.MENTION_EVERYONE)


class Mentions(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ids a message addresses, as stored with it."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


NONE = Mentions()
_DECODER = msgspec.json.Decoder(Mentions)


def to_column(mentions: Mentions) -> str | None:
    """JSON for the table; null when nobody is addressed."""
    return None if mentions == NONE else msgspec.json.encode(mentions).decode()


def from_column(value: str | None) -> Mentions:
    """The stored mentions."""
    return NONE if value is None else _DECODER.decode(value)


def mentions_of(row: Row) -> Mentions:
    """Everybody a stored message addresses."""
    return from_column(row.mentions)


def mentioned_users(row: Row) -> tuple[int, ...]:
    """The users a stored message addresses."""
    return from_column(row.mentions).users


def find_mentions(
    app: App,
    place: ChannelFacts,
    bits: int,
    content: str,
    allowed: AllowedMentions | None,
    replied_user: int | None = None,
) -> Mentions:
    """Whom the text addresses. ``bits`` are the writer's permissions in the channel; code is not looked into."""
    allowed = allowed or ALLOW_ALL
    users: list[int] = [replied_user] if replied_user is not None and allowed.replied_user else []
    if "@" not in content:
        return Mentions(tuple(users)) if users else NONE
    text = _CODE.sub("", content) if "`" in content else content
    roles: list[int] = []
    for sign, digits in _MENTION.findall(text)[:MAX_MENTIONS]:
        if sign == "&":
            roles.append(int(digits))
        else:
            users.append(int(digits))
    everyone = bool(bits & _EVERYONE_BIT) and allowed.everyone and _EVERYONE.search(text) is not None
    return Mentions(
        tuple(u for u in dict.fromkeys(users) if u == replied_user or _is_user(app, allowed, u)),
        tuple(r for r in dict.fromkeys(roles) if _is_role(app, place, bits, allowed, r)),
        everyone,
    )


def _is_user(app: App, allowed: AllowedMentions, user_id: int) -> bool:
    return (allowed.all_users or user_id in allowed.users) and app.get(Users).get(user_id) is not None


def _is_role(app: App, place: ChannelFacts, bits: int, allowed: AllowedMentions, role_id: int) -> bool:
    if place.guild_id is None or not (allowed.all_roles or role_id in allowed.roles):
        return False
    role = app.get(Directory).role(place.guild_id, role_id)
    return role is not None and (role.mentionable or bool(bits & _EVERYONE_BIT))


def names_in(app: App, place: ChannelFacts, reader_id: int) -> Names:
    """How mentions are called in a place. Channels that the writer cannot see keep their number, emojis that they may not use
    there stay text.
    """
    users, directory = app.get(Users), app.get(Directory)

    def user(user_id: int) -> str | None:
        member = directory.member(place.guild_id, user_id) if place.guild_id is not None else None
        if member is not None and member.nick:
            return member.nick
        known = users.get(user_id)
        return known.display_name if known is not None else None

    def role(role_id: int) -> str | None:
        found = directory.role(place.guild_id, role_id) if place.guild_id is not None else None
        return found.name if found is not None else None

    def channel(channel_id: int) -> str | None:
        found = directory.channel(channel_id) if directory.can_view(reader_id, channel_id) else None
        return found.name if found is not None else None

    def emoji(emoji_id: int) -> str | None:
        found = find_usable(app, emoji_id, place, reader_id)
        return found.name if found is not None else None

    return Names(user, role, channel, emoji)
