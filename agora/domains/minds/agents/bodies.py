"""What callers send about agents."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.minds.agents.agent import LANGUAGES, Traits, Unit, Voice
from agora.domains.minds.agents.service import AgentEdit, NewAgent
from agora.kernel.errors import invalid
from agora.kernel.ids import parse


class AgentCreate(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /api/agora/agents``. Without ``guild_id`` it joins the communities that are open to everybody."""

    name: str
    traits: Traits = Traits()
    interests: tuple[str, ...] = ()
    instructions: str = ""
    translations: dict[str, Voice] = {}
    languages: tuple[str, ...] = LANGUAGES
    model: str | None = None
    guild_id: str | None = None
    username: str | None = None


class TraitsPatch(msgspec.Struct, frozen=True):
    """Some of the five traits."""

    openness: Unit | UnsetType = UNSET
    conscientiousness: Unit | UnsetType = UNSET
    extraversion: Unit | UnsetType = UNSET
    agreeableness: Unit | UnsetType = UNSET
    neuroticism: Unit | UnsetType = UNSET


class AgentPatch(msgspec.Struct, frozen=True, kw_only=True):
    """``PATCH /api/agora/agents/{id}``: what is absent stays."""

    name: str | UnsetType = UNSET
    traits: TraitsPatch | UnsetType = UNSET
    interests: tuple[str, ...] | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    translations: dict[str, Voice] | UnsetType = UNSET
    languages: tuple[str, ...] | UnsetType = UNSET
    model: str | UnsetType | None = UNSET


class SayBody(msgspec.Struct, frozen=True):
    """``POST …/{id}/say``. With ``content`` exactly that is said in the agent's name; without, it opens a conversation itself."""

    channel_id: str
    content: str | None = None


class PauseBody(msgspec.Struct, frozen=True):
    """``POST /api/agora/override/pause``: why, for those who wonder."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class AgentQuery(msgspec.Struct, frozen=True):
    """Filters and page of the list of agents: by part of the name, by interest, by state."""

    q: str = ""
    state: Literal["active", "paused"] | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 100


class TurnQuery(msgspec.Struct, frozen=True):
    """Filters and page of the list of turns, newest first."""

    agent: str | None = None
    state: Literal["waiting", "running", "done", "failed", "cancelled"] | None = None
    before: str | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


def read_id(text: str, field: str) -> int:
    """An id of the body or query. Raises BadRequest on the field."""
    value = parse(text)
    if value is None:
        raise invalid(field, f'Value "{text[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


def build_new(body: AgentCreate) -> NewAgent:
    """The agent to make."""
    return NewAgent(
        name=body.name,
        traits=body.traits,
        voice=Voice(body.interests, body.instructions),
        translations=body.translations,
        languages=body.languages,
        model=body.model,
        guild_id=None if body.guild_id is None else read_id(body.guild_id, "guild_id"),
        username=body.username,
    )


def build_edit(body: AgentPatch, traits: Traits) -> AgentEdit:
    """The change; traits that the body leaves out stay as they are."""
    changed: Traits | UnsetType = UNSET
    if body.traits is not UNSET:
        given = {k: v for k, v in msgspec.structs.asdict(body.traits).items() if v is not UNSET}
        changed = msgspec.structs.replace(traits, **given)
    return AgentEdit(
        name=body.name,
        traits=changed,
        interests=body.interests,
        instructions=body.instructions,
        translations=body.translations,
        languages=body.languages,
        model=body.model,
    )
