"""REST of one's reminders."""

from __future__ import annotations

import msgspec

from agora.domains.place.permissions import Directory
from agora.domains.talk.builtins.remind import Noted, do_forget, list_reminders
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.kernel.http import Request, Route


class ReminderObject(msgspec.Struct, frozen=True):
    """What will be said where, and when (ISO 8601)."""

    id: str
    channel_id: str
    guild_id: str | None
    text: str
    at: str


class Reminders(msgspec.Struct, frozen=True):
    """All of them, the soonest first; there are never so many that they need pages."""

    items: list[ReminderObject]
    next: None = None


async def get_reminders(request: Request) -> Reminders:
    """The caller's."""
    found = await request.ctx.read(list_reminders, request.ctx.actor.user_id)
    return Reminders([build_reminder(request.ctx.app, each) for each in found])


async def delete_reminder(request: Request) -> None:
    """Take one back."""
    await request.ctx.write(do_forget, request.ctx.actor.user_id, request.id("reminder_id"))


def build_reminder(app: App, noted: Noted) -> ReminderObject:
    """A reminder."""
    reminder = noted.reminder
    channel = app.get(Directory).channel(reminder.channel_id)
    guild_id = None if channel is None or channel.guild_id is None else str(channel.guild_id)
    return ReminderObject(str(reminder.id), str(reminder.channel_id), guild_id, reminder.text, iso(noted.at))


_ALL = "/api/agora/reminders"

ROUTES = (
    Route(method="GET", path=_ALL, handler=get_reminders, summary="The caller's reminders.", answer=Reminders),
    Route(
        method="DELETE",
        path=f"{_ALL}/{{reminder_id}}",
        handler=delete_reminder,
        summary="Take a reminder of the caller's back.",
        status=204,
    ),
)
