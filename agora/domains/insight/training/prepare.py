"""Writes the corpus, trains the tokenizer and packs the rows; keeps each in the work folder for a resumed run."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agora.domains.insight.training.corpus.samples import Sample, make_samples
from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.plan import Plan
from agora.domains.insight.training.rows import Rows, load_rows, pack, render
from agora.domains.insight.training.tokenizer import hash_tokenizer, load_tokenizer, train_tokenizer
from agora.inference.layout import build_shared

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NEEDED_DISK = 400 * 1024 * 1024
NEEDED_MEMORY = 1500 * 1024 * 1024


class Material(msgspec.Struct, frozen=True):
    """All that training reads."""

    tokenizer: "Tokenizer"
    rows: Rows
    held_out: Rows
    corpus_hash: str
    tokenizer_hash: str


def check_room(folder: Path, needed_disk: int = NEEDED_DISK, needed_memory: int = NEEDED_MEMORY) -> None:
    """Raises TrainingError when disk (bytes) or memory (bytes) will not do."""
    import psutil

    free = shutil.disk_usage(folder).free
    if free < needed_disk:
        raise TrainingError(f"Training needs {needed_disk >> 20} MB of disk, {free >> 20} MB are free. Make room and start again.")
    memory = psutil.virtual_memory().available
    if memory < needed_memory:
        raise TrainingError(f"Training needs {needed_memory >> 20} MB of memory, {memory >> 20} MB are free. Close something.")


def prepare(plan: Plan, folder: Path, on_stage: Callable[[str], None] = lambda stage: None) -> Material:
    """Corpus, tokenizer and rows of a plan, from the work folder where they lie there already."""
    folder.mkdir(parents=True, exist_ok=True)
    on_stage("tokenizer")
    tokenizer = prepare_tokenizer(plan, folder)
    on_stage("corpus")
    rows_path, held_path = folder / "rows.npz", folder / "held_out.npz"
    if not rows_path.exists():
        digest = hashlib.sha256()
        rows = pack(_digested(make_samples(plan.seed, plan.samples), digest), tokenizer, plan.length)
        rows.save(rows_path, digest.hexdigest())
    if not held_path.exists():
        digest = hashlib.sha256()
        held = pack(_digested(make_samples(plan.seed + 1, plan.held_out, held_out=True), digest), tokenizer, plan.length)
        held.save(held_path, digest.hexdigest())
    rows, corpus_hash = load_rows(rows_path)
    held, _ = load_rows(held_path)
    if rows.ids.shape[1] != plan.length or int(rows.ids.max()) >= plan.vocabulary:
        raise TrainingError("The packed corpus belongs to another plan. Delete the work folder and train again.")
    return Material(tokenizer, rows, held, corpus_hash, hash_tokenizer(tokenizer))


def prepare_tokenizer(plan: Plan, folder: Path) -> "Tokenizer":
    """The tokenizer of a plan, trained on the corpus's own samples if it is not in the folder yet."""
    path = folder / "tokenizer.json"
    if not path.exists():
        step = max(plan.samples // plan.tokenizer_samples, 1)
        chosen = make_samples(plan.seed, plan.samples, step=step)
        partial = path.with_suffix(".part")
        train_tokenizer(chosen, plan.vocabulary, plan.pieces).save(str(partial))
        partial.replace(path)
    tokenizer = load_tokenizer(path)
    if tokenizer.get_vocab_size() != plan.vocabulary:
        raise TrainingError(
            f"The tokenizer in the work folder has {tokenizer.get_vocab_size()} entries, the plan {plan.vocabulary}. "
            "Delete the work folder and train again."
        )
    return tokenizer


def _digested(samples: Iterator[Sample], digest: "hashlib._Hash") -> Iterator[Sample]:
    """The hash is of the text that is read, so it stays the same while the prompt layout does."""
    for sample in samples:
        digest.update(build_shared(sample.shared).encode())
        for branch in sample.branches:
            digest.update("".join(render(branch, sample.shared)).encode())
        yield sample
