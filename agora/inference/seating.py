"""Who has a sequence of the model's memory and who waits for one; who has to make room, and who waits for whose prompt."""

import time
from array import array
from collections.abc import Iterable, Iterator

import msgspec

from agora.inference.backend import Backend
from agora.inference.errors import GenerationFailed, InferenceError
from agora.inference.job import Job
from agora.inference.prefix import SlotTable, count_common
from agora.inference.prefix_files import Saved
from agora.inference.scheduler import KEPT_FOR_PEOPLE, FairShare, Seated, Waiting, choose_next

WORTH_WAITING = 16
"""A prompt waits for another one that is about to evaluate so many more of the tokens that both begin with."""


class Refusal(msgspec.Struct, frozen=True):
    """A job that cannot be run."""

    job: Job
    error: InferenceError


class Seating:
    """All jobs of a worker, on its thread."""

    def __init__(self, backend: Backend, *, seats: int, slots: int, alone: bool = False) -> None:
        """`seats` jobs at most are evaluated together; `slots` sequences hold what they and those before them left.

        `alone`: one job at a time, undisturbed to its end, and nothing is left of it.
        """
        self._backend, self._seats, self._alone = backend, 1 if alone else seats, alone
        self._shares = backend.divisible and not alone
        self._table = SlotTable(slots, backend.cells, share=self._shares)
        self._share = FairShare()
        self.waiting: dict[str, Job] = {}
        self.seated: dict[str, Job] = {}

    @property
    def cells_used(self) -> int:
        """Evaluated tokens that are kept."""
        return self._table.cells_used

    @property
    def seats(self) -> int:
        """How many jobs may be evaluated together now. Fewer than are seated takes no seat away."""
        return self._seats

    @seats.setter
    def seats(self, seats: int) -> None:
        self._seats = 1 if self._alone else seats

    def add(self, job: Job) -> None:
        """A job waits for its seat."""
        present = {(one.request.group, one.request.owner) for one in self.list_jobs()}
        self._share.arrive(job.request.group, job.request.owner, present)
        self.waiting[job.request.id] = job

    def find(self, request_id: str) -> Job | None:
        """The job of a request."""
        return self.seated.get(request_id) or self.waiting.get(request_id)

    def list_jobs(self) -> Iterable[Job]:
        """Seated and waiting ones."""
        return (*self.seated.values(), *self.waiting.values())

    def list_seated(self) -> list[Seated]:
        """What the scheduler needs to know for a step."""
        return [
            Seated(key, job.urgency, job.order, job.ready, job.writing, job.request.group, job.request.owner)
            for key, job in self.seated.items()
        ]

    def fill(self) -> list[Refusal]:
        """Gives seats to those who may have one now; returns those who never can."""
        for job in self.seated.values():
            job.urgency, job.awaited = int(job.request.priority), 0
        refused: list[Refusal] = []
        passed: set[str] = set()
        while len(passed) <= 2 * self._seats:
            line = [self._describe(key, job) for key, job in self.waiting.items() if key not in passed]
            if not line:
                break
            chosen = choose_next(line, self._seats - len(self.seated), self._seats)
            if chosen is None:
                best = min(line, key=lambda one: (one.priority, one.served, one.arrived))
                if len(self.seated) < self._seats or not self._make_way(best.priority):
                    break
                continue
            job = self.waiting[chosen.key]
            if self._waits_for_another(job):
                passed.add(chosen.key)
            elif not self._seat(job, refused) and not self._make_way(chosen.priority):
                if self.seated:
                    break  # it waits for room that others will give back
                del self.waiting[chosen.key]
                refused.append(
                    Refusal(job, GenerationFailed("The text does not fit into memory; set a larger [inference] context."))
                )
        return refused

    def extend(self, job: Job, slot: int, tokens: list[int]) -> None:
        """Tokens of a job were evaluated."""
        self._table.extend(slot, tokens)
        self._share.charge(job.request.group, job.request.owner, len(tokens))

    def forget_oldest(self) -> bool:
        """Gives up the prompt that nobody used for the longest time; false when there is none."""
        oldest = self._table.find_oldest_idle()
        if oldest is None:
            return False
        self._table.clear(oldest)
        self._backend.clear(oldest)
        return True

    def give_up_one(self) -> bool:
        """Sends the least urgent job back to wait, its evaluated tokens forgotten; false when only one has a seat."""
        if len(self.seated) < 2:
            return False
        job = max(self.seated.values(), key=lambda one: (one.urgency, one.order))
        slot = job.slot
        self._set_aside(job)
        if slot is not None:
            self._table.clear(slot)
            self._backend.clear(slot)
        return True

    def list_worth_saving(self) -> Iterator[Saved]:
        """Evaluated prompts that nobody uses now, the last used first, without those that are half contained in an earlier one."""
        chosen: list[tuple[str, array[int]]] = []
        for slot, scope, tokens in self._table.list_idle():
            known = max((count_common(tokens, other) for where, other in chosen if where == scope), default=0)
            if 2 * known >= len(tokens) or len(tokens) < WORTH_WAITING:
                continue
            chosen.append((scope, tokens))
            if data := self._backend.save(slot):
                yield Saved(scope, tokens, data)

    def adopt(self, saved: Saved) -> bool:
        """Takes up an evaluated prompt from before a restart; false when there is no more room for such."""
        slot = self._table.adopt(saved.tokens, saved.scope)
        if slot is None:
            return False
        if not self._backend.restore(slot, saved.data, len(saved.tokens)):
            self._table.clear(slot)
        return True

    def leave(self, job: Job) -> None:
        """The job ends. Its evaluated tokens stay for others until the room is needed."""
        self.waiting.pop(job.request.id, None)
        self.seated.pop(job.request.id, None)
        if job.slot is not None:
            self._table.release(job.slot)
            if self._alone:  # where its tokens lie in memory decides in which order the next text's sums are made
                self.clear(job.slot)
            elif job.kept is not None:
                self._cut(job.slot, job.kept)
            job.stand_up()

    def clear(self, slot: int, *, backend: bool = True) -> None:
        """A sequence that may be in any state holds nothing any more; `backend` unless it is about to be closed."""
        self._table.clear(slot)
        if backend:
            self._backend.clear(slot)

    def _cut(self, slot: int, length: int) -> None:
        """Forgets what comes after `length` tokens, and all of it where another sequence begins with the same."""
        if not self._shares:
            return
        if self._table.cut(slot, length) and not self._table.is_held_elsewhere(slot):
            self._backend.share(slot, slot, length)
        else:
            self.clear(slot)

    def _describe(self, key: str, job: Job) -> Waiting:
        return Waiting(key, job.request.priority, job.order, self._share.rank(job.request.group, job.request.owner))

    def _make_way(self, priority: int) -> bool:
        """Sets the least urgent job aside for one of the classes that never wait for chatter; false when there is none."""
        if priority > KEPT_FOR_PEOPLE or self._alone:
            return False
        chatter = [job for job in self.seated.values() if job.urgency > KEPT_FOR_PEOPLE]
        if not chatter:
            return False
        self._set_aside(max(chatter, key=lambda one: (one.urgency, one.order)))
        return True

    def _set_aside(self, job: Job) -> None:
        """It waits again and later goes on where it was: what it drew is part of what it will evaluate then."""
        del self.seated[job.request.id]
        if job.slot is not None:
            self._table.release(job.slot)
        job.stand_up()
        self.waiting[job.request.id] = job

    def _waits_for_another(self, job: Job) -> bool:
        """Whether a seated prompt is about to evaluate a beginning that this one can use then."""
        if not self._shares:
            return False
        leader, common = None, self._table.count_known(job.tokens, job.request.scope) + WORTH_WAITING - 1
        for other in self.seated.values():
            if other.request.scope != job.request.scope or len(other.pending) < WORTH_WAITING:
                continue
            alike = min(count_common(job.tokens, other.tokens), len(job.tokens) - 1)
            if alike > max(common, other.evaluated):
                leader, common = other, alike
        if leader is None:
            return False
        if job.request.priority < leader.urgency:
            leader.urgency, leader.awaited = int(job.request.priority), common
        return True

    def _seat(self, job: Job, refused: list[Refusal]) -> bool:
        """Gives the job a sequence; false when it has to wait for room."""
        place = self._table.place(job.tokens, job.longest, job.request.scope)
        if place is None:
            return False
        del self.waiting[job.request.id]
        self.seated[job.request.id] = job
        shared = self._backend.share(place.source, place.slot, place.reused)
        for slot in place.evict:
            self._backend.clear(slot)
        if not shared:
            self._table.forget_shared(place.slot)
        job.sit_down(place.slot, place.reused if shared else 0, time.monotonic())
        if job.drawer is None:
            try:
                job.drawer = self._backend.open_drawer(job.request, job.seed, job.tokens[: job.prompt_size])
            except InferenceError as error:
                refused.append(Refusal(job, error))
        return True
