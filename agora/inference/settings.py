"""Settings of the inference engine: section `[inference]` of agora.toml."""

import os
from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class InferenceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the model runs. Sizes are in tokens unless the name says otherwise."""

    engine: Literal["llama", "fake"] = "llama"
    """`llama` runs a GGUF file in this process; `fake` answers from a hash, for tests."""
    model: str = ""
    """Name of the model (file name without .gguf) or a path; empty takes the starter model, else the first found."""
    context: Annotated[int, Meta(ge=0, le=4_194_304)] = 8192
    """Tokens kept in memory for all conversations together; 0 follows the machine's memory, else at least 256."""
    sequences: Annotated[int, Meta(ge=0, le=96)] = 16
    """Replies written at the same time; 0 follows the machine's cores."""
    remembered: Annotated[int, Meta(ge=0, le=96)] = 16
    """Finished prompts kept besides, so that a later prompt that begins alike is not read again."""
    batch: Annotated[int, Meta(ge=0, le=8192)] = 512
    """Most tokens evaluated in one step; 0 follows the machine's cores, else at least 32."""
    threads: Annotated[int, Meta(ge=0, le=512)] = 0
    """Compute threads; 0 leaves room for the server: one of two cores, else all but one, at most eight, and fewer while other
    programs need the cores."""
    draft: str = ""
    """Name of a small model, or its path, that guesses ahead for a large one of the same vocabulary; empty for none."""
    gpu_layers: Annotated[int, Meta(ge=0, le=1024)] = 0
    """Layers given to a graphics card, where the build offers one."""
    cache_type: Literal["f16", "q8_0"] = "f16"
    """Precision of the kept tokens; `q8_0` halves their memory."""
    exact: bool = False
    """The same text however many others are written meanwhile: a little slower, as it does without flash attention,
    whose sums depend on how many tokens a step holds. Needs `cache_type = "f16"`."""
    deterministic: bool = False
    """Every text alone, its prompt read from the beginning in steps of one size: slow, but equal requests then give equal texts,
    byte for byte. Implies `exact`."""
    waiting: Annotated[int, Meta(ge=1, le=100_000)] = 512
    """Requests that may wait; more are refused."""
    step_ms: Annotated[int, Meta(ge=5, le=5000)] = 80
    """How long one step should take: bounds the time to a cancel and to a newcomer's first token."""
    seed: Annotated[int, Meta(ge=-1, le=2_147_483_647)] = -1
    """Seed for requests that bring none; -1 draws one each time (it is in the receipt)."""
    saved_mib: Annotated[int, Meta(ge=0, le=1 << 20)] = 256
    """Most MiB of evaluated prompts that are written to disk when the engine stops, and read again when it starts; 0 for none."""
    isolation: Literal["thread", "process"] = "thread"
    """`process` runs the model in a child process, which may die without taking the server with it."""
    process_memory_mib: Annotated[int, Meta(ge=0, le=1 << 24)] = 0
    """Memory that a model's process may write to, in MiB; 0 for no limit. The mapped model file does not count."""
    process_cores: Annotated[int, Meta(ge=0, le=1024)] = 0
    """Cores that a model's process may use; 0 for all of them."""
    process_watchdog_s: Annotated[int, Meta(ge=5, le=3600)] = 60
    """Seconds without a step, although there is work, after which a model's process (or thread) is taken to hang and started
    again."""
    try_models: bool = True
    """Decode one token of a new model file in a child process first, so that a file that crashes llama.cpp is refused."""

    def __post_init__(self) -> None:
        """Raises ValueError for a size between 0 and its least."""
        for name, least in (("context", 256), ("batch", 32)):
            value = getattr(self, name)
            if 0 < value < least:
                raise ValueError(f"{name} is {value}: it must be at least {least}, or 0")


def find_threads(settings: InferenceSettings) -> int:
    """Compute threads to use on this machine."""
    if settings.threads:
        return settings.threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cores - 1))
