"""``/remind``: the server says something later, also when it was down meanwhile."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option, speak
from agora.domains.talk.messages import AllowedMentions, Draft, check_place
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.i18n import t
from agora.kernel.jobs import do_cancel, do_enqueue, list_waiting
from agora.kernel.tx import Tx
from agora.protocol.permissions import Permission

JOB = "builtins.remind"
MOST_MS = 366 * 86_400_000
MOST = 100  # of one person
_PART = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE)
# In English and French; the longest abbreviation that begins a word counts.
_UNITS = {
    1_000: ("s", "sec", "second", "seconde"),
    60_000: ("m", "min", "mn", "minute"),
    3_600_000: ("h", "hr", "hour", "heure"),
    86_400_000: ("d", "j", "day", "jour"),
    604_800_000: ("w", "wk", "week", "sem", "semaine"),
}
_MS = {word: ms for ms, words in _UNITS.items() for word in words}


class Reminder(msgspec.Struct, frozen=True):
    """What to say to whom, and where. ``id`` keeps a repeated job from saying it twice."""

    id: int
    user_id: int
    channel_id: int
    text: str
    locale: str


class Noted(msgspec.Struct, frozen=True):
    """A reminder that waits. ``at`` in UTC milliseconds."""

    reminder: Reminder
    at: int


_DECODER = msgspec.json.Decoder(Reminder)


def read_duration(text: str) -> int | None:
    """Milliseconds of ``10m``, ``1 h 30 min``, ``2 jours``; None for what is no such time."""
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip(" ,+&") not in ("", "and", "et"):
        return None
    total = 0
    for number, word in parts:
        unit = _MS.get(word.lower()) or _MS.get(word.lower().removesuffix("s"))
        if unit is None:
            return None
        total += int(number) * unit
    return total


def describe() -> CommandBody:
    """The command."""
    return described(
        "builtins.remind",
        (
            option(OptionType.STRING, "builtins.remind_when", required=True, max_length=40),
            option(OptionType.STRING, "builtins.remind_what", required=True, max_length=1500),
        ),
    )


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Take a reminder down."""
    row = invocation.interaction
    check_place(ctx, row.channel_id, int(Permission.SEND_MESSAGES))
    delay = read_duration(invocation.values["when"])
    if delay is None or not 1_000 <= delay <= MOST_MS:
        raise BadRequest(t(ctx.locale, "builtins.remind_bad"))
    reminder = Reminder(ctx.app.ids.next(), row.user_id, row.channel_id, invocation.values["what"], ctx.locale)
    await ctx.write(do_note, reminder, delay)
    at = (ctx.app.clock.now_ms() + delay) // 1000
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Reply(Draft(t(ctx.locale, "builtins.remind_noted", when=when)), private=True)


def do_note(tx: Tx, reminder: Reminder, delay_ms: int) -> None:
    """Queue it. Raises BadRequest when somebody has too many."""
    if len(list_reminders(tx, reminder.user_id)) >= MOST:
        raise BadRequest(t(reminder.locale, "builtins.remind_many", n=MOST))
    do_enqueue(tx, JOB, reminder, key=_key(reminder.user_id, reminder.id), delay_ms=delay_ms)


def list_reminders(tx: Tx, user_id: int) -> list[Noted]:
    """What somebody is to be reminded of, the soonest first."""
    return [Noted(_DECODER.decode(body), at) for _, body, at in list_waiting(tx, JOB, _key(user_id))]


def do_forget(tx: Tx, user_id: int, reminder_id: int) -> None:
    """Take one back. Raises NotFound, also for somebody else's."""
    if not do_cancel(tx, JOB, _key(user_id, reminder_id)):
        raise NotFound("Unknown Reminder")


def _key(user_id: int, reminder_id: int | None = None) -> str:
    """The queue finds somebody's reminders by the beginning of their keys."""
    return f"{user_id}-" if reminder_id is None else f"{user_id}-{reminder_id}"


async def tell(ctx: Ctx, reminder: Reminder) -> None:
    """The time has come."""
    text = t(reminder.locale, "builtins.remind_now", who=f"<@{reminder.user_id}>", what=reminder.text)
    allowed = AllowedMentions(users=frozenset({reminder.user_id}))
    await speak(ctx, reminder.channel_id, Draft(text, nonce=f"rem-{reminder.id}", allowed=allowed))


COMMAND = Builtin(describe=describe, run=run)
