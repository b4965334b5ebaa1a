"""From token bytes to text: characters cut by token borders are joined, stop sequences are found and left out."""

import codecs
from collections.abc import Sequence


class TextStream:
    """Takes the bytes of one token after another and gives out the text that is certain by then.

    Text that might still become a stop sequence is held back until it is decided.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = tuple(stop for stop in stops if stop)
        self._longest = max((len(stop) for stop in self._stops), default=0)
        self._held = ""
        self.stopped = False

    def push(self, piece: bytes) -> str:
        """Text that can be shown now. After a stop sequence `stopped` is true and nothing comes any more."""
        return "" if self.stopped else self._take(self._decoder.decode(piece))

    def flush(self) -> str:
        """What is left at the end; bytes that never became a character turn into U+FFFD."""
        if self.stopped:
            return ""
        text = self._take(self._decoder.decode(b"", final=True))
        text, self._held = text + self._held, ""
        return text

    def _take(self, text: str) -> str:
        self._held += text
        if not self._stops:
            ready, self._held = self._held, ""
            return ready
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            ready, self._held, self.stopped = self._held[: min(found)], "", True
            return ready
        keep = self._count_undecided()
        cut = len(self._held) - keep
        ready, self._held = self._held[:cut], self._held[cut:]
        return ready

    def _count_undecided(self) -> int:
        """Length of the longest end of the held text that begins a stop sequence."""
        for size in range(min(self._longest - 1, len(self._held)), 0, -1):
            end = self._held[-size:]
            if any(stop.startswith(end) for stop in self._stops):
                return size
        return 0
