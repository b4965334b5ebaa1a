"""When the worker lets a draft model guess, how far, and what came of it."""

from collections.abc import Sequence

from agora.inference.draft_length import DraftLength
from agora.inference.drafting import MOST_DRAFTED, MOST_TEXTS, Ask, Draft
from agora.inference.job import Job


class Speculation:
    """For the worker's thread. Off as long as more than a few texts are written, or anything is being read."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.drafted = self.accepted = 0
        """Tokens guessed, and those of them that were right, since the start."""
        self._lengths = {count: DraftLength() for count in range(1, MOST_TEXTS + 1)}
        self._asked: tuple[int, int] | None = None

    def propose(self, jobs: Sequence[Job], *, busy: bool) -> dict[str, list[int]]:
        """Guesses by request, for the jobs of a step; `busy` while others have or wait for a seat."""
        self._asked = None
        if busy or not 0 < len(jobs) <= MOST_TEXTS or not all(job.writing for job in jobs):
            return {}
        length = self._lengths[len(jobs)].choose()
        room = [min(length, MOST_DRAFTED, job.limit - job.generated - 1) for job in jobs]
        if length and min(room) < 1:
            return {}
        self._asked = (len(jobs), length)
        if not length:
            return {}
        found = self.draft.propose([Ask(job.request.id, job.tokens, most) for job, most in zip(jobs, room, strict=True)])
        if not any(found):
            self._asked = None  # it is still reading
        return {job.request.id: tokens for job, tokens in zip(jobs, found, strict=True) if tokens}

    def record(self, drafted: int, accepted: int, texts: int, seconds: float) -> None:
        """The step was made: so many guesses, so many right ones, and one token more of each text."""
        self.drafted += drafted
        self.accepted += accepted
        if self._asked is not None:
            count, length = self._asked
            self._lengths[count].record(length, accepted + texts, seconds)
            self._asked = None
