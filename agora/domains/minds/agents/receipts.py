"""Receipts: what an agent had before it when it wrote a message, and how the text was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from agora.domains.minds.agents.agent import Agent, Turn
from agora.domains.minds.agents.replay import Script
from agora.domains.minds.agents.summary import Summary
from agora.inference.ports import Receipt


def build_receipt(
    agent: Agent, turn: Turn, message_ids: Sequence[int], made: Receipt, script: Script, summary: Summary | None = None
) -> str:
    """JSON. Ids are strings; times are milliseconds. ``memory_ids`` names recalled memories; agents have none of their own yet."""
    body: dict[str, Any] = {
        "turn_id": str(turn.id),
        "agent_id": str(agent.id),
        "channel_id": str(turn.channel_id),
        "trigger_id": str(turn.trigger_id),
        "trigger_message_id": None if turn.message_id is None else str(turn.message_id),
        "class": turn.urgency.word,
        "reason": turn.reason,
        "depth": turn.depth,
        "attempt": turn.attempts,
        "message_ids": [str(message_id) for message_id in message_ids],
        "summary_id": None if summary is None else str(summary.id),
        "memory_ids": [],
        "model": made.model,
        "model_hash": made.model_hash,
        "prompt_hash": made.prompt_hash,
        "seed": made.seed,
        "sampler": msgspec.to_builtins(made.sampler),
        "finish": made.finish,
        "deterministic": made.deterministic,
        "tokens": {
            "prompt": made.prompt_tokens,
            "reused": made.tokens_reused,
            "evaluated": made.tokens_evaluated,
            "generated": made.tokens_generated,
            "drafted": made.tokens_drafted,
            "accepted": made.tokens_accepted,
        },
        "timings": {
            "queued_ms": round(made.queued_ms, 3),
            "first_token_ms": round(made.ttft_ms, 3),
            "total_ms": round(made.total_ms, 3),
            "tokens_per_s": round(made.tokens_per_s, 2),
        },
        "replay": msgspec.to_builtins(script),
    }
    return msgspec.json.encode(body).decode()
