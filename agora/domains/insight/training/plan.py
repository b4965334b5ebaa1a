"""The size of a model and of its training: everything that has to stay the same for a run to be resumed."""

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """One training plan. Sizes in numbers of units, `length` in tokens, `samples` in conversations."""

    vocabulary: int = 4096
    pieces: int = 1100
    """How many entries of the vocabulary are pieces of words; the others are whole words."""
    width: int = 256
    layers: int = 4
    heads: int = 4
    inner: int = 768
    length: int = 512
    """Longest context the model is made for."""
    short: int = 320
    """Length of the rows for most of the time: attention costs more than all the rest in longer ones."""
    long_share: float = 0.15
    """The last part of the time, in which rows have the full length."""
    rows: int = 4
    """Rows of full length a step; of short rows there are as many more as they are shorter."""
    samples: int = 16_000
    held_out: int = 200
    tokenizer_samples: int = 3_000
    seed: int = 7
    rate: float = 3e-3
    warm: int = 60
    """Steps in which the rate rises to its full height."""
    bare_share: float = 0.3
    """The first part of the time, in which agents see their own instruction and the line they answer, without the talk
    before it: whom to name, what to take up and how to sound is learnt there many times faster, and kept."""
    bare_every: int = 2
    """After that, every n-th step stays bare, or characters fade while the talk is learnt."""
    cooling_share: float = 0.5
    """The last part of the time, in which the rate falls to nothing."""
    parent: str = ""
    """SHA-256 of the model file that the first weights come from; empty: from nothing."""


def follow(plan: Plan, parent: str) -> Plan:
    """The plan of a run that begins with an earlier model's weights: what is learnt from branches alone is mostly there."""
    return msgspec.structs.replace(plan, parent=parent, bare_share=0.12)


STARTER = Plan()
TINY = Plan(
    vocabulary=512,
    pieces=140,
    width=64,
    layers=2,
    heads=2,
    inner=128,
    length=512,
    short=384,
    rows=3,
    samples=120,
    held_out=8,
    tokenizer_samples=120,
    rate=1e-2,
    warm=4,
    bare_share=0.1,
)
"""Small enough to be trained within a test."""
