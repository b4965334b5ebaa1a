"""The training loop: bounded by time, checkpointed, resumable."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from agora.domains.insight.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from agora.domains.insight.training.disguise import disguise, find_pieces
from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.inherit import inherit
from agora.domains.insight.training.model import Batch, build_model, build_optimisers
from agora.domains.insight.training.plan import Plan
from agora.domains.insight.training.prepare import Material
from agora.domains.insight.training.rows import Rows, repack, strip_shared

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

CHECKPOINT = "checkpoint.json"
SAVE_EVERY = 180.0
"""Seconds between checkpoints."""


class Report(msgspec.Struct, frozen=True):
    """What a progress bar shows: tokens a second over the last steps, seconds left."""

    progress: Progress
    speed: float
    left: float


def train(
    plan: Plan,
    material: Material,
    folder: Path,
    minutes: float,
    compiled: bool = True,
    on_step: Callable[[Report], None] = lambda report: None,
    should_stop: Callable[[], bool] = lambda: False,
    parent: Path | None = None,
) -> "LlamaForCausalLM":
    """Trains until `minutes` of training time are used up, earlier runs counted in, and returns the model.

    `should_stop` is asked after each step; a stopped run saves and can be resumed. `parent`: the model file whose weights a
    new run begins with.
    """
    run = _Run(plan, material, folder, minutes * 60, compiled, parent)
    while run.progress.seconds < run.limit and not should_stop():
        started = time.monotonic()
        loss, tokens = run.step()
        took = time.monotonic() - started
        if not math.isfinite(loss):
            raise TrainingError("The loss is no longer a number; the last checkpoint is kept. Train again with another seed.")
        run.advance(loss, tokens, took)
        on_step(Report(run.progress, tokens / took, run.limit - run.progress.seconds))
        if run.progress.seconds - run.saved_at > SAVE_EVERY:
            run.save()
    run.save()
    return run.model


class _Run:
    """The state of one run."""

    def __init__(self, plan: Plan, material: Material, folder: Path, limit: float, compiled: bool, parent: Path | None) -> None:
        import torch

        self.plan, self.material, self.limit = plan, material, limit
        self.path = folder / CHECKPOINT
        self.model = build_model(plan)
        self.optimisers = build_optimisers(self.model, plan)
        self.progress = Progress()
        found = load_checkpoint(self.path, plan, material.corpus_hash, material.tokenizer_hash)
        if found:
            state, self.progress = found
            self.model.load_state_dict(state["model"])
            for optimiser, stored in zip(self.optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(stored)
        elif parent:
            inherit(self.model, plan, material.tokenizer, parent)
        self.saved_at = self.progress.seconds
        self.pieces = find_pieces(material.tokenizer)
        self.bare = strip_shared(material.rows, plan.short)
        self.short = repack(material.rows, plan.short)
        self.body: Any = torch.compile(self.model.model) if compiled else self.model.model

    def step(self) -> tuple[float, int]:
        """One step of the optimisers; its loss and the number of tokens read."""
        import torch

        share = self.progress.seconds / self.limit
        self._set_rate(share)
        batch = self._batch(share)
        loss = self._loss(batch, self.body)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        return loss.item(), batch.ids.numel()

    def advance(self, loss: float, tokens: int, seconds: float) -> None:
        """Moves the clock; the loss shown is a running mean."""
        old = self.progress
        mean = loss if old.step == 0 else 0.98 * old.loss + 0.02 * loss
        # The first step compiles: its time is not training time, or a resumed run would lose minutes.
        used = min(seconds, 5.0)
        self.progress = Progress(old.step + 1, old.seconds + used, old.tokens + tokens, mean, old.held_out_loss)

    def save(self) -> None:
        """Measures the loss on held-out talk and writes a checkpoint."""
        self.progress = msgspec.structs.replace(self.progress, held_out_loss=self.measure())
        state = {"model": self.model.state_dict(), "optimisers": [o.state_dict() for o in self.optimisers]}
        m = self.material
        save_checkpoint(self.path, state, self.plan, m.corpus_hash, m.tokenizer_hash, self.progress)
        self.saved_at = self.progress.seconds

    def measure(self) -> float:
        """Mean loss over the held-out rows."""
        import torch

        rows, count = self.material.held_out, self.plan.rows
        starts = range(0, len(rows) - count + 1, count)
        with torch.no_grad():  # not compiled: a second compilation would take longer than this
            losses = [float(self._loss(Batch(rows, np.arange(at, at + count)), self.model.model)) for at in starts]
        return sum(losses) / max(len(losses), 1)

    def _set_rate(self, share: float) -> None:
        warm = min((self.progress.step + 1) / self.plan.warm, 1.0)
        cool = min((1.0 - share) / self.plan.cooling_share, 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = self.plan.rate * warm * max(cool, 0.02)

    def _batch(self, share: float) -> Batch:
        """The next rows: bare ones in the first part of the time, then short ones, then long ones."""
        plan = self.plan
        if share < plan.bare_share or self.progress.step % plan.bare_every == 0:
            rows, count = self.bare, plan.rows * plan.length // plan.short
        elif share < 1 - plan.long_share:
            rows, count = self.short, plan.rows * plan.length // plan.short
        else:
            rows, count = self.material.rows, plan.rows
        chosen = self._choose(rows, count)
        random = np.random.default_rng((plan.seed, self.progress.step, 1))
        return Batch(rows, chosen, disguise(rows.ids[chosen], rows.samples[chosen], self.pieces, random))

    def _choose(self, rows: Rows, count: int) -> "np.ndarray[Any, Any]":
        """Some rows: in order the first time (the easy ones first, shuffled near by), at random afterwards."""
        step, seed = self.progress.step, self.plan.seed
        window = count * 16
        start = step // 16 * window
        if start + window > len(rows):
            return np.random.default_rng((seed, step)).choice(len(rows), count, replace=False)
        order = np.random.default_rng((seed, step // 16)).permutation(window) + start
        return order[step % 16 * count :][:count]

    def _loss(self, batch: Batch, body: Any) -> Any:
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = body(
                input_ids=batch.ids, attention_mask=batch.mask, position_ids=batch.positions, use_cache=False
            ).last_hidden_state
            scores = self.model.lm_head(hidden.reshape(-1, self.plan.width)[batch.selected])
        losses = torch.nn.functional.cross_entropy(scores.float(), batch.targets, reduction="none")
        return (losses * batch.weights).sum() / batch.weights.sum()
