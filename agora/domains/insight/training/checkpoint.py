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
    weights: str
    """Name of the file that holds the state, beside this one."""
    digest: str
    """SHA-256 of that file."""


def save_checkpoint(path: Path, state: dict[str, Any], plan: Plan, corpus: str, tokenizer: str, progress: Progress) -> None:
    """Writes the state to a new file, then the stamp that names it to `path`, each by rename, then drops older states.

    Whenever it is killed, the stamp names a whole state. Raises TrainingError when the disk is full.
    """
    import torch

    weights = path.with_name(f"{path.stem}-{progress.step}.pt")
    partial = path.with_suffix(".part")
    try:
        torch.save(state, partial)
        stamp = Stamp(plan, corpus, tokenizer, progress, weights.name, _hash_file(partial))
        partial.replace(weights)
        partial.write_bytes(msgspec.json.encode(stamp))
        partial.replace(path)
        for old in path.parent.glob(f"{path.stem}-*.pt"):
            if old != weights:
                old.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
        partial.unlink(missing_ok=True)
        raise TrainingError(f"The checkpoint could not be written ({error}). Free some space and start again.") from error


def load_checkpoint(path: Path, plan: Plan, corpus: str, tokenizer: str) -> tuple[dict[str, Any], Progress] | None:
    """The state to go on from; None when there is none. Raises TrainingError if it is damaged or of another run."""
    import torch

    stamp = find_stamp(path)
    if stamp is None:
        return None
    if stamp.tokenizer_hash != tokenizer:
        raise TrainingError(f"The checkpoint {path.name} was trained with another tokenizer. {_ADVICE}")
    if stamp.plan != plan or stamp.corpus_hash != corpus:
        raise TrainingError(f"The checkpoint {path.name} belongs to another plan or corpus. {_ADVICE}")
    weights = path.with_name(Path(stamp.weights).name)
    if not weights.exists() or _hash_file(weights) != stamp.digest:
        raise TrainingError(f"The checkpoint {weights.name} is damaged: its content changed or is gone. {_ADVICE}")
    return torch.load(weights, map_location="cpu", weights_only=True), stamp.progress


def find_stamp(path: Path) -> Stamp | None:
    """The description of the last checkpoint; None when there is none. Raises TrainingError if it is damaged."""
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Stamp)
    except msgspec.DecodeError as error:
        raise TrainingError(f"The checkpoint's description {path.name} is damaged ({error}). {_ADVICE}") from error


_ADVICE = "Delete the work folder's checkpoint to begin anew; the model in use is untouched."


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
