"""Keeps the directory fresh, right after each commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.guilds.events import (
    GuildCreated,
    GuildDeleted,
    GuildUpdated,
    MemberJoined,
    MemberLeft,
    MemberUpdated,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
)
from agora.domains.place.permissions import Directory
from agora.kernel.domain import live

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.events import Recorded


def on_guild_created(app: App, recorded: Recorded) -> None:
    """A new community with everyone's role and its owner."""
    event = recorded.event
    assert isinstance(event, GuildCreated)
    directory = app.get(Directory)
    directory.put_guild(event.guild)
    directory.put_role(event.guild.id, event.everyone)
    directory.put_member(event.guild.id, event.member)


def on_guild_updated(app: App, recorded: Recorded) -> None:
    """Its own fields."""
    event = recorded.event
    assert isinstance(event, GuildUpdated)
    app.get(Directory).put_guild(event.guild)


def on_guild_deleted(app: App, recorded: Recorded) -> None:
    """All of it."""
    event = recorded.event
    assert isinstance(event, GuildDeleted)
    app.get(Directory).drop_guild(event.guild.id)


def on_member(app: App, recorded: Recorded) -> None:
    """A new or changed member."""
    event = recorded.event
    assert isinstance(event, MemberJoined | MemberUpdated)
    app.get(Directory).put_member(event.guild_id, event.member)


def on_member_left(app: App, recorded: Recorded) -> None:
    """A member less."""
    event = recorded.event
    assert isinstance(event, MemberLeft)
    app.get(Directory).drop_member(event.guild_id, event.member.user_id)


def on_role(app: App, recorded: Recorded) -> None:
    """A new or changed role."""
    event = recorded.event
    assert isinstance(event, RoleCreated | RoleUpdated)
    app.get(Directory).put_role(event.guild_id, event.role)


def on_role_deleted(app: App, recorded: Recorded) -> None:
    """A role less, also for its members."""
    event = recorded.event
    assert isinstance(event, RoleDeleted)
    app.get(Directory).drop_role(event.guild_id, event.role.id)


LISTENERS = (
    live(GuildCreated, on_guild_created),
    live(GuildUpdated, on_guild_updated),
    live(GuildDeleted, on_guild_deleted),
    live(MemberJoined, on_member),
    live(MemberUpdated, on_member),
    live(MemberLeft, on_member_left),
    live(RoleCreated, on_role),
    live(RoleUpdated, on_role),
    live(RoleDeleted, on_role_deleted),
)
