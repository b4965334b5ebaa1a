"""How much memory a model will take, before it is loaded."""

from agora.inference.model_info import ModelInfo
from agora.inference.settings import InferenceSettings
from agora.inference.sizing import fit_sizes

_CELL_BYTES = {"f16": 2.0, "q8_0": 34 / 32}
"""Bytes of one number in the memory of evaluated tokens; q8_0 keeps 32 numbers and their scale in 34 bytes."""
_REORDERED, _REORDERED_SHARE = ("Q4_0", "Q4_K", "IQ4_NL"), 0.8
"""Of these kinds llama.cpp lays most weights out anew for the processor, beside the mapped file (measured: 228 MB took 410)."""
_FIXED = 48 << 20
"""Tables, tokenizer and buffers that every model needs, in bytes."""


def estimate_memory(info: ModelInfo, settings: InferenceSettings) -> int:
    """Bytes for weights, evaluated tokens (a key and a value per layer and token) and one batch's intermediate results."""
    if info.kind == "adapter":
        return info.bytes
    settings = fit_sizes(settings, info)
    cells = settings.context if info.kind == "text" else min(info.context, 2048)
    kept = cells * count_token_bytes(info, settings)
    ubatch = min(settings.batch, 512)
    outputs = settings.sequences + settings.remembered
    compute = 4 * (ubatch * (info.width * 12 + info.vocabulary) + outputs * info.vocabulary)
    again = info.bytes * _REORDERED_SHARE if info.quantisation.startswith(_REORDERED) else 0
    return int(info.bytes + again + kept + compute) + _FIXED


def count_token_bytes(info: ModelInfo, settings: InferenceSettings) -> int:
    """Bytes that one evaluated token takes: a key and a value per layer."""
    return int(2 * info.layers * _find_kept_width(info) * _CELL_BYTES[settings.cache_type])


def _find_kept_width(info: ModelInfo) -> int:
    """Numbers per layer and token in a key: fewer heads than the model has where several share one."""
    heads = _read(info, "attention.head_count")
    kept = _read(info, "attention.head_count_kv") or heads
    length = _read(info, "attention.key_length") or (info.width // heads if heads else 0)
    return kept * length if heads else info.width


def _read(info: ModelInfo, key: str) -> int:
    text = info.metadata.get(f"{info.architecture}.{key}", "")
    return int(text) if text.isdigit() else 0
