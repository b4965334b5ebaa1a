"""``/summary``: what was said here lately. A chat model writes it; without one it is made of the messages themselves."""

from __future__ import annotations

import logging

from agora.domains.minds.digests import Said, choose, count_voices
from agora.domains.minds.models import find_engine
from agora.domains.place.accounts import Users
from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import AllowedMentions, Draft, Row, check_place, list_recent
from agora.inference.errors import InferenceError
from agora.inference.layout import ChatMessage
from agora.inference.ports import GenerationRequest, Priority, complete
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Forbidden
from agora.kernel.i18n import t
from agora.protocol.error_codes import ErrorCode
from agora.protocol.permissions import Permission

log = logging.getLogger(__name__)
USUAL, MOST = 50, 200
CHOSEN = 5
MAX_TOKENS = 300
MAX_LINE = 400  # characters of one message that the model reads
_HISTORY = int(Permission.READ_MESSAGE_HISTORY)


def describe() -> CommandBody:
    """The command."""
    return described("commands.summary", (option(OptionType.INTEGER, "commands.summary_messages", min_value=5, max_value=MOST),))


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Sum up the newest messages."""
    row = invocation.interaction
    if not check_place(ctx, row.channel_id).bits & _HISTORY:
        raise Forbidden("Missing Access", code=ErrorCode.MISSING_ACCESS)
    rows = await ctx.read(list_recent, row.channel_id, invocation.values.get("messages", USUAL))
    lines = [line for line in (_said(ctx, each) for each in reversed(rows)) if line.text]
    if not lines:
        return Reply(Draft(t(ctx.locale, "commands.summary_nothing")), private=True)
    text = await _written(ctx, lines, row.guild_id) or _made(ctx, lines)
    head = t(ctx.locale, "commands.summary_head", n=len(lines))
    return Reply(Draft(f"{head}\n{text}"[:2000], allowed=AllowedMentions()), private=True)


def _said(ctx: Ctx, row: Row) -> Said:
    user = ctx.app.get(Users).get(row.author_id)
    return Said(row.id, "?" if user is None else user.display_name, " ".join(row.content.split()))


async def _written(ctx: Ctx, lines: list[Said], guild_id: int | None) -> str:
    """The model's words; empty where there is no model that follows instructions, or it has no time."""
    try:
        engine, style = await find_engine(ctx.app, guild_id=guild_id)
        if style != "chat":
            return ""
        said = "\n".join(f"{line.name}: {line.text[:MAX_LINE]}" for line in lines)
        messages = (ChatMessage("system", t(ctx.locale, "commands.summary_prompt")), ChatMessage("user", said))
        scope = f"summary:{ctx.actor.user_id}"
        request = GenerationRequest(messages=messages, max_tokens=MAX_TOKENS, priority=Priority.PERSON, scope=scope)
        return (await complete(engine, request)).text.strip()
    except InferenceError as error:
        log.info("no model sums up: %s", error)
        return ""


def _made(ctx: Ctx, lines: list[Said]) -> str:
    voices = ", ".join(f"{name} ({count})" for name, count in count_voices(lines)[:8])
    chosen = [f"- **{line.name}**: {line.text[:240]}" for line in choose(lines, CHOSEN)]
    return "\n".join([t(ctx.locale, "commands.summary_voices", voices=voices), *chosen])


COMMAND = Builtin(describe=describe, run=run, thinks=True)
