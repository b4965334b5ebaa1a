"""A small byte-level BPE tokenizer, split exactly as llama.cpp's `gpt-2` pre-tokenizer does."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agora.domains.insight.training.corpus.samples import Sample
from agora.domains.insight.training.errors import TrainingError
from agora.inference.context import Line
from agora.inference.layout import SPECIAL_TOKENS

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def train_tokenizer(samples: Iterable[Sample], size: int) -> "Tokenizer":
    """A tokenizer of `size` entries, control tokens first. The same samples give the same tokenizer."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_list_texts(samples), trainer)
    return tokenizer


def _list_texts(samples: Iterable[Sample]) -> Iterator[str]:
    """Everything said, in the form it has in a prompt: each piece begins with a space."""
    for sample in samples:
        yield f" {sample.shared.channel} | {sample.shared.topic}"
        yield from (_spoken(line) for line in sample.shared.lines)
        for branch in sample.branches:
            yield f" {branch.reply}"
            private = branch.private
            yield f" {private.name}: {', '.join(private.interests)} | {private.instructions}"
            yield f" {private.task.kind} {private.task.target or ''} | {private.task.about or ''} {private.task.shape or ''}"


def _spoken(line: Line) -> str:
    return f" {line.speaker}: {line.text}"


def load_tokenizer(path: Path) -> "Tokenizer":
    """The tokenizer in a file. Raises TrainingError where it is missing, unreadable or not of this layout."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise TrainingError(f"The tokenizer {path.name} cannot be read ({error}). Delete it and train again.") from error
    if [tokenizer.token_to_id(token) for token in SPECIAL_TOKENS] != list(range(len(SPECIAL_TOKENS))):
        raise TrainingError(f"The tokenizer {path.name} was made for another prompt layout. Delete it and train again.")
    return tokenizer


def hash_tokenizer(tokenizer: "Tokenizer") -> str:
    """SHA-256 of the tokenizer's complete definition."""
    return hashlib.sha256(tokenizer.to_str().encode()).hexdigest()
