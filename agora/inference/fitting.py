"""Cuts a conversation to what a model can read at once."""

import re

import msgspec

from agora.inference.context import PrivateContext, SharedContext
from agora.inference.layout import Style, build_private, build_shared, keep_recent
from agora.inference.ports import Engine

MARGIN = 32
"""Tokens kept free for a chat template's own words."""
_MARK = re.compile(r"<\|[a-z]+\|>")
_LEAST_LINES = 2


def fit(engine: Engine, style: Style, shared: SharedContext, private: PrivateContext, budget: int) -> SharedContext:
    """The same context with as many of its newest lines as the budget of tokens holds, at least two."""
    most = len(shared.lines)
    while True:
        kept = msgspec.structs.replace(shared, lines=keep_recent(shared.lines, most))
        text = build_shared(kept, style) + build_private(private, kept, style)
        size = engine.count_tokens(_MARK.sub("\n", text))
        if size <= budget or len(kept.lines) <= _LEAST_LINES:
            return kept
        # In steps of four: a number that changed with every message would move the beginning with it.
        fitting = len(kept.lines) * budget // max(1, size)
        most = max(_LEAST_LINES, min(len(kept.lines) - 1, fitting - fitting % 4))
