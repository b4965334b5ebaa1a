"""The one thread that owns the model: take commands, seat requests, one step for all sequences, hand out the deltas.

Everything about text that may take long (templates, tokenising) happened before; here a step is a batch, one
`llama_decode`, one draw per sequence and a little byte joining.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

import msgspec

from agora.inference.backend import Backend
from agora.inference.drafting import Draft
from agora.inference.errors import EngineStopped, GenerationFailed, InferenceError
from agora.inference.governor import SAMPLE_SECONDS, SeatGovernor, ThreadGovernor, list_cores, read_times
from agora.inference.job import Job
from agora.inference.llama import ABORTED, ROOM_NEEDED, Row
from agora.inference.ports import Delta, EngineLoad, Finish
from agora.inference.prefix_files import PrefixFiles
from agora.inference.scheduler import GOOD_CHUNK, LONGEST_WRITING, StepBudget, plan_step
from agora.inference.seating import Seating
from agora.inference.settings import InferenceSettings, find_threads
from agora.inference.speculation import Speculation

log = logging.getLogger(__name__)

MOST_FAILURES = 5
"""So many steps in a row that raise something unforeseen end the engine."""


class Failure(msgspec.Struct, frozen=True):
    """A request that ended without its text."""

    request_id: str
    error: InferenceError


Event = Delta | Failure
Deliver = Callable[[Sequence[Event]], None]


class Worker(threading.Thread):
    """Runs jobs on a backend and delivers their events, one list per step. Closes the backend when it ends."""

    def __init__(
        self,
        backend: Backend,
        settings: InferenceSettings,
        name: str,
        digest: str,
        deliver: Deliver,
        files: PrefixFiles | None = None,
        draft: Draft | None = None,
    ) -> None:
        """`name` and `digest` (SHA-256) of the model go into the receipts; `files` keep evaluated prompts over a restart.

        `draft` guesses ahead, but not in deterministic mode; it is closed with the backend.
        """
        super().__init__(name="agora-inference", daemon=True)
        self._backend, self._settings, self._deliver = backend, settings, deliver
        self._model_name, self._model_hash, self._files = name, digest, files
        self._keeps = files is not None and backend.divisible and not settings.deterministic
        self._commands: queue.SimpleQueue[Job | str | None] = queue.SimpleQueue()
        seats = min(settings.sequences, settings.batch)
        self._seating = Seating(backend, seats=seats, slots=settings.sequences + settings.remembered, alone=settings.deterministic)
        self._budget = StepBudget(settings.batch, settings.step_ms / 1000)
        self._draft = draft
        self._speculation = Speculation(draft) if draft is not None and not settings.deterministic else None
        self._most_seats = self._seating.seats
        self._seats = SeatGovernor(self._most_seats, LONGEST_WRITING * settings.step_ms / 1000)
        self._governor: ThreadGovernor | None = None
        self._look_every, self._looked_at = SAMPLE_SECONDS, 0.0
        self.threads = find_threads(settings)
        """Compute threads now."""
        if settings.threads == 0 and not settings.deterministic and len(list_cores()) > 2:
            self._governor = ThreadGovernor(len(list_cores()), self.threads)
        self._events: list[Event] = []
        self._stopping = False
        self._ended = False
        self._failures = 0
        self.steps = 0
        self.busy_since: float | None = None
        """When the step that is being made began, on the monotonic clock; None between two steps."""

    @property
    def active(self) -> int:
        """Requests with a seat, as far as another thread can know."""
        return len(self._seating.seated)

    @property
    def waiting(self) -> int:
        """Requests without one."""
        return len(self._seating.waiting) + self._commands.qsize()

    @property
    def load(self) -> EngineLoad:
        """Sizes and what is used of them, as far as another thread can know."""
        return EngineLoad(
            seats=self._seating.seats,
            most_seats=self._most_seats,
            step_tokens=self._budget.tokens,
            batch=self._settings.batch,
            cells_used=self._seating.cells_used,
            cells=self._backend.cells,
            draft=self._speculation.draft.name if self._speculation else "",
            drafted=self._speculation.drafted if self._speculation else 0,
            accepted=self._speculation.accepted if self._speculation else 0,
        )

    @property
    def ended(self) -> bool:
        """Whether the thread takes no requests any more."""
        return self._ended

    @property
    def governed(self) -> bool:
        """Whether the number of threads follows the machine's load."""
        return self._governor is not None

    def govern(self, governor: ThreadGovernor, *, every_s: float = SAMPLE_SECONDS) -> None:
        """Lets this one say how many threads to use."""
        self._governor, self._look_every = governor, every_s

    def submit(self, job: Job) -> bool:
        """Hands over a request, from any thread; false when the thread has ended and nobody would take it."""
        self._commands.put(job)
        return not self._ended

    def cancel(self, request_id: str) -> None:
        """Ends a request before the next step; from any thread."""
        self._commands.put(request_id)

    def shut_down(self, *, keep: bool = True) -> None:
        """Ends all requests, also in the middle of a step; from any thread. `keep` saves evaluated prompts to the files."""
        self._keeps = self._keeps and keep
        self._stopping = True
        self._backend.abort()
        if self._draft is not None:
            self._draft.abort()
        self._commands.put(None)

    def run(self) -> None:
        """The thread's loop."""
        error: InferenceError = EngineStopped("The model engine was stopped.")
        try:
            self._remember()
            while not self._stopping and self._failures < MOST_FAILURES:
                self._take_commands()
                self._turn()
            if not self._stopping:
                error = EngineStopped("The model engine failed again and again and has ended; see the log, then restart.")
        finally:
            self._stopping = self._ended = True  # set before the last look: what comes later is refused by `submit`
            self._drain()
            for job in self._seating.list_jobs():
                self._fail(job, error)
            self._hand_out()
            self._save()
            if self._draft is not None:
                self._draft.close()
            self._backend.close()

    def _remember(self) -> None:
        """What was evaluated before the last stop."""
        if self._files is None or not self._keeps:
            return
        for saved in self._files.load():
            if self._stopping or not self._seating.adopt(saved):
                return

    def _save(self) -> None:
        if self._files is not None and self._keeps:
            try:
                self._files.save(self._seating.list_worth_saving())
            except Exception:
                log.exception("evaluated prompts could not be saved")

    def _turn(self) -> None:
        """Seats, steps and hands out once. Anything unforeseen fails the seated requests and leaves the engine alive."""
        if self._stopping:
            return
        self.busy_since = time.monotonic()
        try:
            for refusal in self._seating.fill():
                self._fail(refusal.job, refusal.error, keep=True)
            if self._seating.seated:
                self._choose_threads(self.busy_since)
                self._step()
            self._failures = 0
        except Exception as error:
            self._failures += 1
            log.exception("a step of the model engine failed")
            for job in list(self._seating.seated.values()):
                self._fail(job, GenerationFailed(f"The model engine failed on this text: {error}"))
        self._hand_out()
        self.busy_since = None

    def _choose_threads(self, now: float) -> None:
        if self._governor is None or now - self._looked_at < self._look_every:
            return
        self._looked_at = now
        threads = self._governor.look(read_times())
        if threads != self.threads:
            self.threads = threads
            self._backend.set_threads(threads)
            if self._draft is not None:
                self._draft.set_threads(threads)

    def _take_commands(self) -> None:
        """All commands there are; waits for one when there is nothing else to do."""
        if not self._seating.seated and not self._seating.waiting:
            self._take(self._commands.get())
        self._drain()

    def _drain(self) -> None:
        while True:
            try:
                self._take(self._commands.get_nowait())
            except queue.Empty:
                return

    def _take(self, command: Job | str | None) -> None:
        if isinstance(command, Job):
            self._seating.add(command)
        elif command is not None:
            job = self._seating.find(command)
            if job is not None:
                self._finish(job, "cancelled")

    def _step(self) -> None:
        budget = GOOD_CHUNK if self._settings.deterministic else self._budget.tokens
        shares = plan_step(self._seating.list_seated(), budget, self._settings.batch)
        jobs = [self._seating.seated[share.key] for share in shares]
        started, began = time.thread_time(), time.monotonic()
        drafts = self._propose(jobs)
        proposed = time.thread_time()
        rows = [job.next_row(share.tokens, drafts.get(share.key, ())) for job, share in zip(jobs, shares, strict=True)]
        status, places = self._backend.decode(rows)
        while status == ROOM_NEEDED and self._seating.forget_oldest():
            status, places = self._backend.decode(rows)
        self.steps += 1
        if status == ROOM_NEEDED and self._seating.give_up_one():
            return  # the others have room now, and it goes on when they are done
        if status != 0:
            self._fail_step(jobs, status)
            return
        # Time on the processor: on a busy machine steps would otherwise shrink, to where each token costs twice as much.
        self._budget.record(sum(len(row.tokens) for row in rows), time.thread_time() - proposed)
        now = time.monotonic()
        if not drafts and all(job.writing for job in jobs):  # the time on the wall: what others take of the machine counts here
            self._seating.seats = self._seats.record(len(jobs), now - began)
        accepted = [self._advance(job, row, place, now) for job, row, place in zip(jobs, rows, places, strict=True)]
        if self._speculation is not None:
            drafted = sum(row.drafted for row in rows)
            self._speculation.record(drafted, sum(accepted), len(jobs), time.thread_time() - started)

    def _propose(self, jobs: Sequence[Job]) -> dict[str, list[int]]:
        """What the draft guesses for the jobs of a step."""
        if self._speculation is None:
            return {}
        busy = len(self._seating.seated) > len(jobs) or bool(self._seating.waiting)
        return self._speculation.propose(jobs, busy=busy)

    def _fail_step(self, jobs: Sequence[Job], status: int) -> None:
        if status == ABORTED and self._stopping:
            return
        log.error("llama_decode returned %d with %d sequences", status, len(jobs))
        reason = "has no room left for it; set a larger [inference] context" if status == ROOM_NEEDED else "failed on it"
        for job in jobs:
            self._fail(job, GenerationFailed(f"The model {reason} (llama_decode returned {status})."))

    def _advance(self, job: Job, row: Row, place: int, now: float) -> int:
        """Books what was evaluated and, at the end of what was pending, draws what follows; returns how many guesses were right."""
        own = len(row.tokens) - row.drafted
        self._seating.extend(job, row.slot, list(row.tokens[:own]))
        job.take_row(row)
        if place < 0:
            return 0
        right, guesses = 0, row.tokens[own:]
        end = self._draw(job, place - row.drafted, now)
        while end is None and right < row.drafted and job.pending == [guesses[right]]:
            self._seating.extend(job, row.slot, job.pending)
            job.accept()
            right += 1
            end = self._draw(job, place - row.drafted + right, now)
        # before the text ends: what is kept of it is decided then
        if right < row.drafted and not self._backend.share(row.slot, row.slot, row.start + own + right):
            raise RuntimeError("the model's memory could not be taken back")
        if isinstance(end, InferenceError):
            self._fail(job, end, keep=True)
        elif end is not None:
            self._finish(job, *end)
        return right

    def _draw(self, job: Job, place: int, now: float) -> tuple[Finish, str] | InferenceError | None:
        """Draws the next token; how the text ends with it and its last words, or None where it goes on."""
        try:
            token = job.draw(place, now)
        except InferenceError as error:
            return error
        if self._backend.is_end(token):
            return "stop", ""
        text = job.stream.push(self._backend.piece(token))
        if job.stream.stopped:
            return "stop", text
        if job.generated >= job.limit:
            return "length", text
        job.follow(token)
        job.note(text)
        return None

    def _finish(self, job: Job, finish: Finish, text: str = "") -> None:
        self._leave(job)
        text = job.unsent + text + ("" if finish == "cancelled" else job.stream.flush())
        now, alone = time.monotonic(), self._settings.deterministic
        receipt = job.build_receipt(finish, self._model_name, self._model_hash, now, deterministic=alone)
        self._events.append(Delta(request_id=job.request.id, text=text, tokens=job.unsent_tokens, finish=finish, receipt=receipt))

    def _fail(self, job: Job, error: InferenceError, *, keep: bool = False) -> None:
        """Ends a job. A failed step may have left its sequence in any state; `keep` where that is not so."""
        slot = job.slot
        self._leave(job)
        if slot is not None and not keep:
            self._seating.clear(slot, backend=not self._stopping)
        self._events.append(Failure(job.request.id, error))

    def _leave(self, job: Job) -> None:
        self._seating.leave(job)
        if job.drawer is not None:
            job.drawer.close()
            job.drawer = None

    def _hand_out(self) -> None:
        """One crossing to the event loop per step, with everything that happened in it."""
        for job in self._seating.list_jobs():
            if job.unsent_tokens:
                self._events.append(job.take_delta())
        if self._events:
            events, self._events = self._events, []
            self._deliver(events)
