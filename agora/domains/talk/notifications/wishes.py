"""What somebody wants to hear of a community and its channels: Discord's user guild settings."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.talk.notifications.events import WishesChanged
from agora.domains.talk.notifications.tables import setting as s
from agora.kernel.clock import iso
from agora.kernel.ctx import Ctx
from agora.kernel.errors import invalid
from agora.kernel.events import to_users
from agora.kernel.http import encode
from agora.kernel.ids import parse
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

MOST_CHANNELS = 1_000


class Level(enum.IntEnum):
    """Of what one is told."""

    ALL = 0
    MENTIONS = 1
    NOTHING = 2
    AS_GUILD = 3


class Wish(msgspec.Struct, frozen=True, omit_defaults=True):
    """For one channel. ``until_ms`` ends the silence by itself (UTC milliseconds)."""

    message_notifications: int = Level.AS_GUILD
    muted: bool = False
    until_ms: int | None = None


class Wishes(msgspec.Struct, frozen=True, omit_defaults=True):
    """For a community (or, with guild 0, direct messages) and single channels of it."""

    message_notifications: int = Level.ALL
    muted: bool = False
    until_ms: int | None = None
    suppress_everyone: bool = False
    suppress_roles: bool = False
    channels: dict[int, Wish] = {}

    def level(self, channel_id: int) -> int:
        """What holds in a channel."""
        own = self.channels.get(channel_id, Wish()).message_notifications
        return self.message_notifications if own == Level.AS_GUILD else own

    def is_muted(self, channel_id: int, now_ms: int) -> bool:
        """Whether nothing of a channel is to be heard now."""
        own = self.channels.get(channel_id, Wish())
        return any(each.muted and (each.until_ms is None or each.until_ms > now_ms) for each in (self, own))


class MuteConfig(msgspec.Struct, frozen=True):
    """When the silence ends; null never."""

    end_time: str | None = None
    selected_time_window: int | None = None


class ChannelWishPatch(msgspec.Struct, frozen=True):
    """What changes for a channel."""

    message_notifications: Literal[0, 1, 2, 3] | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    mute_config: MuteConfig | UnsetType | None = UNSET


class WishesPatch(msgspec.Struct, frozen=True):
    """What changes; what is absent stays."""

    message_notifications: Literal[0, 1, 2] | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    mute_config: MuteConfig | UnsetType | None = UNSET
    suppress_everyone: bool | UnsetType = UNSET
    suppress_roles: bool | UnsetType = UNSET
    channel_overrides: Annotated[dict[str, ChannelWishPatch], Meta(max_length=MOST_CHANNELS)] | UnsetType | None = UNSET


_DECODER = msgspec.json.Decoder(Wishes)
_ONE = prepare(select(s.c.body).where(s.c.user_id == bindparam("user_id"), s.c.guild_id == bindparam("guild_id")))
_OF_USER = prepare(select(s.c.guild_id, s.c.body).where(s.c.user_id == bindparam("user_id")).order_by(s.c.guild_id))
_OF_GUILD = prepare(select(s.c.user_id, s.c.body).where(s.c.guild_id == bindparam("guild_id")))


def find_wishes(tx: Tx, user_id: int, guild_id: int) -> Wishes:
    """Somebody's wishes about a community."""
    row = tx.row(_ONE, user_id=user_id, guild_id=guild_id)
    return Wishes() if row is None else _DECODER.decode(row.body)


def list_wishes(tx: Tx, user_id: int) -> dict[int, Wishes]:
    """All of somebody's wishes."""
    return {row.guild_id: _DECODER.decode(row.body) for row in tx.rows(_OF_USER, user_id=user_id)}


def list_wishes_about(tx: Tx, guild_id: int) -> dict[int, Wishes]:
    """Everybody's wishes about a community, by user."""
    return {row.user_id: _DECODER.decode(row.body) for row in tx.rows(_OF_GUILD, guild_id=guild_id)}


async def change_wishes(ctx: Ctx, guild_id: int, patch: WishesPatch) -> dict[str, Any]:
    """Change the actor's own; returns Discord's object."""
    return await ctx.write(do_change, ctx.actor.user_id, guild_id, patch)


def do_change(tx: Tx, user_id: int, guild_id: int, patch: WishesPatch) -> dict[str, Any]:
    """Write them; the user's other devices hear of it."""
    wishes = find_wishes(tx, user_id, guild_id)
    changed = msgspec.structs.replace(wishes, **_changes(patch, ("suppress_everyone", "suppress_roles")))
    if isinstance(patch.channel_overrides, dict):
        channels = dict(wishes.channels)
        for key, each in patch.channel_overrides.items():
            channel_id = parse(key)
            if channel_id is None:
                raise invalid("channel_overrides", f'Value "{key[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
            channels[channel_id] = msgspec.structs.replace(channels.get(channel_id, Wish()), **_changes(each))
        kept = {key: each for key, each in channels.items() if each != Wish()}
        if len(kept) > MOST_CHANNELS:
            raise invalid("channel_overrides", f"Must be {MOST_CHANNELS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        changed = msgspec.structs.replace(changed, channels=kept)
    row = {"user_id": user_id, "guild_id": guild_id, "body": msgspec.json.encode(changed).decode()}
    statement = insert(s).values(row)
    tx.execute(statement.on_conflict_do_update(index_elements=[s.c.user_id, s.c.guild_id], set_={"body": row["body"]}))
    wire = build_wishes(guild_id, changed)
    tx.emit(WishesChanged(user_id=user_id, wire=msgspec.Raw(encode(wire))), to_users(user_id))
    return wire


def _changes(patch: WishesPatch | ChannelWishPatch, more: tuple[str, ...] = ()) -> dict[str, Any]:
    names = ("message_notifications", "muted", *more)
    changes = {name: getattr(patch, name) for name in names if getattr(patch, name) is not UNSET}
    if patch.mute_config is not UNSET:
        config = patch.mute_config
        changes["until_ms"] = None if config is None or config.end_time is None else _milliseconds(config.end_time)
    elif patch.muted is not UNSET:
        changes["until_ms"] = None
    return changes


def _milliseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise invalid("mute_config.end_time", "This is not an ISO 8601 time.", "DATE_TIME_TYPE_PARSE") from None


def build_wishes(guild_id: int, wishes: Wishes) -> dict[str, Any]:
    """Discord's user guild settings."""
    return {
        "guild_id": str(guild_id) if guild_id else None,
        **_built(wishes),
        "suppress_everyone": wishes.suppress_everyone,
        "suppress_roles": wishes.suppress_roles,
        "channel_overrides": [
            {"channel_id": str(channel_id), **_built(wish)} for channel_id, wish in sorted(wishes.channels.items())
        ],
    }


def _built(wish: Wish | Wishes) -> dict[str, Any]:
    end = None if wish.until_ms is None else {"end_time": iso(wish.until_ms), "selected_time_window": None}
    return {"message_notifications": int(wish.message_notifications), "muted": wish.muted, "mute_config": end}


async def ready_wishes(ctx: Ctx) -> dict[str, Any]:
    """READY's ``user_guild_settings``."""
    found = await ctx.read(list_wishes, ctx.actor.user_id)
    entries = [build_wishes(guild_id, wishes) for guild_id, wishes in found.items()]
    return {"entries": entries, "partial": False, "version": 0}
