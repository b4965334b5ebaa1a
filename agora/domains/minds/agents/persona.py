"""An agent asked outside of any channel: the same persona prompt as in its turns, over a conversation that the asker brings."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.agent import LANGUAGES, Agent
from agora.domains.minds.agents.language import find_language
from agora.domains.minds.agents.settings import AgentSettings
from agora.inference.context import Line, PrivateContext, SharedContext, Task
from agora.inference.fitting import MARGIN, fit
from agora.inference.layout import ChatMessage, Style, build_messages, build_private, build_shared, list_stops
from agora.inference.ports import Engine, Segment
from agora.kernel.app import App


class PersonaPrompt(msgspec.Struct, frozen=True):
    """What to put into a request: ``prompt`` or ``messages``, and the strings that end the agent's own words."""

    prompt: tuple[Segment, ...]
    messages: tuple[ChatMessage, ...]
    stop: tuple[str, ...]


def build_persona_prompt(
    app: App, engine: Engine, style: Style, agent: Agent, lines: Sequence[Line], rules: str, room: int
) -> PersonaPrompt:
    """The agent's prompt over these lines, the oldest left out until ``room`` tokens are free for the answer."""
    settings = app.config.get(AgentSettings)
    spoken = [word for word in LANGUAGES if word in agent.languages]
    language = find_language([line.text for line in lines], spoken, "fr" if settings.language == "fr" else "en")
    voice = agent.speaks(language)
    last = lines[-1] if lines else None
    target = last.speaker if last is not None and last.is_person else None
    private = PrivateContext(
        name=agent.name,
        task=Task("reply", target=target) if target else Task("open"),
        traits=msgspec.structs.asdict(agent.traits),
        interests=voice.interests,
        instructions=voice.instructions,
    )
    context = engine.info().context or settings.context_tokens
    shared = SharedContext(community="Agora", channel="direct", language=language, rules=rules, lines=tuple(lines))
    shared = fit(engine, style, shared, private, context - min(room, context // 3) - MARGIN)
    chat = style == "chat"
    return PersonaPrompt(
        prompt=() if chat else (Segment(build_shared(shared), True), Segment(build_private(private, shared), True)),
        messages=build_messages(shared, private) if chat else (),
        stop=list_stops(style, shared, agent.name),
    )
