"""A LoRA adapter with random weights for the tiny model."""

from __future__ import annotations

from pathlib import Path

from agora.inference.tiny import TinyShape


def write_tiny_adapter(path: Path, shape: TinyShape = TinyShape(), *, architecture: str = "llama", rank: int = 4) -> Path:
    """Changes what the tiny model attends to and what it makes of it, in every layer."""
    import gguf
    import numpy as np

    random = np.random.default_rng(shape.seed + 1)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    writer.add_name("tiny adapter")
    for layer in range(shape.layers):
        for name, rows, columns in (
            ("attn_q", shape.width, shape.width),
            ("ffn_up", shape.inner, shape.width),
            ("ffn_down", shape.width, shape.inner),
        ):
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", random.normal(0, 1, (rank, columns)).astype("float32"))
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", random.normal(0, 1, (rows, rank)).astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
