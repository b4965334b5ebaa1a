"""Checkpoints: whole or not there. A damaged or foreign one is refused in words, never half loaded."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.plan import Plan


class Progress(msgspec.Struct, frozen=True):
    """How far a run is. `seconds` of training time, `tokens` read so far."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    loss: float = 0.0
    held_out_loss: float = 0.0


class Stamp(msgspec.Struct, frozen=True):
    """What a checkpoint belongs to; everything must match for it to be continued."""

    plan: Plan
    corpus_hash: str
    tokenizer_hash: str
    progress: Progress
    digest: str


def save_checkpoint(path: Path, state: dict[str, Any], plan: Plan, corpus: str, tokenizer: str, progress: Progress) -> None:
    """Writes the state, then its stamp, each by rename. Raises TrainingError when the disk is full."""
    import torch

    partial = path.with_suffix(".part")
    try:
        torch.save(state, partial)
        stamp = Stamp(plan, corpus, tokenizer, progress, _hash_file(partial))
        partial.replace(path)
        words = path.with_suffix(".json.part")
        words.write_bytes(msgspec.json.encode(stamp))
        words.replace(path.with_suffix(".json"))
    except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
        partial.unlink(missing_ok=True)
        raise TrainingError(f"The checkpoint could not be written ({error}). Free some space and start again.") from error


def load_checkpoint(path: Path, plan: Plan, corpus: str, tokenizer: str) -> tuple[dict[str, Any], Progress] | None:
    """The state to go on from; None when there is none. Raises TrainingError if it is damaged or of another run."""
    import torch

    words = path.with_suffix(".json")
    if not path.exists() or not words.exists():
        return None
    try:
        stamp = msgspec.json.decode(words.read_bytes(), type=Stamp)
    except msgspec.DecodeError as error:
        raise TrainingError(f"The checkpoint's description {words.name} is damaged ({error}). {_ADVICE}") from error
    if stamp.tokenizer_hash != tokenizer:
        raise TrainingError(f"The checkpoint {path.name} was trained with another tokenizer. {_ADVICE}")
    if stamp.plan != plan or stamp.corpus_hash != corpus:
        raise TrainingError(f"The checkpoint {path.name} belongs to another plan or corpus. {_ADVICE}")
    if _hash_file(path) != stamp.digest:
        raise TrainingError(f"The checkpoint {path.name} is damaged: its content changed. {_ADVICE}")
    return torch.load(path, map_location="cpu", weights_only=True), stamp.progress


_ADVICE = "Delete the work folder's checkpoint to begin anew; the model in use is untouched."


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
