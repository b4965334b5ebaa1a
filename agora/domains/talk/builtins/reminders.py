"""``/reminders``: what one is to be reminded of, and taking one back."""

from __future__ import annotations

from datetime import UTC, datetime

from agora.domains.talk.builtins.remind import Noted, do_forget, list_reminders
from agora.domains.talk.interactions import Builtin, Choice, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import Draft
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound
from agora.kernel.i18n import t
from agora.kernel.ids import parse

SHOWN = 20
SNIPPET = 70
_DELETE = "builtins.reminders_delete"


def describe() -> CommandBody:
    """The command."""
    return described("builtins.reminders", (option(OptionType.STRING, _DELETE, autocomplete=True),))


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """List them, or take the named one back."""
    user_id, wanted = invocation.interaction.user_id, invocation.values.get(t("en", f"{_DELETE}.name"))
    if wanted is not None:
        return Reply(Draft(await _delete(ctx, user_id, wanted)), private=True)
    found = await ctx.read(list_reminders, user_id)
    if not found:
        return Reply(Draft(t(ctx.locale, "builtins.reminders_none")), private=True)
    lines = [f"- <t:{each.at // 1000}:f> <#{each.reminder.channel_id}>: {_short(each)}" for each in found[:SHOWN]]
    return Reply(Draft("\n".join([t(ctx.locale, "builtins.reminders_head", n=len(found)), *lines])), private=True)


async def complete(ctx: Ctx, invocation: Invocation) -> tuple[Choice, ...]:
    """One's own, by their words."""
    typed = str(invocation.values.get(invocation.focused, "")).casefold()
    found = await ctx.read(list_reminders, invocation.interaction.user_id)
    chosen = [each for each in found if typed in each.reminder.text.casefold()]
    return tuple(Choice(f"{_when(each)} {_short(each)}", str(each.reminder.id)) for each in chosen[:25])


async def _delete(ctx: Ctx, user_id: int, wanted: str) -> str:
    reminder_id = parse(wanted)
    try:
        await ctx.write(do_forget, user_id, reminder_id or 0)
    except NotFound:
        return t(ctx.locale, "builtins.reminders_unknown")
    return t(ctx.locale, "builtins.reminders_deleted")


def _when(noted: Noted) -> str:
    return datetime.fromtimestamp(noted.at // 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _short(noted: Noted) -> str:
    text = " ".join(noted.reminder.text.split())
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET]}…"


COMMAND = Builtin(describe=describe, run=run, complete=complete)
