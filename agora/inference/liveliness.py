"""How lively an agent draws its words: the runtime and the evaluation of the starter model use this one rule."""

from agora.inference.layout import Style
from agora.inference.ports import Sampler

TEMPERATURES: dict[Style, float] = {"starter": 0.5, "chat": 0.8}
"""At the first try. The starter model is small: at 0.8 it gives every tenth copied word a wrong letter."""
LIVELIEST = 1.2


def choose_sampler(attempt: int, style: Style) -> Sampler:
    """The sampler for the n-th try (0 the first): livelier with each, so that a refused line is not written again."""
    return Sampler(
        temperature=min(LIVELIEST, TEMPERATURES[style] + 0.15 * attempt),
        top_p=0.95,
        min_p=0.05,
        repeat_penalty=1.0 + 0.05 * min(attempt, 4),
    )
