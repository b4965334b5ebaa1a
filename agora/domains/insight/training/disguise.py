"""Rebuilds names and matters from any tokens at all, so that every token of the vocabulary learns to be copied.

A token that training hardly shows cannot be copied later, and the words that nobody listed are made of just such tokens.
In half of all samples the name and the matter of each instruction are exchanged for as many random tokens, the same
wherever they stand in the sample.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from agora.domains.insight.training.corpus.wordings import list_wordings
from agora.inference.context import Language
from agora.inference.layout import DO, LANGUAGE_TOKENS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHARE = 0.5
"""How many samples are disguised."""

_LANGUAGES: tuple[Language, ...] = ("en", "fr")
_ARTICLES = (" le", " la", " les", " l", " L", " the", " un", " une")

Ids = NDArray[np.integer[Any]]


class Pieces(msgspec.Struct, frozen=True):
    """The vocabulary sorted by what may stand for what. Entry i of `kinds` is the kind of token i, 0: stays as it is."""

    kinds: NDArray[np.uint8]
    members: tuple[Ids, ...]
    """The tokens of each kind: none, words after a space, words after an apostrophe, pieces with and without a capital."""
    kept: NDArray[np.bool_]
    """Articles and the grammar's own words: alone they are no matter that could be told from the rest of a text."""
    twins: dict[int, int]
    """Words that are one token after a space and another after an apostrophe, in both directions."""
    do: int
    endings: tuple[int, ...]
    bar: tuple[int, ...]
    tasks: tuple[tuple[int, ...], ...]


def find_pieces(tokenizer: "Tokenizer") -> Pieces:
    """Sorts a vocabulary."""
    size = tokenizer.get_vocab_size()
    texts = [tokenizer.decode([at], skip_special_tokens=False) for at in range(size)]
    kinds = np.array([_tell_kind(text) for text in texts], dtype=np.uint8)
    kept = np.zeros(size, dtype=bool)
    for language in _LANGUAGES:
        for found in tokenizer.encode_batch([f" {text}" for text in list_wordings(language)], add_special_tokens=False):
            kept[[at for at in found.ids if kinds[at] in (SPACED, QUOTED)]] = True
    kept[[at for at, text in enumerate(texts) if text in _ARTICLES]] = True
    spaced = {text[1:]: at for at, text in enumerate(texts) if kinds[at] == SPACED}
    pairs = [(at, spaced[text[1:]]) for at, text in enumerate(texts) if kinds[at] == QUOTED and text[1:] in spaced]

    def encode(text: str) -> tuple[int, ...]:
        return tuple(tokenizer.encode(text, add_special_tokens=False).ids)

    return Pieces(
        kinds=kinds,
        members=tuple(np.flatnonzero(kinds == kind) for kind in range(5)),
        kept=kept,
        twins=dict(pairs) | {two: one for one, two in pairs},
        do=encode(DO)[0],
        endings=tuple(encode(token)[0] for token in LANGUAGE_TOKENS.values()),
        bar=encode(" |"),
        tasks=(encode(" reply"), encode(" open")),
    )


SPACED, QUOTED, CAPITAL, SMALL = 1, 2, 3, 4


def _tell_kind(text: str) -> int:
    if text.isalpha():
        return CAPITAL if text[0].isupper() else SMALL
    if text[1:].isalpha():
        return {" ": SPACED, "'": QUOTED}.get(text[0], 0)
    return 0


def disguise(ids: Ids, samples: Ids, pieces: Pieces, random: np.random.Generator) -> Ids:
    """Rows of tokens with other names and matters in about half of their samples."""
    changed = ids.copy()
    for row, numbers in zip(changed, samples, strict=True):
        for number in range(1, int(numbers.max()) + 1):
            if random.random() < SHARE:
                place = np.flatnonzero(numbers == number)
                row[place] = _disguise_sample(row[place], pieces, random)
    return changed


def _disguise_sample(sample: Ids, pieces: Pieces, random: np.random.Generator) -> Ids:
    found = dict.fromkeys(_list_spans(sample.tolist(), pieces))
    tokens = set(sample.tolist())
    result = sample.copy()
    for span in sorted(found, key=len, reverse=True):
        if any(pieces.twins.get(token) in tokens for token in span):
            continue  # "école" here and "l'école" there: two tokens, which could not be changed alike
        old = np.array(span)
        new = np.array(
            [random.choice(pieces.members[kind]) if kind else at for at, kind in zip(span, pieces.kinds[old], strict=True)]
        )
        for at in np.flatnonzero(sample[: len(sample) - len(old) + 1] == old[0]):
            if (sample[at : at + len(old)] == old).all():
                result[at : at + len(old)] = new
    return result


def _list_spans(sample: list[int], pieces: Pieces) -> Iterator[tuple[int, ...]]:
    """Names and matters of the instructions in a sample, without articles."""
    for at in (i for i, token in enumerate(sample) if token == pieces.do):
        end = next((i for i in range(at, len(sample)) if sample[i] in pieces.endings), len(sample))
        task = next((task for task in pieces.tasks if _stands(sample, at + 1, task)), None)
        bars = [i for i in range(at, end) if _stands(sample, i, pieces.bar)]
        if task is None or not bars:
            continue
        # "reply Ada | the garden | warm": the last part is the character, not to be touched.
        edges = [at + 1 + len(task) - len(pieces.bar), *bars]
        for start, stop in pairwise(edges):
            part = sample[start + len(pieces.bar) : stop]
            while len(part) > 1 and (pieces.kept[part[0]] or not pieces.kinds[part[0]]):
                part = part[1:]
            if part and pieces.kinds[part].any() and not pieces.kept[part].all():
                yield tuple(part)


def _stands(sample: list[int], at: int, sequence: tuple[int, ...]) -> bool:
    return tuple(sample[at : at + len(sequence)]) == sequence
