"""Where a transcript that is too long begins: at a place that stays the same while new lines come.

If the oldest line went with every new one, each prompt would begin anew and nothing evaluated before could be used again.
So the beginning may lie anywhere within a page's length, and it lies at the line there whose mark is smallest: that line
stays the smallest until it leaves the window, and then a page or so goes at once. The choice needs no memory: the same
lines give the same beginning in another process, after a restart, and when a turn is run again. (Winnowing: Schleimer,
Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.)
"""

import hashlib
from collections.abc import Sequence


def find_start(marks: Sequence[int], most: int) -> int:
    """Index of the first line to keep: 0 when at most `most` lines are there, else more than half of `most` are kept."""
    if len(marks) <= most:
        return 0
    oldest = len(marks) - most
    page = max(1, most // 2)
    return min(range(oldest, min(oldest + page, len(marks))), key=lambda at: (marks[at], -at))


def mark(*parts: object) -> int:
    """A line's mark: a number that is as good as random and always the same for the same line."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
