"""How lively an agent draws its words: the runtime and the evaluation of the starter model use this one rule."""

from agora.inference.layout import Style
from agora.inference.ports import Sampler

CALM: dict[Style, tuple[float, float]] = {"starter": (0.6, 0.1), "chat": (0.8, 0.05)}
"""Temperature and least share of the likeliest token's chance (min-p) at the first try. The starter model is small: drawn
as freely as others it now and then gives a copied word a wrong piece."""
LIVELIEST = 1.2


def choose_sampler(attempt: int, style: Style) -> Sampler:
    """The sampler for the n-th try (0 the first): livelier with each, so that a refused line is not written again."""
    temperature, min_p = CALM[style]
    return Sampler(
        temperature=min(LIVELIEST, temperature + 0.15 * attempt),
        top_p=0.95,
        min_p=min_p,
        repeat_penalty=1.0 + 0.05 * min(attempt, 4),
    )
