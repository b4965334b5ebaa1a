"""Packs samples into rows of equal length.

A row holds several samples; a sample is a shared part and branches that all grow from its end. Tokens carry the
number of their sample and of their branch, so that the mask lets a branch see its shared part and itself only:
many agents' answers are learnt for the price of one reading of the conversation, exactly as the runtime shares it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agora.domains.insight.training.corpus.samples import Branch, Sample
from agora.domains.insight.training.errors import TrainingError
from agora.inference.context import SharedContext
from agora.inference.layout import END, SAY, build_private, build_shared

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HEARD_WEIGHT = 0.1
"""How much a word of the transcript counts in the loss, against 1 for a word of a reply."""

FIELDS = ("ids", "positions", "samples", "branches", "weights", "alone")

NEEDS_TALK = ("summarise", "title", "topic", "json")
"""Tasks about the conversation as a whole: without it their answers could only be guessed, and guessing is unlearnt slowly."""


class Rows:
    """Packed rows; every array has one entry per token. `weights[i]` counts token i as a target."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        self.ids = arrays["ids"]
        self.positions = arrays["positions"]
        self.samples = arrays["samples"]
        self.branches = arrays["branches"]
        self.weights = arrays["weights"]
        self.alone = arrays["alone"]

    def __len__(self) -> int:
        return len(self.ids)

    def save(self, path: Path, corpus_hash: str) -> None:
        """Writes the rows beside the hash of the corpus they were made from."""
        arrays = {name: getattr(self, name) for name in FIELDS}
        partial = path.with_suffix(".part.npz")
        np.savez_compressed(partial, corpus_hash=np.array(corpus_hash), **arrays)
        partial.replace(path)


def load_rows(path: Path) -> tuple[Rows, str]:
    """Rows and corpus hash from a file. Raises TrainingError if the file is damaged."""
    try:
        with np.load(path) as stored:
            return Rows({name: stored[name] for name in FIELDS}), str(stored["corpus_hash"])
    except Exception as error:  # zip, pickle and numpy each raise their own
        raise TrainingError(f"The packed corpus {path.name} is damaged ({error}). Delete it and train again.") from error


def pack(samples: Iterable[Sample], tokenizer: "Tokenizer", length: int) -> Rows:
    """Rows of `length` tokens. Branches that do not fit behind their shared part are left out."""
    return _pack(_encode(samples, tokenizer), length)


def repack(rows: Rows, length: int) -> Rows:
    """The same samples in shorter rows; those whose shared part leaves no room for a branch are left out."""
    return _pack(_unpack(rows), length, ALL)


def strip_shared(rows: Rows, length: int) -> Rows:
    """The branches alone, each a sample of its own; those that make no sense alone are left out."""
    return _pack(((branch, []) for _, branches in _unpack(rows) for branch in branches if branch[2]), length)


def _unpack(rows: Rows) -> "Iterator[tuple[Piece, list[Piece]]]":
    for at in range(len(rows)):
        ids, weights = rows.ids[at].tolist(), rows.weights[at].tolist()
        samples, branches = rows.samples[at], rows.branches[at]
        borders = np.flatnonzero((np.diff(samples) != 0) | (np.diff(branches) != 0)) + 1
        pieces = [(int(i), int(j)) for i, j in zip([0, *borders], [*borders, len(ids)], strict=True) if samples[i]]
        found: list[Piece] = []
        for i, j in pieces:
            if branches[i] == 0 and found:
                yield found[0], found[1:]
                found = []
            found.append((ids[i:j], weights[i:j], bool(rows.alone[at][i])))
        yield found[0], found[1:]


OPEN_ROWS = 8
"""How many rows are filled at a time: the more, the fewer places stay empty, and the less the order is kept."""
ENOUGH, ALL = 2, 4
"""How many of its branches a sample must have room for to be put into a row that others have begun: in long and in short rows."""


def _pack(encoded: "Iterable[tuple[Piece, list[Piece]]]", length: int, enough: int = ENOUGH) -> Rows:
    rows: dict[str, list[list[float]]] = {name: [] for name in FIELDS}
    opened: list[dict[str, list[float]]] = []
    for shared, branches in encoded:
        if len(shared[0]) + (len(branches[0][0]) if branches else 0) > length:
            continue
        row = _pick_row(opened, len(shared[0]) + sum(len(branch[0]) for branch in branches[:enough]), length)
        if row is None:
            if len(opened) == OPEN_ROWS:
                fullest = max(opened, key=lambda row: len(row["ids"]))
                opened = [row for row in opened if row is not fullest]
                _close(rows, fullest, length)
            row = {name: [] for name in FIELDS}
            opened.append(row)
        number = int(row["samples"][-1]) + 1 if row["samples"] else 1
        _append(row, shared, 0, number, 0)
        for at, branch in enumerate(branches, start=1):
            if len(row["ids"]) + len(branch[0]) <= length:
                _append(row, branch, len(shared[0]), number, at)
    for row in opened:
        _close(rows, row, length)
    small = dict.fromkeys(("samples", "branches", "alone"), np.uint8)
    kinds = {"ids": np.uint16, "positions": np.uint16, "weights": np.float16, **small}
    return Rows({name: np.array(rows[name], dtype=kinds[name]) for name in FIELDS})


def _pick_row(opened: list[dict[str, list[float]]], needed: int, length: int) -> dict[str, list[float]] | None:
    """The fullest open row with so much room; a sample longer than a row wants one for itself."""
    fitting = [row for row in opened if len(row["ids"]) + needed <= length]
    return max(fitting, key=lambda row: len(row["ids"])) if fitting else None


def _append(row: dict[str, list[float]], piece: "Piece", start: int, sample: int, branch: int) -> None:
    ids, weights, alone = piece
    row["ids"].extend(ids)
    row["positions"].extend(range(start, start + len(ids)))
    row["samples"].extend([sample] * len(ids))
    row["branches"].extend([branch] * len(ids))
    row["weights"].extend(weights)
    row["alone"].extend([alone] * len(ids))


def _close(rows: dict[str, list[list[float]]], row: dict[str, list[float]], length: int) -> None:
    if not row["ids"]:
        return
    for name in FIELDS:
        rows[name].append(row[name] + [0] * (length - len(row[name])))


Piece = tuple[list[int], list[float], bool]
"""Token ids, their weights as targets, and whether the piece can be learnt alone."""


def _encode(samples: Iterable[Sample], tokenizer: "Tokenizer", batch: int = 512) -> Iterator[tuple[Piece, list[Piece]]]:
    """Token ids and weights of each sample's parts; encodes many texts at once, which is much faster."""
    waiting: list[Sample] = []
    for sample in samples:
        waiting.append(sample)
        if len(waiting) == batch:
            yield from _encode_batch(waiting, tokenizer)
            waiting = []
    yield from _encode_batch(waiting, tokenizer)


def _encode_batch(samples: list[Sample], tokenizer: "Tokenizer") -> Iterator[tuple[Piece, list[Piece]]]:
    texts: list[str] = []
    for sample in samples:
        texts.append(build_shared(sample.shared))
        for branch in sample.branches:
            texts.extend(render(branch, sample.shared))
    encoded = iter([found.ids for found in tokenizer.encode_batch(texts, add_special_tokens=False)])
    say, end = tokenizer.token_to_id(SAY), tokenizer.token_to_id(END)
    for sample in samples:
        shared = next(encoded)
        branches: list[Piece] = []
        for branch in sample.branches:
            prompt, reply = next(encoded), next(encoded)
            alone = branch.private.task.kind not in NEEDS_TALK
            branches.append((prompt + reply, [0.0] * len(prompt) + [1.0] * len(reply), alone))
        yield (shared, _weigh_lines(shared, say, end), False), branches


def render(branch: Branch, shared: SharedContext) -> tuple[str, str]:
    """A branch as text: its prompt and, after a space, what the agent writes."""
    return build_private(branch.private, shared), f" {branch.reply}{END}"


def _weigh_lines(ids: list[int], say: int | None, end: int | None) -> list[float]:
    """Weights for a shared part: the words of the lines and their ends count a little, names and headers not."""
    weights, spoken = [], False
    for token in ids:
        weights.append(HEARD_WEIGHT if spoken else 0.0)
        if token == say:
            spoken = True
        elif token == end:
            spoken = False
    return weights
