"""What a GGUF file says about itself, and whether it can write text at all."""

from pathlib import Path
from typing import Literal

import msgspec

from agora.inference.errors import ModelRefused
from agora.inference.gguf_file import GgufArray, GgufHead, read_head
from agora.inference.gguf_types import FILE_TYPES

MOST_LAYERS = 1024
WIDEST = 1_048_576
LONGEST_TEXT = 500
"""Metadata texts are shown up to this length; a licence may be a whole document."""


Kind = Literal["text", "embedding", "adapter"]
_EMBEDDING_FAMILIES = frozenset(
    ("bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert", "eurobert")
)
_POOLED = ("1", "2", "3", "4")  # mean, first token, last token, rank: https://github.com/ggml-org/llama.cpp, llama_pooling_type


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One model file, or a LoRA adapter's (then what only a model has is 0). `context` in tokens, `bytes` on disk."""

    name: str
    path: str
    kind: Kind = "text"
    bytes: int
    title: str
    architecture: str
    parameters: int
    context: int
    width: int
    layers: int
    vocabulary: int
    quantisation: str
    licence: str
    template: str
    """The chat template (Jinja); empty when the model has none and ChatML is used."""
    metadata: dict[str, str]
    """All scalar metadata as text, for people and for `layout.find_style`."""


def inspect_model(path: Path) -> ModelInfo:
    """Reads the head of a model's or an adapter's file. Raises ModelRefused that names the file and the reason."""
    head = read_head(path)
    if _find_text(head, "general.type") == "adapter":
        return _inspect_adapter(path, head)
    architecture = _get_text(path, head, "general.architecture")
    _check_kind(path, head)
    vocabulary = _get_vocabulary(path, head)
    template = head.metadata.get("tokenizer.chat_template", "")
    return ModelInfo(
        name=path.stem,
        path=str(path),
        bytes=path.stat().st_size,
        title=_find_text(head, "general.name") or path.stem,
        architecture=architecture,
        parameters=sum(tensor.elements for tensor in head.tensors),
        context=_get_size(path, head, f"{architecture}.context_length", 2**31 - 1),
        width=_get_size(path, head, f"{architecture}.embedding_length", WIDEST),
        layers=_get_size(path, head, f"{architecture}.block_count", MOST_LAYERS),
        vocabulary=vocabulary,
        quantisation=_find_quantisation(head),
        licence=_find_text(head, "general.license")[:LONGEST_TEXT],
        template=template if isinstance(template, str) else "",
        metadata=_list_texts(head),
        kind=_find_kind(architecture, _list_texts(head)),
    )


def _find_kind(architecture: str, metadata: dict[str, str]) -> Kind:
    """A model for vectors says how it pools them, or belongs to a family that writes nothing."""
    pooled = metadata.get(f"{architecture}.pooling_type") in _POOLED
    return "embedding" if pooled or architecture in _EMBEDDING_FAMILIES else "text"


def _inspect_adapter(path: Path, head: GgufHead) -> ModelInfo:
    kind = _find_text(head, "adapter.type")
    if kind != "lora":
        raise ModelRefused(f"{path.name}: it is an adapter of the kind {kind or 'unknown'}; only LoRA is known.")
    names = {tensor.name for tensor in head.tensors}
    halves = {name.removesuffix(".lora_a") for name in names if name.endswith(".lora_a")}
    if not halves or any(f"{name}.lora_b" not in names for name in halves):
        raise ModelRefused(f"{path.name}: its tensors are no pairs of lora_a and lora_b.")
    return ModelInfo(
        name=path.stem,
        path=str(path),
        kind="adapter",
        bytes=path.stat().st_size,
        title=_find_text(head, "general.name") or path.stem,
        architecture=_get_text(path, head, "general.architecture"),
        parameters=sum(tensor.elements for tensor in head.tensors),
        context=0,
        width=0,
        layers=0,
        vocabulary=0,
        quantisation=_find_quantisation(head),
        licence=_find_text(head, "general.license")[:LONGEST_TEXT],
        template="",
        metadata=_list_texts(head),
    )


def _check_kind(path: Path, head: GgufHead) -> None:
    kind = _find_text(head, "general.type")
    if kind not in ("", "model"):
        raise ModelRefused(f"{path.name}: it is a {kind}, not a whole model.")
    part = head.metadata.get("split.no", 0)
    if isinstance(part, int) and part > 0:
        raise ModelRefused(f"{path.name}: it is part {part + 1} of a split model; name the first part.")
    if not head.tensors:
        raise ModelRefused(f"{path.name}: it has no tensors, so it holds a vocabulary at most.")
    parts = head.metadata.get("split.count", 0)
    whole = not (isinstance(parts, int) and parts > 1)
    if whole and not any(tensor.name == "token_embd.weight" for tensor in head.tensors):
        raise ModelRefused(f"{path.name}: the tensor token_embd.weight is missing.")


def _get_vocabulary(path: Path, head: GgufHead) -> int:
    """Number of tokens, after checking that the tokenizer's lists belong together."""
    _get_text(path, head, "tokenizer.ggml.model")
    tokens = head.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, GgufArray) or tokens.length == 0:
        raise ModelRefused(f"{path.name}: the tokenizer is missing (tokenizer.ggml.tokens).")
    for name in ("scores", "token_type"):
        other = head.metadata.get(f"tokenizer.ggml.{name}")
        if other is not None and (not isinstance(other, GgufArray) or other.length != tokens.length):
            raise ModelRefused(f"{path.name}: tokenizer.ggml.{name} does not belong to the {tokens.length} tokens.")
    for name in ("bos", "eos"):
        token = head.metadata.get(f"tokenizer.ggml.{name}_token_id")
        if token is not None and not (isinstance(token, int) and (token < tokens.length or token == 2**32 - 1)):
            raise ModelRefused(f"{path.name}: the {name} token {token} is not in the vocabulary.")
    return tokens.length


def _get_text(path: Path, head: GgufHead, key: str) -> str:
    value = head.metadata.get(key)
    if not isinstance(value, str) or not value:
        raise ModelRefused(f"{path.name}: {key} is missing from its metadata.")
    return value


def _find_text(head: GgufHead, key: str) -> str:
    value = head.metadata.get(key, "")
    return value if isinstance(value, str) else ""


def _get_size(path: Path, head: GgufHead, key: str, most: int) -> int:
    value = head.metadata.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ModelRefused(f"{path.name}: {key} is {value}; it must be a number from 1 to {most}.")
    return value


def _find_quantisation(head: GgufHead) -> str:
    """The name of the mixture, or of the type that takes most of the bytes."""
    kind = head.metadata.get("general.file_type")
    if isinstance(kind, int) and kind in FILE_TYPES:
        return FILE_TYPES[kind]
    bytes_by_type: dict[str, int] = {}
    for tensor in head.tensors:
        bytes_by_type[tensor.type_name] = bytes_by_type.get(tensor.type_name, 0) + tensor.bytes
    return max(bytes_by_type, key=lambda name: bytes_by_type[name])


def _list_texts(head: GgufHead) -> dict[str, str]:
    scalars = {key: value for key, value in head.metadata.items() if not isinstance(value, GgufArray)}
    return {key: str(value)[:LONGEST_TEXT] for key, value in scalars.items() if key != "tokenizer.chat_template"}
