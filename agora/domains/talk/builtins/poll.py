"""``/poll``: ask the channel."""

from __future__ import annotations

from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import AnswerBody, AnswerMedia, Draft, PollCreate, Question, check_place
from agora.kernel.ctx import Ctx
from agora.kernel.i18n import t
from agora.protocol.permissions import Permission

MOST_ANSWERS = 6
_NEEDED = int(Permission.SEND_MESSAGES)
_POLLS = int(Permission.SEND_POLLS)


def describe() -> CommandBody:
    """The command."""
    answers = [
        option(OptionType.STRING, f"builtins.poll_answer{number}", required=number <= 2, max_length=55)
        for number in range(1, MOST_ANSWERS + 1)
    ]
    return described(
        "builtins.poll",
        (
            option(OptionType.STRING, "builtins.poll_question", required=True, max_length=300),
            *answers,
            option(OptionType.INTEGER, "builtins.poll_hours", min_value=1, max_value=768),
            option(OptionType.BOOLEAN, "builtins.poll_several"),
        ),
    )


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Ask it."""
    channel = check_place(ctx, invocation.interaction.channel_id, _NEEDED).channel
    if channel.guild_id is not None:
        check_place(ctx, channel.id, _POLLS)
    values = invocation.values
    names = (t("en", f"builtins.poll_answer{number}.name") for number in range(1, MOST_ANSWERS + 1))
    texts = [values[name] for name in names if name in values]
    poll = PollCreate(
        question=Question(values["question"]),
        answers=tuple(AnswerBody(AnswerMedia(text)) for text in texts),
        duration=values.get("hours", 24),
        allow_multiselect=values.get("several", False),
    )
    return Reply(Draft(poll=poll))


COMMAND = Builtin(describe=describe, run=run)
