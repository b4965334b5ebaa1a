"""LoRA adapters: small files that change how a model writes, laid over it when it is loaded.

A model with adapters is named `MODEL+ADAPTER`, or `MODEL+ADAPTER@0.5` where it counts by half.
"""

import msgspec

from agora.inference.errors import BadRequestToModel

STRONGEST = 10.0


class Adapter(msgspec.Struct, frozen=True):
    """An adapter's file and how strongly it counts."""

    path: str
    scale: float = 1.0


class NamedAdapter(msgspec.Struct, frozen=True):
    """An adapter as it is asked for."""

    name: str
    scale: float = 1.0


def split_name(name: str) -> tuple[str, tuple[NamedAdapter, ...]]:
    """The model's own name and its adapters. Raises BadRequestToModel for a strength that is none."""
    base, *rest = name.split("+")
    return base, tuple(_read(part) for part in rest if part)


def _read(part: str) -> NamedAdapter:
    name, mark, strength = part.rpartition("@")
    if not mark:
        return NamedAdapter(part)
    try:
        scale = float(strength)
    except ValueError:
        scale = float("nan")
    if not -STRONGEST <= scale <= STRONGEST:
        raise BadRequestToModel(f"The adapter {name} cannot count {strength} times; give a number up to {STRONGEST:g}.")
    return NamedAdapter(name, scale)
