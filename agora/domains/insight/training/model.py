"""The network: transformers' Llama, seen row by row with branches, and its two optimisers."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from agora.domains.insight.training.muon import Muon
from agora.domains.insight.training.plan import Plan
from agora.domains.insight.training.rows import Rows

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM


def build_model(plan: Plan) -> "LlamaForCausalLM":
    """A new model of the plan's size, its weights drawn from the plan's seed."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(plan.seed)
    config = LlamaConfig(
        vocab_size=plan.vocabulary,
        hidden_size=plan.width,
        intermediate_size=plan.inner,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        num_key_value_heads=plan.heads,
        max_position_embeddings=plan.length,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=0,
        rms_norm_eps=1e-5,
        initializer_range=1 / math.sqrt(plan.width),
    )
    config._attn_implementation = "sdpa"
    return LlamaForCausalLM(config)


def build_optimisers(model: "LlamaForCausalLM", plan: Plan) -> list[Any]:
    """Muon for the matrices inside, AdamW for the embedding and the norms."""
    import torch

    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name and "lm_head" not in name]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, plan.rate, decay=0.05),
        torch.optim.AdamW(others, lr=plan.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


class Batch:
    """Tensors of some rows."""

    def __init__(self, rows: Rows, chosen: np.ndarray[Any, Any], ids: np.ndarray[Any, Any] | None = None) -> None:
        """`ids`: other tokens for the chosen rows."""
        import torch

        self.ids = torch.from_numpy((rows.ids[chosen] if ids is None else ids).astype(np.int64))
        self.positions = torch.from_numpy(rows.positions[chosen].astype(np.int64))
        weights = torch.from_numpy(rows.weights[chosen].astype(np.float32))
        samples = torch.from_numpy(rows.samples[chosen].astype(np.int16))
        branches = torch.from_numpy(rows.branches[chosen].astype(np.int16))
        self.mask = build_mask(samples, branches)
        self.targets, self.weights, self.selected = _aim(self.ids, samples, branches, weights)


def build_mask(samples: "torch.Tensor", branches: "torch.Tensor") -> "torch.Tensor":
    """What each token may look at: earlier tokens of its own branch and of the shared part of its sample."""
    import torch

    length = samples.shape[1]
    same = samples[:, :, None] == samples[:, None, :]
    seen = (branches[:, None, :] == 0) | (branches[:, :, None] == branches[:, None, :])
    allowed = same & seen & torch.tril(torch.ones(length, length, dtype=torch.bool))
    return torch.where(allowed, 0.0, -1e4).to(torch.bfloat16)[:, None]


def _aim(
    ids: "torch.Tensor", samples: "torch.Tensor", branches: "torch.Tensor", weights: "torch.Tensor"
) -> tuple["torch.Tensor", "torch.Tensor", "torch.Tensor"]:
    """Next tokens, their weights, and the flat places where one is to be told; never across a border."""
    follows = (samples[:, 1:] == samples[:, :-1]) & (branches[:, 1:] == branches[:, :-1])
    wanted = weights[:, 1:] * follows
    places = (wanted > 0).nonzero(as_tuple=False)
    selected = places[:, 0] * ids.shape[1] + places[:, 1]
    flat_next = places[:, 0] * ids.shape[1] + places[:, 1] + 1
    return ids.reshape(-1)[flat_next], wanted[wanted > 0], selected
