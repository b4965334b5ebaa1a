"""The whole way from nothing to a model file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.export import export
from agora.domains.insight.training.inherit import hash_file
from agora.domains.insight.training.plan import Plan, follow
from agora.domains.insight.training.prepare import check_room, prepare
from agora.domains.insight.training.train import CHECKPOINT, Report, train

if TYPE_CHECKING:
    from agora.domains.insight.training.checkpoint import Progress


class Made(msgspec.Struct, frozen=True):
    """A model that was written: where, its size in bytes, and how it was trained."""

    path: Path
    size: int
    progress: "Progress"
    corpus_hash: str


def make_starter(
    plan: Plan,
    folder: Path,
    out: Path,
    minutes: float,
    threads: int = 0,
    compiled: bool = True,
    on_stage: Callable[[str], None] = lambda stage: None,
    on_step: Callable[[Report], None] = lambda report: None,
    should_stop: Callable[[], bool] = lambda: False,
    parent: Path | None = None,
) -> Made:
    """Corpus, tokenizer, training and export; `folder` keeps all that a resumed run needs.

    `parent`: an earlier model file of the same shape, with whose weights the run begins.

    `threads` 0 takes every core. Raises TrainingError; `out` then still holds the last good model. A run that is stopped
    early writes a model only where there is none yet.
    """
    # Threads that spin while they wait would take the core from whoever else uses this machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import torch

    torch.set_num_threads(threads or os.cpu_count() or 1)
    folder.mkdir(parents=True, exist_ok=True)
    check_room(folder)
    if parent:
        plan = follow(plan, hash_file(parent))
    material = prepare(plan, folder, on_stage)
    on_stage("train")
    model = train(plan, material, folder, minutes, compiled, on_step, should_stop, parent)
    progress = read_progress(folder)
    if progress.seconds < minutes * 60 and out.exists():
        raise TrainingError(
            f"Stopped after {progress.seconds / 60:.1f} of {minutes:g} minutes; {out.name} stays as it was. "
            "The same command goes on from here."
        )
    on_stage("export")
    size = export(model, plan, material, progress, out)
    return Made(out, size, progress, material.corpus_hash)


def read_progress(folder: Path) -> "Progress":
    """How far the run in a work folder is. Raises TrainingError where none has begun."""
    from agora.domains.insight.training.checkpoint import find_stamp

    stamp = find_stamp(folder / CHECKPOINT)
    if stamp is None:
        raise TrainingError("There is no checkpoint yet.")
    return stamp.progress


def export_checkpoint(plan: Plan, folder: Path, out: Path) -> Made:
    """Writes the last checkpoint as a model file, also while the run goes on."""
    from agora.domains.insight.training.checkpoint import load_checkpoint
    from agora.domains.insight.training.model import build_model

    material = prepare(plan, folder)
    found = load_checkpoint(folder / CHECKPOINT, plan, material.corpus_hash, material.tokenizer_hash)
    if found is None:
        raise TrainingError("There is no checkpoint yet.")
    state, progress = found
    model = build_model(plan)
    model.load_state_dict(state["model"])
    return Made(out, export(model, plan, material, progress, out), progress, material.corpus_hash)
