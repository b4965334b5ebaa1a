"""Words stay whole: whatever is drawn among what spelling leaves, only words known or shown come out."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.inference.spelling import Kind, Lexicon, Spelling, read_words

SIGNS = ["<end>", " ", "'", "-", "(", ".", "\n", "1"]
VOCABULARY = [*SIGNS, *"abcéABCÉ", *(f" {a}{b}" for a in "abc" for b in "abé"), "ab", "ca", "'ab"]
WORD = re.compile(r"[^\W\d_]+")


def tokenize(text: str) -> list[int]:
    """Longest token first, as a plain stand-in for a real vocabulary."""
    found, at = [], 0
    while at < len(text):
        longest = max((v for v in VOCABULARY[1:] if text.startswith(v, at)), key=len)
        found.append(VOCABULARY.index(longest))
        at += len(longest)
    return found


def piece(token: int) -> bytes:
    return VOCABULARY[token].encode() if token else b""


def build_lexicon(words: list[str]) -> Lexicon:
    return Lexicon(words, tokenize, piece, len(VOCABULARY))


def list_allowed(spelling: Spelling) -> list[int]:
    following = spelling.following
    if not spelling.may_end:
        return sorted(following)
    banned = set(spelling.list_banned(after_word=spelling.after_word))
    return [token for token in range(len(VOCABULARY)) if token not in banned or token in following]


words = st.lists(st.text(alphabet="abcé", min_size=1, max_size=5), max_size=5)


@settings(deadline=None)
@given(known=words, shown=words, seed=st.integers(0, 1000))
def test_only_known_and_shown_words_can_be_written(known: list[str], shown: list[str], seed: int) -> None:
    prompt = tokenize(" ".join(["", *shown]))
    spelling, random, text = Spelling(build_lexicon(known), prompt), Random(seed), ""
    for _ in range(60):
        allowed = list_allowed(spelling)
        assert allowed, "there is always something to write"
        token = random.choice(allowed)
        spelling.follow(token)
        text += VOCABULARY[token] if token else "."
    if not spelling.may_end:
        text = WORD.sub("", text[::-1], count=1)[::-1]  # the last word is not finished
    allowed_words = {form for word in (*known, *shown) for form in (word, word[:1].upper() + word[1:])}
    assert set(WORD.findall(text)) <= allowed_words, text


@settings(deadline=None)
@given(known=words, shown=words, seed=st.integers(0, 1000))
def test_every_known_and_shown_word_can_be_written(known: list[str], shown: list[str], seed: int) -> None:
    lexicon = build_lexicon(known)
    spelling = Spelling(lexicon, tokenize(" ".join(["", *shown])))
    text = "".join(f" {word}" for word in Random(seed).sample([*known, *shown], len(known) + len(shown)))
    for token in tokenize(text):
        assert token in list_allowed(spelling), (text, VOCABULARY[token])
        spelling.follow(token)
    assert spelling.may_end


def test_a_word_goes_on_after_an_apostrophe_as_after_a_space() -> None:
    spelling = Spelling(build_lexicon([]), tokenize(" cabé"))
    for token in tokenize("'cabé"):
        assert token in list_allowed(spelling)
        spelling.follow(token)
    kinds = build_lexicon([]).kinds
    assert all(kinds[token] is not Kind.PIECE for token in list_allowed(spelling))


def test_a_part_of_a_character_is_none_of_a_word_that_is_known() -> None:
    halves = ["é".encode()[:1], "é".encode()[1:], b" a"]
    lexicon = Lexicon([], lambda text: [], halves.__getitem__, 3)
    assert Spelling(lexicon, []).list_banned(after_word=False) == [0, 1, 2]
    assert Spelling(lexicon, [2, 0, 1]).list_banned(after_word=True) == [0, 1]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"<|en|>": 3}'])
def test_a_list_that_cannot_be_read_is_none(text: str) -> None:
    assert read_words(text) == {}
    assert read_words('{"<|en|>": "a b"}') == {"<|en|>": ["a", "b"]}
