"""How good a set of replies is: plain counts, no model judges another."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import log

import msgspec

from agora.domains.insight.training.corpus.acts import answers_in_kind
from agora.domains.insight.training.corpus.samples import make_samples
from agora.domains.insight.training.corpus.topics import list_texts, list_topics
from agora.domains.insight.training.corpus.wordings import list_wordings
from agora.domains.insight.training.exam import Question
from agora.inference.cleaning import clean_reply
from agora.inference.context import Language
from agora.inference.layout import with_subject
from agora.inference.relevance import list_offered, list_words
from agora.inference.safety import clean_name
from agora.inference.subject import STOP_WORDS

REPEAT_WINDOW = 200


class Answer(msgspec.Struct, frozen=True):
    """A question, the raw text that came, whether the model ended it by itself, and how often it wrote until then."""

    question: Question
    text: str
    stopped: bool
    writes: int = 1

    @property
    def said(self) -> str:
        """The message as it would be posted."""
        return clean_reply(self.text, self.question.private.name, _names(self.question))


def _names(question: Question) -> set[str]:
    return {line.speaker for line in question.shared.lines}


@cache
def list_grammar_words(language: Language) -> frozenset[str]:
    """Every word that the grammar has by heart: of its wordings and of the topics that training sees."""
    texts = [text for topic in list_topics(language) for text in list_texts(topic)]
    return frozenset(word for text in (*texts, *list_wordings(language)) for word in list_words(text))


@cache
def list_known_words(language: Language, samples: int = 3000) -> frozenset[str]:
    """Every word the grammar writes in a language: those it has by heart, and those of some thousand samples."""
    words = set(list_grammar_words(language))
    for sample in make_samples(1, samples):
        if sample.shared.language == language:
            words.update(word for line in sample.shared.lines for word in list_words(line.text))
            words.update(word for branch in sample.branches for word in list_words(branch.reply))
    return frozenset(words)


@cache
def _list_telling_words(language: Language) -> frozenset[str]:
    """Frequent words of one language that the other does not have."""
    other: Language = "fr" if language == "en" else "en"
    return (STOP_WORDS[language] | _list_common(language)) - STOP_WORDS[other] - _list_common(other)


@cache
def _list_common(language: Language) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for sample in make_samples(2, 600):
        if sample.shared.language == language:
            counts.update(word for branch in sample.branches for word in list_words(branch.reply))
    return frozenset(word for word, count in counts.items() if count >= 4)


def is_right_language(answer: Answer) -> bool:
    """More telling words of the conversation's language than of the other; the prompt's own words count for neither."""
    language = answer.question.shared.language
    other: Language = "fr" if language == "en" else "en"
    words = set(list_words(answer.said))
    return len(words & _list_telling_words(language)) > len(words & _list_telling_words(other))


def is_itself(answer: Answer) -> bool:
    """Nothing had to be cut away: no other speaker's line, no control token."""
    return bool(answer.said) and answer.said == answer.text.strip()


def names_addressee(answer: Answer) -> bool:
    """The name of whom it answers is in it."""
    target = clean_name(answer.question.private.task.target or "").casefold()
    return bool(target) and target in answer.said.casefold()


def takes_up(answer: Answer) -> bool:
    """It has a telling word of the last three messages, of the topic field or of the matter it was given."""
    question = answer.question
    return not list_offered(question.shared, question.private.task).isdisjoint(list_words(answer.said))


def answers_in_turn(answer: Answer) -> bool | None:
    """It does what may answer what its addressee said last: thanks after advice, a plan where one was asked for. None
    where the words heard or said are none of the grammar's."""
    shared, target = answer.question.shared, answer.question.private.task.target
    heard = next((line.text for line in reversed(shared.lines) if line.speaker == target), "")
    return answers_in_kind(heard, answer.said, shared.language)


def has_whole_words(answer: Answer) -> bool:
    """Each word is one the grammar knows or one that the prompt has."""
    shared, private = answer.question.shared, answer.question.private
    prompt = [line.text for line in shared.lines] + [line.speaker for line in shared.lines]
    prompt += [shared.topic, shared.community, shared.channel, private.name, *private.interests, *private.memories]
    task = with_subject(private.task, shared)
    prompt += [task.about or "", task.target or ""]
    allowed = list_known_words(shared.language) | {word for text in prompt for word in list_words(text)}
    return all(word in allowed or word.isdigit() for word in list_words(answer.said))


def count_repeats(answers: Sequence[Answer]) -> int:
    """Replies that were already given within the last 200 turns."""
    window: deque[str] = deque(maxlen=REPEAT_WINDOW)
    repeats = 0
    for answer in answers:
        repeats += answer.said in window
        window.append(answer.said)
    return repeats


def measure_distinct(answers: Sequence[Answer], size: int = 2) -> float:
    """Distinct-n (Li et al. 2016): different n-grams over all n-grams."""
    grams: Counter[tuple[str, ...]] = Counter()
    for answer in answers:
        words = list_words(answer.said)
        grams.update(zip(*(words[at:] for at in range(size)), strict=False))
    return len(grams) / max(sum(grams.values()), 1)


def tell_traits(answers: Sequence[Answer]) -> float:
    """Share of replies whose trait a naive Bayes classifier names, trained on the other half of them."""
    pairs = [(answer.question.trait, _list_marks(answer)) for answer in answers]
    halves = (pairs[0::2], pairs[1::2])
    right = sum(_classify(_count(halves[1 - half]), marks) == trait for half in (0, 1) for trait, marks in halves[half])
    return right / max(len(pairs), 1)


def _list_marks(answer: Answer) -> list[str]:
    words = list_words(answer.said)
    return words + [" ".join(pair) for pair in pairwise(words)]


def _count(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, Counter[str]]:
    table: dict[str, Counter[str]] = {}
    for trait, marks in pairs:
        table.setdefault(trait, Counter()).update(set(marks))
        table[trait][""] += 1
    return table


def _classify(table: Mapping[str, Counter[str]], marks: list[str]) -> str:
    def score(trait: str) -> float:
        counts = table[trait]
        return log(counts[""]) + sum(log((counts[mark] + 0.1) / (counts[""] + 0.2)) for mark in set(marks))

    return max(sorted(table), key=score)


def is_shaped(text: str, shape: str) -> bool:
    """Whether a text is JSON with exactly the keys of a shape."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and list(found) == re.findall(r'"(\w+)"\s*:', shape)
