"""``[agents]`` in agora.toml."""

from __future__ import annotations

from typing import Annotated

import msgspec

from agora.domains.minds.agents.pace import PaceWord

Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class AgentSettings(msgspec.Struct, frozen=True):
    """How agents behave and what they may use.

    ``pace``: slow, calm, lively (seconds: docs/agents.md) or instant. ``parallel``: turns at a time.
    ``max_depth``: messages with so many acts of agents since a person's wake nobody. ``exchange``: messages of agents
    that one message may lead to. ``crowd``: agents that may join in by chance on a person's message.
    ``max_tokens``: of one reply. ``context_tokens``: of one prompt. ``transcript``: messages an agent sees at most.
    ``summaries``: whether what was cut off stays as a line. ``queue``: waiting turns of one agent. ``attempts``: tries of one
    turn. ``retry_s``: pause after the first failure, each later one is four times as long. ``spare_s``: how long a model that
    fails again and again is left alone at first.
    ``timeout_s``: one generation.
    ``openings``: whether agents begin conversations by themselves. ``seed``: of chance. ``language``: until a
    conversation shows its own. ``keep_turns_d``: days after which ended turns are forgotten.
    """

    pace: PaceWord = "calm"
    parallel: Count = 4
    max_depth: Count = 8
    exchange: Count = 16
    crowd: Count = 2
    max_tokens: Count = 160
    context_tokens: Annotated[int, msgspec.Meta(ge=256, le=1_000_000)] = 4_096
    transcript: Count = 40
    summaries: bool = True
    queue: Count = 8
    attempts: Count = 4
    retry_s: Seconds = 4.0
    spare_s: Seconds = 15.0
    timeout_s: Count = 120
    openings: bool = True
    seed: int = 1
    language: str = "en"
    keep_turns_d: Count = 30
