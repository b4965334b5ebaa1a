"""Keeps a small model's words whole: a word that it begins is ended as one it knows, or as one it has been shown.

A model of a few million parameters sometimes takes a wrong turn inside a word that it spells in pieces, and what comes out
is no word at all. A model file may therefore name the words it was taught (`agora.words`); while such a model writes, only
tokens that can still become one of them, or one that its prompt holds, may be drawn: decoding held to a trie, as in
De Cao et al. 2021, "Autoregressive Entity Retrieval". What is not made of letters stays free.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

import msgspec

WORDS_KEY = "agora.words"
"""GGUF metadata key: a JSON object from a control token at the end of a prompt to the words taught for it, space-separated."""

Trie = dict[int, "Trie"]
"""From a token to what may follow it; the key `WHOLE` marks that a word may end here."""

WHOLE = -1
_SIGNS = (b" ", b"'", b"-", b"(")
"""What stands before a word: part of its first token, or a token of its own."""
_PREFIXES = (*_SIGNS, b"")


class Kind(Enum):
    """What a token is to a word: none of it, its beginning (after a sign or space that it holds), or more of it."""

    FREE = 0
    START = 1
    PIECE = 2


def read_words(text: str) -> dict[str, list[str]]:
    """The word lists of a model file by the control token they belong to; empty where there are none that can be read."""
    try:
        lists = msgspec.json.decode(text, type=dict[str, str]) if text else {}
    except msgspec.DecodeError:
        return {}
    return {token: words.split() for token, words in lists.items()}


class Lexicon:
    """The words of one list as tokens of one vocabulary. Made once per model and list, never changed."""

    def __init__(
        self, words: Iterable[str], tokenize: Callable[[str], list[int]], piece: Callable[[int], bytes], size: int
    ) -> None:
        """`tokenize` gives a text's tokens, `piece` a token's bytes; `size` counts the vocabulary."""
        self.pieces = [piece(token) for token in range(size)]
        self.kinds = [_tell_kind(data) for data in self.pieces]
        self.named = {data: token for token, data in enumerate(self.pieces) if data}
        self.trie: Trie = {}
        forms = dict.fromkeys(form for word in words for form in (word, word[:1].upper() + word[1:]))
        # One text for all of them: a call for each would take a hundred times as long. No word takes in a line's end.
        lines = "\n".join(f"{prefix.decode()}{form}" for form in forms for prefix in _PREFIXES)
        for word in self._split(tokenize(lines)):
            _insert(self.trie, word)
        kinds = list(enumerate(self.kinds))
        self._banned = [token for token, kind in kinds if kind is not Kind.FREE and token not in self.trie]
        self._banned_after_word = [t for t, kind in kinds if kind is Kind.PIECE or (kind is Kind.START and t not in self.trie)]

    def list_banned(self, *, after_word: bool) -> list[int]:
        """What may not stand where no word is begun. After a word nothing may either that would go on with it."""
        return self._banned_after_word if after_word else self._banned

    def list_forms(self, tokens: Iterable[int]) -> Iterator[list[int]]:
        """The words among some tokens, each as it stands and with what else may stand before it."""
        for word in self._split(tokens):
            yield word
            first = self.pieces[word[0]]
            letters = first[1:] if first[:1] in _SIGNS else first
            for prefix in _PREFIXES:
                other = self.named.get(prefix + letters)
                if other is not None:
                    yield [other, *word[1:]]
                elif not letters and not prefix:
                    yield word[1:]
                elif letters == first and prefix in self.named:
                    yield [self.named[prefix], *word]

    def _split(self, tokens: Iterable[int]) -> Iterator[list[int]]:
        word: list[int] = []
        for token in tokens:
            if self.kinds[token] is not Kind.PIECE:
                if self._has_letters(word):
                    yield word
                word = []
                if self.kinds[token] is Kind.FREE and self.pieces[token] not in _SIGNS:
                    continue
            word.append(token)
        if self._has_letters(word):
            yield word

    def _has_letters(self, word: Sequence[int]) -> bool:
        return any(self.kinds[token] is not Kind.FREE for token in word)


class Spelling:
    """Where one reply stands: inside a word, after one, or after a sign."""

    def __init__(self, lexicon: Lexicon, prompt: Iterable[int]) -> None:
        """`prompt`: the tokens whose words may be written as well."""
        self._lexicon = lexicon
        self._shown: Trie = {}
        for form in lexicon.list_forms(prompt):
            _insert(self._shown, form)
        self._places: tuple[Trie, ...] = ()
        """The places in both tries where the word begun so far ends; none at the beginning and after a free token."""
        self._lettered = False

    def list_banned(self, *, after_word: bool) -> list[int]:
        """As the lexicon's, without the words that the prompt holds."""
        kinds, shown = self._lexicon.kinds, self._shown
        banned = self._lexicon.list_banned(after_word=after_word)
        return [token for token in banned if token not in shown or (after_word and kinds[token] is Kind.PIECE)]

    @property
    def after_word(self) -> bool:
        """Whether the last token was of a word."""
        return self._lettered

    @property
    def may_end(self) -> bool:
        """Whether another word or a sign may follow now."""
        return not self._lettered or any(WHOLE in place for place in self._places)

    @property
    def following(self) -> set[int]:
        """The tokens that go on with the word begun."""
        return {token for place in self._places for token in place if token != WHOLE}

    def follow(self, token: int) -> None:
        """The token was written."""
        places = tuple(place[token] for place in self._places if token in place)
        if places:
            self._places, self._lettered = places, True
            return
        roots = (self._lexicon.trie, self._shown)
        self._places = tuple(root[token] for root in roots if token in root)
        self._lettered = self._lexicon.kinds[token] is not Kind.FREE


def _tell_kind(data: bytes) -> Kind:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Kind.PIECE  # part of a character: of a letter of another alphabet, or of a picture sign
    if text[:1].isalpha():
        return Kind.PIECE
    return Kind.START if any(sign.isalpha() for sign in text) else Kind.FREE


def _insert(trie: Trie, tokens: Sequence[int]) -> None:
    for token in tokens:
        trie = trie.setdefault(token, {})
    if tokens:
        trie[WHOLE] = {}
