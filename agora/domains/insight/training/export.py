"""Writes the trained network as GGUF: plain `llama` architecture, Q8_0, everything a stranger needs in its metadata."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agora.domains.insight.training.checkpoint import Progress
from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.plan import Plan
from agora.domains.insight.training.prepare import Material
from agora.domains.insight.training.rare import list_rare
from agora.domains.insight.training.taught import list_taught
from agora.domains.insight.training.tokenizer import PRE
from agora.inference.layout import (
    DO,
    END,
    LANGUAGE_TOKENS,
    LAYOUT_KEY,
    LAYOUT_VERSION,
    ME,
    MOOD,
    ROOM,
    RULES,
    SAY,
)
from agora.inference.spelled import SPELLED_KEY
from agora.inference.spelling import WORDS_KEY

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

NAME = "agora-starter"
LICENCE = "CC0-1.0"
MOST_BYTES = 16 * 1000 * 1000
"""The shipped file may not be larger."""

# For programs that only know chat templates; Agora itself uses its own layout (see `agora.layout`).
CHAT_TEMPLATE = (
    f"{RULES} Agora{END}{ROOM} general{END}"
    "{% for m in messages %}"
    f"{SAY} {{{{ m['role'] | capitalize }}}}: {{{{ m['content'] | trim }}}}{END}"
    "{% endfor %}"
    f"{{% if add_generation_prompt %}}{ME} Assistant: even{MOOD} calm{DO} reply User{LANGUAGE_TOKENS['en']}{{% endif %}}"
)


def export(model: "LlamaForCausalLM", plan: Plan, material: Material, progress: Progress, out: Path) -> int:
    """Writes the model to `out` by rename and returns its size in bytes; the old file stays if anything fails."""
    from gguf import GGUFWriter

    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".part")
    try:
        writer = GGUFWriter(partial, "llama")
        _write_description(writer, plan, material, progress)
        _write_shape(writer, plan)
        _write_tokenizer(writer, material.tokenizer)
        for name, tensor in _list_tensors(model, plan):
            _write_tensor(writer, name, tensor)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        check_export(partial, plan)
        size = partial.stat().st_size
        partial.replace(out)
    except OSError as error:
        raise TrainingError(f"The model could not be written ({error}). Free some space and start again.") from error
    finally:
        partial.unlink(missing_ok=True)
    return size


def check_export(path: Path, plan: Plan) -> None:
    """Reads the file back. Raises TrainingError if it is too large or not what was meant."""
    from gguf import GGUFReader

    if path.stat().st_size > MOST_BYTES:
        raise TrainingError(f"The model has {path.stat().st_size} bytes, more than {MOST_BYTES}.")
    reader = GGUFReader(path)
    shapes = {tensor.name: tuple(int(n) for n in tensor.shape) for tensor in reader.tensors}
    if shapes.get("token_embd.weight") != (plan.width, plan.vocabulary) or len(shapes) != 2 + 9 * plan.layers:
        raise TrainingError("The exported file does not hold the network that was trained.")


def _write_description(writer: "GGUFWriter", plan: Plan, material: Material, progress: Progress) -> None:
    import json

    from gguf import LlamaFileType

    writer.add_name(NAME)
    writer.add_author("Agora")
    writer.add_license(LICENCE)
    writer.add_languages(["en", "fr"])
    writer.add_description(
        "Small conversation model trained from scratch by Agora's own pipeline on text that Agora's grammar wrote. "
        f"{progress.step} steps, {progress.tokens} tokens, held-out loss {progress.held_out_loss:.3f}."
    )
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    writer.add_string(LAYOUT_KEY, LAYOUT_VERSION)
    writer.add_string(WORDS_KEY, json.dumps(list_taught(plan.seed, plan.tokenizer_samples), ensure_ascii=False))
    writer.add_string(SPELLED_KEY, json.dumps(list_rare(material.tokenizer, material.rows), ensure_ascii=False))
    writer.add_string("agora.provenance", "agora train starter; no outside weights, no outside text")
    if plan.parent:
        writer.add_string("agora.parent.sha256", plan.parent)
    writer.add_string("agora.corpus.sha256", material.corpus_hash)
    writer.add_string("agora.tokenizer.sha256", material.tokenizer_hash)
    writer.add_uint32("agora.corpus.seed", plan.seed)
    writer.add_uint32("agora.corpus.samples", plan.samples)
    writer.add_uint64("agora.training.tokens", progress.tokens)
    writer.add_uint32("agora.training.steps", progress.step)


def _write_shape(writer: "GGUFWriter", plan: Plan) -> None:
    writer.add_context_length(plan.length)
    writer.add_embedding_length(plan.width)
    writer.add_block_count(plan.layers)
    writer.add_feed_forward_length(plan.inner)
    writer.add_head_count(plan.heads)
    writer.add_head_count_kv(plan.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(plan.width // plan.heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(plan.vocabulary)


def _write_tokenizer(writer: "GGUFWriter", tokenizer: "Tokenizer") -> None:
    import json

    from gguf import TokenType

    bpe = json.loads(tokenizer.to_str())
    special = {token["content"] for token in bpe["added_tokens"]}
    words = [tokenizer.id_to_token(at) or "" for at in range(tokenizer.get_vocab_size())]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in bpe["model"]["merges"]]
    end = tokenizer.token_to_id(END)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE)
    writer.add_token_list(words)
    writer.add_token_types([TokenType.CONTROL if word in special else TokenType.NORMAL for word in words])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _list_tensors(model: "LlamaForCausalLM", plan: Plan) -> list[tuple[str, "np.ndarray[Any, Any]"]]:
    """The network's tensors under llama.cpp's names. The output matrix is tied to the embedding and left out."""
    weights = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    found = [(ours, weights[theirs]) for theirs, ours in list_names(plan.layers)]
    return [(name, _permute(value, plan.heads) if "attn_q" in name or "attn_k" in name else value) for name, value in found]


def list_names(layers: int) -> list[tuple[str, str]]:
    """Each tensor's name in transformers' Llama, and llama.cpp's for the same."""
    names = [("model.embed_tokens.weight", "token_embd.weight"), ("model.norm.weight", "output_norm.weight")]
    for at in range(layers):
        names += [(f"model.layers.{at}.{theirs}.weight", f"blk.{at}.{ours}.weight") for theirs, ours in _PARTS]
    return names


_PARTS = (
    ("input_layernorm", "attn_norm"),
    ("post_attention_layernorm", "ffn_norm"),
    ("self_attn.q_proj", "attn_q"),
    ("self_attn.k_proj", "attn_k"),
    ("self_attn.v_proj", "attn_v"),
    ("self_attn.o_proj", "attn_output"),
    ("mlp.gate_proj", "ffn_gate"),
    ("mlp.up_proj", "ffn_up"),
    ("mlp.down_proj", "ffn_down"),
)


def unpermute(matrix: "np.ndarray[Any, Any]", heads: int) -> "np.ndarray[Any, Any]":
    """Rotary pairs, as llama.cpp has them, back to transformers' rotary halves."""
    rows, columns = matrix.shape
    pairs = matrix.reshape(heads, rows // heads // 2, 2, columns)
    return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(rows, columns)


def _permute(matrix: "np.ndarray[Any, Any]", heads: int) -> "np.ndarray[Any, Any]":
    """Rotary halves to rotary pairs: transformers turns (i, i + half), llama.cpp's `llama` turns (2i, 2i + 1)."""
    rows, columns = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows, columns)


def _write_tensor(writer: "GGUFWriter", name: str, tensor: "np.ndarray[Any, Any]") -> None:
    from gguf import GGMLQuantizationType, quants

    if tensor.ndim == 1:
        writer.add_tensor(name, tensor.astype(np.float32))
        return
    kind = GGMLQuantizationType.Q8_0
    writer.add_tensor(name, quants.quantize(tensor, kind), raw_dtype=kind)
