"""Makes a chat message of what a model wrote: only its own words, whole, without marks of the layout."""

import re
from collections.abc import Iterable

from agora.inference.safety import clean_name, neutralise

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_QUOTES = (('"', '"'), ("«", "»"), ("\u201c", "\u201d"))


def clean_reply(text: str, name: str, others: Iterable[str] = ()) -> str:
    """The message in `text`, written by `name`; empty if the model spoke only as somebody else.

    Thoughts and control tokens go; the own name in front goes; from the first line on that `others` would speak
    the text is cut.
    """
    text = _THOUGHT.sub("", text)
    text = re.split(r"<\|", text, maxsplit=1)[0] if not text.lstrip().startswith("<|") else _after_marks(text)
    text = neutralise(text).strip()
    text = _strip_speaker(text, clean_name(name))
    text = _cut_at_others(text, {clean_name(other) for other in others} - {clean_name(name)})
    text = _strip_quotes(text.strip())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _after_marks(text: str) -> str:
    """The text after leading control tokens, up to the next one."""
    rest = re.sub(r"^(?:\s*<\|[^|<>]{0,24}\|>)+", "", text)
    return re.split(r"<\|", rest, maxsplit=1)[0]


def _speaks(name: str) -> str:
    """Pattern of a line at which `name` speaks: `Ada:`, `**Ada**:`, `<Ada>`, `Ada > Bob:`, `Ada (to Bob):`."""
    word = re.escape(name)
    return rf"(?:[*_]{{0,2}}{word}[*_]{{0,2}}(?:\s*(?:>|\(to|\(à)\s*[^:\n]{{1,40}})?\s?:[*_]{{0,2}}|[<‹]{word}[>›])\s*"


def _strip_speaker(text: str, name: str) -> str:
    return re.sub(rf"^(?:{_speaks(name)})+", "", text, flags=re.IGNORECASE)


def _cut_at_others(text: str, others: set[str]) -> str:
    if not others:
        return text
    pattern = "|".join(_speaks(other) for other in sorted(others, key=len, reverse=True))
    found = re.search(rf"^[ \t]*(?:{pattern})", text, flags=re.IGNORECASE | re.MULTILINE)
    return text[: found.start()] if found else text


def _strip_quotes(text: str) -> str:
    for opening, closing in _QUOTES:
        inner = text[1:-1]
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            return inner.strip() if opening not in inner and closing not in inner else text
    return text
