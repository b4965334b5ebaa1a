"""``/ask``: put a question to an agent, before everybody. It is a message of the asker that mentions the agent."""

from __future__ import annotations

from agora.domains.minds.commands.here import complete, get_here
from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import Draft, send
from agora.kernel.ctx import Ctx
from agora.kernel.i18n import t


def describe() -> CommandBody:
    """The command."""
    return described(
        "commands.ask",
        (
            option(OptionType.STRING, "commands.ask_agent", required=True, autocomplete=True, max_length=32),
            option(OptionType.STRING, "commands.ask_question", required=True, max_length=1900),
        ),
    )


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Ask; the answer comes as any answer of the agent does."""
    channel_id = invocation.interaction.channel_id
    agent = get_here(ctx, channel_id, invocation.values["agent"])
    question = f"<@{agent.user_id}> {invocation.values['question']}"
    await send(ctx, channel_id, Draft(question, nonce=f"ask-{invocation.interaction.id}"))
    return Reply(Draft(t(ctx.locale, "commands.ask_done", name=agent.name)), private=True)


COMMAND = Builtin(describe=describe, run=run, complete=complete)
