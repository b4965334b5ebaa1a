"""A first state taken from an earlier model file instead of from nothing: its body, and its words as far as they go on.

The matrices inside are taken as they are. An entry of the new vocabulary that the old one has too keeps its meaning; any
other begins as the mean of the old pieces that spell it, which is close to where training will move it.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.export import list_names, unpermute
from agora.domains.insight.training.plan import Plan

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM


def inherit(model: "LlamaForCausalLM", plan: Plan, tokenizer: "Tokenizer", path: Path) -> None:
    """Fills `model` from the GGUF file at `path`. Raises TrainingError where it cannot be read or has another shape."""
    import torch

    tensors = _read(path)
    old = tensors.get("token_embd.weight")
    wanted = {ours: tuple(model.get_parameter(theirs).shape) for theirs, ours in list_names(plan.layers)}
    if old is None or any(
        ours not in tensors or tensors[ours].shape != shape for ours, shape in wanted.items() if ours != EMBEDDING
    ):
        raise TrainingError(f"{path.name} holds a network of another shape than this plan's: nothing can be taken from it.")
    if f"blk.{plan.layers}.attn_norm.weight" in tensors or old.shape[1] != plan.width:
        raise TrainingError(f"{path.name} holds a network of another shape than this plan's: nothing can be taken from it.")
    with torch.no_grad():
        for theirs, ours in list_names(plan.layers):
            value = _spell(tokenizer, path, old) if ours == EMBEDDING else tensors[ours]
            turned = "attn_q" in ours or "attn_k" in ours
            model.get_parameter(theirs).copy_(torch.from_numpy(unpermute(value, plan.heads) if turned else value))


def hash_file(path: Path) -> str:
    """SHA-256 of a model file, for the provenance of what is made from it. Raises TrainingError where it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TrainingError(f"The model {path.name} cannot be read ({error}).") from error


EMBEDDING = "token_embd.weight"


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    from gguf import GGUFReader, quants

    try:
        return {t.name: np.array(quants.dequantize(t.data, t.tensor_type), dtype=np.float32) for t in GGUFReader(path).tensors}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise TrainingError(f"The model {path.name} cannot be read ({error}).") from error


def _spell(tokenizer: "Tokenizer", path: Path, old: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each entry of the tokenizer the old entry of the same name, else the mean of those that spell it."""
    from gguf import GGUFReader
    from tokenizers import Tokenizer, models, pre_tokenizers

    fields = GGUFReader(path).fields
    known = {name: at for at, name in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    speller = Tokenizer(models.BPE(known, merges))
    speller.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    rows = []
    for at in range(tokenizer.get_vocab_size()):
        entry = tokenizer.id_to_token(at) or ""
        text = tokenizer.decode([at], skip_special_tokens=False)
        found = [known[entry]] if entry in known else speller.encode(text).ids
        rows.append(old[found].mean(axis=0))
    return np.stack(rows)
