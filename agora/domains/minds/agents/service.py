"""Use cases on agents: make, change, pause, remove, let speak."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.minds.agents.agent import LANGUAGES, Agent, Traits, TurnClass, Voice
from agora.domains.minds.agents.pictures import draw_picture
from agora.domains.minds.agents.queries import find_agent, find_creator
from agora.domains.minds.agents.roster import Roster, act_as
from agora.domains.minds.agents.runner import Runner
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.turns import NewTurn, do_queue_turn
from agora.domains.minds.agents.words import same_line
from agora.domains.minds.agents.writes import (
    do_create_agent,
    do_delete_agent,
    do_pause_agent,
    do_resume_agent,
    do_update_agent,
)
from agora.domains.place.accounts import NewUser, UserEdit, do_create_user, edit_user, free_username
from agora.domains.place.guilds import do_add_member, remove_member
from agora.domains.place.permissions import Directory, check, check_guild
from agora.domains.talk.messages import Draft, send
from agora.kernel.ctx import Ctx, system
from agora.kernel.errors import Conflict, Forbidden, NotFound, invalid
from agora.kernel.tx import Tx
from agora.protocol.permissions import Permission

MAX_NAME = 32
MAX_INTERESTS = 24
MAX_INTEREST = 60
MAX_INSTRUCTIONS = 2_000


class NewAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent to make. ``guild_id``: the community it joins; None joins those that are open to everybody."""

    name: str
    traits: Traits = Traits()
    voice: Voice = Voice()
    translations: dict[str, Voice] = {}
    languages: tuple[str, ...] = LANGUAGES
    model: str | None = None
    guild_id: int | None = None
    username: str | None = None


class AgentEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about an agent."""

    name: str | UnsetType = UNSET
    traits: Traits | UnsetType = UNSET
    interests: tuple[str, ...] | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    translations: dict[str, Voice] | UnsetType = UNSET
    languages: tuple[str, ...] | UnsetType = UNSET
    model: str | UnsetType | None = UNSET


async def create_agent(ctx: Ctx, new: NewAgent) -> Agent:
    """Make an agent with its bot user, a picture and its memberships, all at once.

    The server's owner makes any; who manages a community makes agents for it. Raises Forbidden, BadRequest, Conflict.
    """
    guild_ids = _check_create(ctx, new)
    agent = Agent(
        id=ctx.app.ids.next(),
        user_id=0,
        name=check_name(ctx, new.name),
        traits=new.traits,
        voice=check_voice("", new.voice),
        translations={lang: check_voice(f"translations.{lang}", voice) for lang, voice in new.translations.items()},
        languages=check_languages(new.languages),
        model=new.model,
        energy_at=ctx.app.clock.now_ms(),
        created_at=ctx.app.clock.now_ms(),
    )
    avatar = await draw_picture(ctx, agent.name)
    return await ctx.write(_do_make, agent, new.username, avatar, guild_ids)


def _check_create(ctx: Ctx, new: NewAgent) -> list[int]:
    """The communities to join, if the actor may send an agent there."""
    directory = ctx.app.get(Directory)
    if new.guild_id is not None:
        if directory.guild(new.guild_id) is None or not ctx.actor.is_owner:
            check_guild(ctx, int(Permission.MANAGE_GUILD), guild_id=new.guild_id)
        return [new.guild_id]
    if not ctx.actor.is_owner:
        raise Forbidden("Only the owner of this server makes agents that belong to no community: give a guild_id.")
    return [guild.id for guild in directory.guilds() if guild.open]


def _do_make(tx: Tx, agent: Agent, username: str | None, avatar: str | None, guild_ids: list[int]) -> Agent:
    creator = tx.ctx.actor.user_id or None
    user = do_create_user(
        tx,
        NewUser(
            username=username or free_username(tx, agent.name),
            global_name=agent.name,
            avatar=avatar,
            bot=True,
            locale=agent.languages[0],
            creator_id=creator,
        ),
    )
    agent = msgspec.structs.replace(agent, user_id=user.id)
    do_create_agent(tx, agent)
    joined = set(tx.app.get(Directory).guilds_of(user.id))
    for guild_id in guild_ids:
        if guild_id not in joined:
            do_add_member(tx, guild_id, user.id)
    return agent


async def get_agent(ctx: Ctx, agent_id: int) -> Agent:
    """One agent as it stands in the database. Raises NotFound."""
    agent = await ctx.read(find_agent, agent_id)
    if agent is None:
        raise NotFound("Unknown agent.")
    return agent


async def edit_agent(ctx: Ctx, agent_id: int, edit: AgentEdit) -> Agent:
    """Change an agent. Raises NotFound, Forbidden, BadRequest, Conflict."""
    agent = await _get_own(ctx, agent_id)
    changed = agent
    if edit.name is not UNSET and edit.name != agent.name:
        changed = msgspec.structs.replace(changed, name=check_name(ctx, edit.name))
    if edit.traits is not UNSET:
        changed = msgspec.structs.replace(changed, traits=edit.traits)
    voice = Voice(
        agent.voice.interests if edit.interests is UNSET else edit.interests,
        agent.voice.instructions if edit.instructions is UNSET else edit.instructions,
    )
    changed = msgspec.structs.replace(changed, voice=check_voice("", voice))
    if edit.translations is not UNSET:
        voices = {lang: check_voice(f"translations.{lang}", one) for lang, one in edit.translations.items()}
        changed = msgspec.structs.replace(changed, translations=voices)
    if edit.languages is not UNSET:
        changed = msgspec.structs.replace(changed, languages=check_languages(edit.languages))
    if edit.model is not UNSET:
        changed = msgspec.structs.replace(changed, model=edit.model)
    if changed.name != agent.name:
        await edit_user(ctx, agent.user_id, UserEdit(global_name=changed.name))
    if changed != agent:
        await ctx.write(do_update_agent, changed)
    return changed


async def delete_agent(ctx: Ctx, agent_id: int) -> None:
    """Remove an agent from everywhere; what it wrote stays. Raises NotFound, Forbidden."""
    agent = await _get_own(ctx, agent_id)
    await ctx.write(do_delete_agent, agent)
    await _stop(ctx, agent_id)
    for guild_id in ctx.app.get(Directory).guilds_of(agent.user_id):
        await remove_member(system(ctx.app), guild_id, agent.user_id)


async def pause_agent(ctx: Ctx, agent_id: int) -> Agent:
    """Stop one agent now; its running turn waits until it is resumed. Raises NotFound, Forbidden."""
    await _get_own(ctx, agent_id)
    await ctx.write(do_pause_agent, agent_id)
    await _stop(ctx, agent_id)
    return await get_agent(ctx, agent_id)


async def resume_agent(ctx: Ctx, agent_id: int) -> Agent:
    """Let one agent take part again. Raises NotFound, Forbidden."""
    await _get_own(ctx, agent_id)
    await ctx.write(do_resume_agent, agent_id)
    return await get_agent(ctx, agent_id)


async def say(ctx: Ctx, agent_id: int, channel_id: int, content: str) -> int:
    """Speak as an agent, in its name and with its permissions; returns the message's id."""
    agent = await _get_own(ctx, agent_id)
    sent = await send(ctx.acting_as(act_as(agent)), channel_id, Draft(content=content))
    return sent.id


async def ask_to_speak(ctx: Ctx, agent_id: int, channel_id: int) -> int | None:
    """Let an agent open a conversation in a channel now; returns the turn's id."""
    agent = await _get_own(ctx, agent_id)
    settings = ctx.app.config.get(AgentSettings)
    channel = check(ctx.acting_as(act_as(agent)), int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES), channel_id=channel_id)
    turn = NewTurn(
        agent_id=agent_id,
        channel_id=channel_id,
        guild_id=channel.guild_id,
        urgency=TurnClass.WAITING_PERSON,
        reason="asked to speak",
    )
    return await ctx.write(do_queue_turn, turn, room=settings.queue, exchange=settings.exchange)


async def _get_own(ctx: Ctx, agent_id: int) -> Agent:
    """An agent that the actor may change: any for the server's owner, their own for others."""
    agent = await get_agent(ctx, agent_id)
    if not ctx.actor.is_owner and await ctx.read(find_creator, agent_id) != ctx.actor.user_id:
        raise Forbidden("Only who made this agent, or the owner of this server, may do that.")
    return agent


async def _stop(ctx: Ctx, agent_id: int) -> None:
    runner = ctx.app.find(Runner)
    if runner is not None:
        await runner.stop_turns(lambda turn: turn.agent_id == agent_id)


def check_name(ctx: Ctx, name: str) -> str:
    """A name of 1 to 32 characters that no other agent has. Raises BadRequest, Conflict."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not same_line(name):
        raise invalid("name", f"Must be between 1 and {MAX_NAME} in length and hold a letter.", "BASE_TYPE_BAD_LENGTH")
    if any(same_line(agent.name) == same_line(name) for agent in ctx.app.get(Roster).all()):
        raise Conflict(f"There is an agent named {name} already: choose another name.")
    return name


def check_voice(where: str, voice: Voice) -> Voice:
    """Interests and instructions within their limits, trimmed. Raises BadRequest."""
    prefix = f"{where}." if where else ""
    interests = tuple(dict.fromkeys(" ".join(word.split()) for word in voice.interests if word.strip()))
    if len(interests) > MAX_INTERESTS or any(len(word) > MAX_INTEREST for word in interests):
        raise invalid(f"{prefix}interests", f"At most {MAX_INTERESTS} interests of {MAX_INTEREST} characters.")
    if len(voice.instructions) > MAX_INSTRUCTIONS:
        raise invalid(f"{prefix}instructions", f"Must be {MAX_INSTRUCTIONS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return Voice(interests, voice.instructions.strip())


def check_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    """At least one of the languages that prompts exist in. Raises BadRequest."""
    if not languages or any(word not in LANGUAGES for word in languages):
        raise invalid("languages", f"Must be some of {', '.join(LANGUAGES)}.", "BASE_TYPE_CHOICES")
    return tuple(dict.fromkeys(languages))
