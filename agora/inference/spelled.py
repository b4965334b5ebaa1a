"""Words that a prompt spells in pieces although the vocabulary has them whole.

A word that training showed only some dozen times is a token without much meaning: the model reads it, and writes another one in
its place. Its pieces stood in thousands of words, and are copied well. A model file may therefore name such tokens
(`agora.spelled`); prompts are then made without them. What the model itself writes is not touched.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

SPELLED_KEY = "agora.spelled"
"""GGUF metadata key: a JSON list of tokens, each a word with the space or apostrophe that it begins with."""

Spelled = Mapping[int, tuple[int, ...]]
"""From a token to those that are read in its place."""


def read_spelled(text: str, tokenize: Callable[[str], list[int]]) -> Spelled:
    """The tokens that a model file names; `tokenize` gives a text's tokens. Empty where there are none that can be read."""
    try:
        words = msgspec.json.decode(text, type=list[str]) if text else []
    except msgspec.DecodeError:
        return {}
    found = ((tokenize(word), (*tokenize(word[:1]), *tokenize(word[1:]))) for word in words)
    return {whole[0]: pieces for whole, pieces in found if len(whole) == 1 and len(pieces) > 2}


def spell(tokens: Iterable[int], spelled: Spelled) -> list[int]:
    """The tokens, with pieces in the place of words."""
    result: list[int] = []
    for token in tokens:
        pieces = spelled.get(token)
        if pieces is None:
            result.append(token)
        else:
            result += pieces
    return result
