"""``/agent who``, ``/agent pause`` and ``/agent resume``."""

from __future__ import annotations

from agora.domains.minds.agents import Roster, get_override, pause_agent, pause_all, resume_agent, resume_all
from agora.domains.minds.commands.here import complete, get_here, list_here
from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import AllowedMentions, Draft
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Forbidden
from agora.kernel.i18n import t

_SILENT = AllowedMentions()


def describe() -> CommandBody:
    """The command with its subcommands."""
    which = option(OptionType.STRING, "commands.agent_which", autocomplete=True, max_length=32)
    return described(
        "commands.agent",
        (
            option(OptionType.SUB_COMMAND, "commands.agent_who"),
            option(OptionType.SUB_COMMAND, "commands.agent_pause", options=(which,)),
            option(OptionType.SUB_COMMAND, "commands.agent_resume", options=(which,)),
        ),
    )


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Do as the subcommand says; without a name it concerns all agents, which only the server's owner may do."""
    channel_id = invocation.interaction.channel_id
    if invocation.path[1] == "who":
        return await _who(ctx, channel_id)
    pause = invocation.path[1] == "pause"
    name = invocation.values.get("agent")
    if name is None:
        if not ctx.actor.is_owner:
            raise Forbidden(t(ctx.locale, "commands.agent_owner"))
        await (pause_all(ctx) if pause else resume_all(ctx))
        return _say(ctx, "commands.agent_all_paused" if pause else "commands.agent_all_resumed")
    agent = get_here(ctx, channel_id, name)
    await (pause_agent if pause else resume_agent)(ctx, agent.id)
    return _say(ctx, "commands.agent_paused" if pause else "commands.agent_resumed", name=agent.name)


async def _who(ctx: Ctx, channel_id: int) -> Reply:
    agents, roster = list_here(ctx, channel_id), ctx.app.get(Roster)
    if not agents:
        return _say(ctx, "commands.agent_nobody")
    lines = []
    for agent in agents:
        state = "commands.agent_awake" if roster.may_speak(agent.id) else "commands.agent_resting"
        about = ", ".join(agent.speaks(ctx.locale).interests[:6])
        lines.append(f"- **{agent.name}** (<@{agent.user_id}>), {t(ctx.locale, state)}{f' – {about}' if about else ''}")
    if (await get_override(ctx)).paused:
        lines.append(t(ctx.locale, "commands.agent_all_paused"))
    return Reply(Draft("\n".join(lines)[:2000], allowed=_SILENT), private=True)


def _say(ctx: Ctx, key: str, **values: str) -> Reply:
    return Reply(Draft(t(ctx.locale, key, **values)), private=True)


COMMAND = Builtin(describe=describe, run=run, complete=complete)
