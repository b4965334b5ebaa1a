"""How many tokens a draft model should guess ahead: as many as have paid off lately, and none where none does.

What pays depends on how often the guesses are right (the text), and on how much a token more costs in one step (the machine:
a processor that is busy with one token already gains little). So each length is tried now and then, and the quickest is used.
"""

from collections.abc import Sequence

LENGTHS = (4, 2, 8, 0)
"""Tried in this order at first."""
TRIALS = 4
"""Steps of each length before they are compared."""
EXPLORE = 48
"""After so many steps the length that was not tried for the longest time is tried once more."""
FADING = 0.9
"""What a step counts for once another of the same length was made."""


class DraftLength:
    """Pure: it is told what steps brought and took."""

    def __init__(self, lengths: Sequence[int] = LENGTHS) -> None:
        self._tokens = dict.fromkeys(lengths, 0.0)
        self._seconds = dict.fromkeys(lengths, 0.0)
        self._tried = dict.fromkeys(lengths, 0)
        self._last = dict.fromkeys(lengths, 0)
        self._steps = 0

    def choose(self) -> int:
        """The length for the next step."""
        new = next((length for length, count in self._tried.items() if count < TRIALS), None)
        if new is not None:
            return new
        if self._steps % EXPLORE == 0:
            return min(self._last, key=lambda length: self._last[length])
        return max(self._tokens, key=self.find_rate)

    def record(self, length: int, tokens: int, seconds: float) -> None:
        """A step with drafts of this length wrote so many tokens in so many seconds, the drafting included."""
        self._steps += 1
        self._tried[length] += 1
        self._last[length] = self._steps
        self._tokens[length] = self._tokens[length] * FADING + tokens
        self._seconds[length] = self._seconds[length] * FADING + seconds

    def find_rate(self, length: int) -> float:
        """Tokens a second with this length, the last steps counting most."""
        return self._tokens[length] / self._seconds[length] if self._seconds[length] > 0 else 0.0
