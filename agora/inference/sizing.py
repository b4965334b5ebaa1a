"""Sizes that follow the machine: what a setting of 0 stands for. Pure; the same machine and model give the same sizes."""

import msgspec

from agora.inference.model_info import ModelInfo
from agora.inference.settings import InferenceSettings

MEMORY_SHARE = 8
"""Evaluated tokens may take this part of the machine's memory: the model, the server and others need the rest."""
FEWEST_TOKENS, MOST_TOKENS = 2048, 65_536
TOKENS_PER_SEQUENCE = 512
"""Room that a conversation should have."""
SEQUENCES_PER_CORE, FEWEST_SEQUENCES, MOST_SEQUENCES = 8, 4, 32
"""A sequence more costs little as long as the weights are read anyway: on two cores sixteen write twice as fast as one."""
BATCH_PER_CORE, SMALLEST_BATCH, LARGEST_BATCH = 256, 256, 2048


class Machine(msgspec.Struct, frozen=True):
    """Cores that may be used, and bytes of memory."""

    cores: int
    memory: int


def read_machine(settings: InferenceSettings) -> Machine:
    """This one, as far as the settings let a model's process have it."""
    import psutil

    from agora.inference.governor import list_cores

    cores, memory = len(list_cores()), psutil.virtual_memory().total
    if settings.isolation == "process":
        cores = min(cores, settings.process_cores or cores)
        memory = min(memory, settings.process_memory_mib << 20 or memory)
    return Machine(cores, memory)


def fit_sizes(settings: InferenceSettings, info: ModelInfo, machine: Machine | None = None) -> InferenceSettings:
    """The same settings with a number in the place of every 0 of `context`, `sequences` and `batch`."""
    if not has_open_sizes(settings):
        return settings
    machine = machine or read_machine(settings)
    sequences = settings.sequences or _hold(SEQUENCES_PER_CORE * machine.cores, FEWEST_SEQUENCES, MOST_SEQUENCES)
    batch = settings.batch or _hold(BATCH_PER_CORE * machine.cores, SMALLEST_BATCH, LARGEST_BATCH)
    context = settings.context or _find_context(settings, info, machine, sequences)
    return msgspec.structs.replace(settings, context=context, sequences=sequences, batch=batch)


def has_open_sizes(settings: InferenceSettings) -> bool:
    """Whether one of them is 0."""
    return not (settings.context and settings.sequences and settings.batch)


def _find_context(settings: InferenceSettings, info: ModelInfo, machine: Machine, sequences: int) -> int:
    """As much as the memory's share holds, but not more than every sequence could use."""
    from agora.inference.model_memory import count_token_bytes

    useful = sequences * max(TOKENS_PER_SEQUENCE, info.context or TOKENS_PER_SEQUENCE)
    room = machine.memory // MEMORY_SHARE // max(1, count_token_bytes(info, settings))
    return _hold(min(useful, room) // 1024 * 1024, FEWEST_TOKENS, MOST_TOKENS)


def _hold(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))
