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
_ARTICLES = (" le", " la", " les", " l", " the", " un", " une")

Ids = NDArray[np.integer[Any]]


class Pieces(msgspec.Struct, frozen=True):
    """The vocabulary sorted: letters that begin a word, letters within one, and what must stay as it is."""

    starts: Ids
    inner: Ids
    begins: NDArray[np.bool_]
    within: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    """Articles and the grammar's own words: alone they are no matter that could be told from the rest of a text."""
    do: int
    endings: tuple[int, ...]
    bar: tuple[int, ...]
    kinds: tuple[tuple[int, ...], ...]


def find_pieces(tokenizer: "Tokenizer") -> Pieces:
    """Sorts a vocabulary."""
    size = tokenizer.get_vocab_size()
    texts = [tokenizer.decode([at], skip_special_tokens=False) for at in range(size)]
    begins = np.array([text.startswith(" ") and text[1:].isalpha() for text in texts])
    within = np.array([text.isalpha() for text in texts])
    kept = np.zeros(size, dtype=bool)
    for language in _LANGUAGES:
        for found in tokenizer.encode_batch([f" {text}" for text in list_wordings(language)], add_special_tokens=False):
            kept[[at for at in found.ids if begins[at]]] = True
    kept[[at for at, text in enumerate(texts) if text in _ARTICLES]] = True

    def encode(text: str) -> tuple[int, ...]:
        return tuple(tokenizer.encode(text, add_special_tokens=False).ids)

    return Pieces(
        starts=np.flatnonzero(begins),
        inner=np.flatnonzero(within),
        begins=begins,
        within=within,
        kept=kept,
        do=encode(DO)[0],
        endings=tuple(encode(token)[0] for token in LANGUAGE_TOKENS.values()),
        bar=encode(" |"),
        kinds=(encode(" reply"), encode(" open")),
    )


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
    result = sample.copy()
    for span in sorted(found, key=len, reverse=True):
        old = np.array(span)
        drawn = np.where(pieces.begins[old], random.choice(pieces.starts, len(old)), random.choice(pieces.inner, len(old)))
        new = np.where(pieces.begins[old] | pieces.within[old], drawn, old)
        for at in np.flatnonzero(sample[: len(sample) - len(old) + 1] == old[0]):
            if (sample[at : at + len(old)] == old).all():
                result[at : at + len(old)] = new
    return result


def _list_spans(sample: list[int], pieces: Pieces) -> Iterator[tuple[int, ...]]:
    """Names and matters of the instructions in a sample, without articles."""
    for at in (i for i, token in enumerate(sample) if token == pieces.do):
        end = next((i for i in range(at, len(sample)) if sample[i] in pieces.endings), len(sample))
        kind = next((kind for kind in pieces.kinds if _stands(sample, at + 1, kind)), None)
        bars = [i for i in range(at, end) if _stands(sample, i, pieces.bar)]
        if kind is None or not bars:
            continue
        # "reply Ada | the garden | warm": the last part is the character, not to be touched.
        edges = [at + 1 + len(kind) - len(pieces.bar), *bars]
        for start, stop in pairwise(edges):
            part = sample[start + len(pieces.bar) : stop]
            while part and (not (pieces.begins[part[0]] or pieces.within[part[0]]) or (pieces.kept[part[0]] and len(part) > 1)):
                part = part[1:]
            if part and not (len(part) == 1 and pieces.kept[part[0]]):
                yield tuple(part)


def _stands(sample: list[int], at: int, sequence: tuple[int, ...]) -> bool:
    return tuple(sample[at : at + len(sequence)]) == sequence
