"""The tokenizer: frequent words are one token each, and every other word is spelled in few, very common pieces.

Plain byte-pair merging builds long words over rare in-between pieces, which training hardly shows; a word that nobody
listed is made of just those, and came out broken. Here a word is either whole in the vocabulary (llama.cpp's `llama-bpe`
rule: look the whole word up first, merge only if it is not there) or spelled in pieces that thousands of invented words
have taught. Pieces never take in the space or the apostrophe before a word, so it is spelled alike wherever it stands.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agora.domains.insight.training.corpus.expand import strip_article
from agora.domains.insight.training.corpus.people import NAMES
from agora.domains.insight.training.corpus.samples import Sample
from agora.domains.insight.training.corpus.topics import list_topics
from agora.domains.insight.training.corpus.wordings import list_wordings
from agora.domains.insight.training.errors import TrainingError
from agora.inference.context import Language
from agora.inference.folding import LEARNT
from agora.inference.heard import KINDS
from agora.inference.layout import SPECIAL_TOKENS
from agora.inference.wording import list_trait_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import PreTokenizer

PRE = "llama-bpe"
"""llama.cpp's name for the split below, with whole words first."""
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

LANGUAGES: tuple[Language, ...] = ("en", "fr")
_LISTED = re.compile(rf"\b(?:{'|'.join(NAMES)})\b")


def train_tokenizer(samples: Iterable[Sample], size: int, pieces: int) -> "Tokenizer":
    """A tokenizer of `size` entries: control tokens, bytes, at most `pieces` pieces and letters, and whole words.

    The same samples give the same tokenizer. Raises TrainingError where the samples have too few words.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    split = _build_split()
    seen: Counter[str] = Counter()
    names: set[str] = set()
    for sample in samples:
        names.update(token for name in _list_names(sample) for token, _ in split.pre_tokenize_str(f" {name}"))
        found = {token for text in _list_parts(sample) for token, _ in split.pre_tokenize_str(_LISTED.sub("", text))}
        seen.update(sorted(found))
    matters = {*_list_matters(split), *(token for kind in KINDS for token, _ in split.pre_tokenize_str(f" {kind}"))}
    seen.update(matters)
    for language in LANGUAGES:
        names.difference_update(token for text in list_wordings(language) for token, _ in split.pre_tokenize_str(f" {text}"))
    # A name is always spelled: one that were whole would teach nothing about copying those that nobody listed.
    ranked = sorted((token for token in seen if token not in names), key=lambda token: (token not in matters, -seen[token], token))
    room = size - len(SPECIAL_TOKENS) - len(alphabet) - pieces
    whole = [token for token in ranked if len(token) > 1][:room]
    merges = _learn_pieces(_weigh_words(seen, set(whole)), pieces)
    entries = [*SPECIAL_TOKENS, *alphabet, *(left + right for left, right in merges)]
    taken = set(entries)
    entries += [token for token in ranked if token not in taken][: size - len(entries)]
    if len(entries) < size:
        raise TrainingError(f"The corpus has too few words for a vocabulary of {size}. Take more samples.")
    tokenizer = Tokenizer(models.BPE({entry: at for at, entry in enumerate(entries)}, merges, ignore_merges=True))
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def _build_split() -> "PreTokenizer":
    from tokenizers import Regex, pre_tokenizers

    words = pre_tokenizers.Split(Regex(SPLIT), "isolated")
    return pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _list_matters(split: "PreTokenizer") -> list[str]:
    """The words of the listed topics' names and things, in a text and without article: they are always whole."""
    topics = [topic for language in LANGUAGES for topic in list_topics(language)]
    texts = {form for topic in topics for text in (topic.name, *topic.things) for form in (text, strip_article(text))}
    return sorted({token for text in texts for token, _ in split.pre_tokenize_str(f" {text}")})


def _weigh_words(seen: Counter[str], whole: set[str]) -> Counter[str]:
    """How much each word counts for the pieces: the spelled ones by how many samples have them, the whole ones a little,
    so that what real words are made of is among the pieces too."""
    return Counter({token: 2 if token in whole else count for token, count in seen.items()})


def _learn_pieces(words: Counter[str], most: int) -> list[tuple[str, str]]:
    """Merges for the words that are not whole: letters only, whole letters only, the accented ones first."""
    import json

    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    signs = dict(_list_bytes())
    merges = [(pair[0], pair[1]) for letter in LEARNT for pair in [level.pre_tokenize_str(letter)[0][0]]]
    learner = Tokenizer(models.BPE())
    alone = pre_tokenizers.Split(Regex(r"\p{L}+"), "removed", invert=True)
    learner.pre_tokenizer = pre_tokenizers.Sequence([alone, level])
    trainer = trainers.BpeTrainer(vocab_size=256 + most, initial_alphabet=sorted(signs), show_progress=False)
    texts = (bytes(signs[sign] for sign in word).decode(errors="ignore") for word in sorted(words) for _ in range(words[word]))
    learner.train_from_iterator(texts, trainer)
    known = set(signs) | {left + right for left, right in merges}
    for merge in json.loads(learner.to_str())["model"]["merges"]:
        left, right = merge if isinstance(merge, list) else merge.split(" ")
        if left in known and right in known and left + right not in known and _is_text(left + right, signs):
            merges.append((left, right))
            known.add(left + right)
    return merges[:most]


def _list_bytes() -> Iterator[tuple[str, int]]:
    """The sign by which byte-level tokenizers write each byte (GPT-2's table)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    yield from ((chr(byte), byte) for byte in shown)
    yield from ((chr(256 + at), byte) for at, byte in enumerate(hidden))


def _is_text(piece: str, signs: dict[str, int]) -> bool:
    try:
        bytes(signs[sign] for sign in piece).decode()
    except UnicodeDecodeError:
        return False
    return True


def _list_names(sample: Sample) -> Iterator[str]:
    yield from (line.speaker for line in sample.shared.lines)
    yield from (branch.private.name for branch in sample.branches)
    yield from (branch.private.task.target or "" for branch in sample.branches)


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
