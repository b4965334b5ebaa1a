"""A very small language model with random weights, written as a GGUF file.

It speaks nonsense but takes every path a real model takes: the start-up check decodes one token with it, and tests
run the engine on it without any download.
"""

from pathlib import Path
from typing import Any

import msgspec

END = "<|end|>"
START = "<|begin|>"


class TinyShape(msgspec.Struct, frozen=True):
    """Sizes of the random model; `width` and `inner` are multiples of 32 because Q8_0 packs 32 weights."""

    width: int = 64
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    inner: int = 128
    context: int = 2048
    seed: int = 7


def list_byte_letters() -> list[str]:
    """The 256 visible letters that byte-level tokenizers (GPT-2) write for the bytes 0 to 255."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(spare)) for byte in range(256)]


def write_tiny_model(path: Path, shape: TinyShape = TinyShape(), *, template: str | None = None) -> Path:
    """Writes the file and returns its path. Weights are Q8_0, norms F32, the same seed gives the same bytes."""
    import gguf
    import numpy as np

    letters = list_byte_letters()
    merges = [f"{letters[0x20]} {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    tokens = [*letters, *(merge.replace(" ", "") for merge in merges), START, END]
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _add_sizes(writer, shape, len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([normal] * (len(tokens) - 2) + [control] * 2)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(len(tokens) - 2)
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)
    _add_tensors(writer, shape, len(tokens), np.random.default_rng(shape.seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_sizes(writer: Any, shape: TinyShape, vocabulary: int) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)


def _add_tensors(writer: Any, shape: TinyShape, vocabulary: int, random: Any) -> None:
    import gguf

    def add(name: str, rows: int, columns: int) -> None:
        weights = random.normal(0.0, columns**-0.5, (rows, columns)).astype("float32")
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(weights, kind), raw_dtype=kind)

    def add_norm(name: str) -> None:
        writer.add_tensor(name, random.normal(1.0, 0.1, shape.width).astype("float32"))

    narrow = shape.width // shape.heads * shape.kv_heads
    add("token_embd.weight", vocabulary, shape.width)
    for layer in range(shape.layers):
        at = f"blk.{layer}"
        add_norm(f"{at}.attn_norm.weight")
        add(f"{at}.attn_q.weight", shape.width, shape.width)
        add(f"{at}.attn_k.weight", narrow, shape.width)
        add(f"{at}.attn_v.weight", narrow, shape.width)
        add(f"{at}.attn_output.weight", shape.width, shape.width)
        add_norm(f"{at}.ffn_norm.weight")
        add(f"{at}.ffn_gate.weight", shape.inner, shape.width)
        add(f"{at}.ffn_up.weight", shape.inner, shape.width)
        add(f"{at}.ffn_down.weight", shape.width, shape.inner)
    add_norm("output_norm.weight")
    add("output.weight", vocabulary, shape.width)
