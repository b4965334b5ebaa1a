"""Regular expressions of rules, by RE2: its time grows with the length of the text alone, whatever the expression.

What cannot be done so (looking around, back references) is refused, as by Discord, whose engine has the same limits.
https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

# RE2 counts in instructions; a usual expression has some fifty. On 6,000 characters so many take a few milliseconds at worst.
MAX_INSTRUCTIONS = 1_500
MAX_MEMORY = 256 << 10  # bytes, of each expression


class BadPattern(Exception):
    """An expression that RE2 does not take, and why."""


def compile_pattern(source: str) -> Any:
    """An expression made ready; capitals and small letters are alike unless it says ``(?-i)``. Raises BadPattern."""
    # a rule may have no expression, and most have none
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise BadPattern(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from None


def check_patterns(sources: Sequence[str]) -> None:
    """Raises BadPattern with the index of the first that does not fit, and the reason."""
    left = MAX_INSTRUCTIONS
    for index, source in enumerate(sources):
        try:
            left -= compile_pattern(source).programsize
        except BadPattern as error:
            raise BadPattern(index, str(error)) from None
        if left < 0:
            raise BadPattern(index, f"the expressions of a rule are too large together (over {MAX_INSTRUCTIONS} instructions)")


def find_all(pattern: Any, text: str) -> Iterator[tuple[int, int]]:
    """Where an expression finds something, from left to right; nothing is no finding."""
    for found in pattern.finditer(text):
        start, end = found.span()
        if start < end:
            yield start, end
