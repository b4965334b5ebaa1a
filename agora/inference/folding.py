"""Writes letters that the starter model has not learnt as the plain ones they are made of: Maëlle becomes Maelle."""

import unicodedata

LEARNT = "éèàêçâûîôœùïëöüñáíóúäåøãõæÿßÉÈÀÊÇÂÛÎÔŒÙÏËÖÜÑÁÍÓÚÄÅØ"
"""The letters beyond ASCII that its tokenizer and corpus have. Any other would be two bytes it has hardly seen, and come
out broken."""


def fold_letters(text: str) -> str:
    """The text with unknown accented Latin letters as plain ones; other scripts and signs stay as they are."""
    return text if text.isascii() else "".join(map(_fold, text))


def _fold(sign: str) -> str:
    if sign.isascii() or sign in LEARNT or not sign.isalpha():
        return sign
    plain = unicodedata.normalize("NFD", sign)[0]
    return plain if plain.isascii() else sign
