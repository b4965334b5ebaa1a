"""A small byte-level BPE tokenizer, split exactly as llama.cpp's `gpt-2` pre-tokenizer does."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agora.domains.insight.training.corpus.expand import strip_article
from agora.domains.insight.training.corpus.people import NAMES
from agora.domains.insight.training.corpus.samples import Sample
from agora.domains.insight.training.corpus.topics import list_texts, list_topics
from agora.domains.insight.training.errors import TrainingError
from agora.inference.context import Language
from agora.inference.layout import SPECIAL_TOKENS
from agora.inference.wording import list_trait_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOPIC_WEIGHT = 100
"""How often each phrase of the listed topics is shown to the trainer: enough to make its words whole tokens, which cannot
be misspelt. Only what nobody listed is left to be put together from pieces."""

LANGUAGES: tuple[Language, ...] = ("en", "fr")
_LISTED = re.compile(rf"\b(?:{'|'.join(NAMES)})\b")


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
    """Everything in a prompt, in the form it has there: each piece begins with a space.

    Listed names are left out: whole tokens for them would teach nothing about copying those that are not listed.
    """
    for phrase in _list_phrases():
        yield from [f" {phrase}"] * TOPIC_WEIGHT
    for sample in samples:
        for text in _list_parts(sample):
            yield _LISTED.sub("", text)


def _list_phrases() -> list[str]:
    """What the listed topics hold, as it stands in a text, and without its article, as people write interests."""
    topics = [topic for language in LANGUAGES for topic in list_topics(language)]
    texts = [text for topic in topics for text in list_texts(topic)]
    return sorted({form for text in texts for form in (text, strip_article(text))})


def _list_parts(sample: Sample) -> Iterator[str]:
    shared = sample.shared
    yield f" {shared.channel} | {shared.topic}"
    yield from (f" {line.speaker}: {line.text}" for line in shared.lines)
    for branch in sample.branches:
        yield f" {branch.reply}"
        private, task = branch.private, branch.private.task
        traits = ", ".join(list_trait_words(private.traits))
        yield f" {private.name}: {traits} | {', '.join(private.interests)} | {private.instructions}"
        yield f" {private.mood}"
        yield from (f" {memory}" for memory in private.memories)
        yield f" {task.kind} {task.target or ''} | {task.about or ''} {task.shape or ''}"


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
