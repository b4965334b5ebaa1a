"""``Runner``: takes waiting turns when their time has come, runs a few at once, and sees to it that each ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from agora.domains.minds.agents.agent import Turn, TurnClass
from agora.domains.minds.agents.breaker import Breaker
from agora.domains.minds.agents.energy import OPENING_COST, cost
from agora.domains.minds.agents.listeners import STALE_FOR_PEOPLE_MS, STALE_MS
from agora.domains.minds.agents.metrics import SPOKEN, TURNS
from agora.domains.minds.agents.pace import PACES
from agora.domains.minds.agents.queries import list_waiting
from agora.domains.minds.agents.readiness import is_model_ready
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.scheduling import Served, Waiting, choose
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.speaking import Silent, Spoken, speak
from agora.domains.minds.agents.turns import do_cancel_stale, do_end_turn, do_recover_turns, do_return_turn, do_start_turn
from agora.domains.minds.agents.writes import do_spend
from agora.inference.errors import InferenceError
from agora.kernel.app import App
from agora.kernel.ctx import system
from agora.kernel.errors import AgoraError, RateLimited, Unavailable
from agora.kernel.tx import Tx

log = logging.getLogger(__name__)
TROUBLE_S = 5.0
IDLE_S = 1.0  # looks around at least this often: a model may have come, a breaker's pause may be over


class _Active:
    """A turn that runs. It can be stopped once, and only after its task has begun: a task that never began could not tidy up."""

    __slots__ = ("began", "stopping", "task", "turn", "yields")

    def __init__(self, turn: Waiting) -> None:
        self.turn = turn
        self.task: asyncio.Task[None] | None = None
        self.began = self.stopping = False
        self.yields = False  # it makes way for a person, for good

    def stop(self) -> None:
        """Cancel the task, unless it is ending already."""
        if self.began and not self.stopping and self.task is not None:
            self.stopping = True
            self.task.cancel()


class Runner:
    """Runs turns on the event loop. ``errors`` maps agents to the last thing that went wrong for them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._settings = app.config.get(AgentSettings)
        self._wake = asyncio.Event()
        self._active: dict[int, _Active] = {}
        self._lost: set[int] = set()  # turns whose end could not be written
        self._closing = False
        self._served = Served()
        self.breaker = Breaker(pause_ms=int(self._settings.spare_s * 1000))
        self.errors: dict[int, str] = {}

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    def list_running(self) -> list[Waiting]:
        """The turns that run now."""
        return [active.turn for active in self._active.values()]

    async def run(self) -> None:
        """For ever. What was running when the server stopped waits again first."""
        returned = await system(self._app).write(do_recover_turns)
        if returned:
            log.info("%d turns that a stop interrupted wait again", returned)
        while True:
            pause = await self._look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()

    def interrupt(self, which: Callable[[Waiting], bool] = lambda _: True) -> None:
        """Stop running turns; they wait again. One that has not quite begun finds out by itself that it may not speak."""
        for active in list(self._active.values()):
            if which(active.turn):
                active.stop()

    async def stop_turns(self, which: Callable[[Waiting], bool] = lambda _: True) -> None:
        """``interrupt``, and return when none of them runs any more."""
        self.interrupt(which)
        tasks = [active.task for active in self._active.values() if which(active.turn) and active.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Begin nothing more, stop what runs, and return when it has stopped; all of it waits again."""
        self._closing = True
        await self.stop_turns()

    async def _look(self) -> float:
        """``_begin_due``, which must not end the runner when the disk is full or a query fails."""
        try:
            for turn_id in list(self._lost):
                await system(self._app).write(do_return_turn, turn_id, "its end could not be noted")
                self._lost.discard(turn_id)
            return await self._begin_due()
        except Exception:
            log.exception("waiting turns could not be looked at; trying again")
            return TROUBLE_S

    async def _begin_due(self) -> float:
        """Begin what may begin; returns seconds until it is worth looking again."""
        roster = self._app.get(Roster)
        now = self._app.clock.now_ms()
        slots = self._find_slots(now)
        if roster.paused or slots == 0:
            return IDLE_S
        ctx = system(self._app)
        waiting = await ctx.read(list_waiting)
        if any(_is_stale(turn, now) for turn in waiting):
            await ctx.write(do_cancel_stale, people_before=now - STALE_FOR_PEOPLE_MS, others_before=now - STALE_MS)
        able = [turn for turn in waiting if roster.may_speak(turn.agent_id) and not _is_stale(turn, now)]
        self._make_way(able, now)
        for chosen in choose(able, {t.turn_id: t for t in self.list_running()}, slots, self._served, now):
            await self._begin(chosen)
        soonest = min((turn.not_before for turn in able if turn.not_before > now), default=None)
        return IDLE_S if soonest is None else min(IDLE_S, (soonest - now) / 1000)

    def _make_way(self, waiting: Sequence[Waiting], now: int) -> None:
        """An agent that chats stops when a person calls upon it: what it was about to say is no answer to them."""
        called = {turn.agent_id for turn in waiting if turn.urgency == TurnClass.WAITING_PERSON and turn.not_before <= now}
        for active in list(self._active.values()):
            if active.turn.agent_id in called and active.turn.urgency != TurnClass.WAITING_PERSON:
                active.yields = True
                active.stop()

    def _find_slots(self, now: int) -> int:
        if not is_model_ready(self._app):
            return 0
        room = self.breaker.room(now)
        return self._settings.parallel if room is None else room

    async def _begin(self, chosen: Waiting) -> None:
        turn = await system(self._app).write(do_start_turn, chosen.turn_id)
        if turn is None:
            return
        if turn.attempts > self._settings.attempts:  # it has taken the server down with it before
            await self._end(turn, "failed", turn.outcome)
            return
        self._served.note(chosen)
        self.breaker.begin()
        active = self._active[turn.id] = _Active(chosen)
        active.task = asyncio.create_task(self._run(turn, active), name=f"turn-{turn.id}")

    async def _run(self, turn: Turn, active: _Active) -> None:
        active.began = True
        try:
            await self._perform(turn)
        except asyncio.CancelledError:
            self.breaker.leave()
            if active.yields:
                await self._end(turn, "cancelled", "a person called upon the agent")
            else:
                await self._return(turn, "paused")
        except Exception:
            log.exception("turn %d could not be ended", turn.id)
            self._lost.add(turn.id)
        finally:
            del self._active[turn.id]
            self.wake()

    async def _perform(self, turn: Turn) -> None:
        roster = self._app.get(Roster)
        agent = roster.get(turn.agent_id)
        if agent is None:
            self.breaker.leave()
            await self._end(turn, "cancelled", "the agent was removed")
            return
        if self._closing or not roster.may_speak(agent.id):  # paused while the turn was being started
            self.breaker.leave()
            await self._return(turn, "paused")
            return
        try:
            spoken = await speak(self._app, agent, turn)
        except Silent as silence:
            self.breaker.leave()
            await self._end(turn, "cancelled", str(silence))
        except (RateLimited, Unavailable) as error:
            self.breaker.leave()
            await self._retry(turn, error)
        except (InferenceError, TimeoutError) as error:
            self.breaker.fail(self._app.clock.now_ms())
            await self._retry(turn, error)
        except AgoraError as error:
            self.breaker.leave()
            await self._end(turn, "cancelled", error.message)
        except Exception as error:
            log.exception("turn %d of agent %d failed", turn.id, turn.agent_id)
            self.breaker.fail(self._app.clock.now_ms())
            await self._retry(turn, error)
        else:
            self.breaker.succeed()
            self.errors.pop(turn.agent_id, None)
            await self._finish(turn, spoken)

    async def _finish(self, turn: Turn, spoken: Spoken) -> None:
        price = OPENING_COST if turn.urgency == TurnClass.BACKGROUND else cost(turn.depth)
        recovery_ms = PACES[self._settings.pace].recovery_ms

        def do_finish_turn(tx: Tx) -> None:
            do_end_turn(tx, turn.id, "done", "", sent_id=spoken.sent_id)
            do_spend(tx, turn.agent_id, price, recovery_ms)

        await system(self._app).write(do_finish_turn)
        TURNS.labels("done").inc()
        SPOKEN.observe((self._app.clock.now_ms() - turn.created_at) / 1000)

    async def _retry(self, turn: Turn, error: Exception) -> None:
        reason = getattr(error, "message", None) or str(error) or type(error).__name__
        if isinstance(error, TimeoutError):
            reason = f"the model took longer than {self._settings.timeout_s} s"
        self.errors[turn.agent_id] = reason
        if turn.attempts >= self._settings.attempts:
            await self._end(turn, "failed", reason)
            return
        backoff = int(self._settings.retry_s * 1000) * 4 ** (turn.attempts - 1)
        log.warning("turn %d of agent %d failed (try %d): %s", turn.id, turn.agent_id, turn.attempts, reason)
        not_before = self._app.clock.now_ms() + backoff
        await system(self._app).write(do_return_turn, turn.id, reason, not_before=not_before)

    async def _end(self, turn: Turn, state: str, outcome: str) -> None:
        await system(self._app).write(do_end_turn, turn.id, state, outcome)
        TURNS.labels(state).inc()

    async def _return(self, turn: Turn, outcome: str) -> None:
        await system(self._app).write(do_return_turn, turn.id, outcome, counted=False)


def _is_stale(turn: Waiting, now: int) -> bool:
    limit = STALE_FOR_PEOPLE_MS if turn.urgency == TurnClass.WAITING_PERSON else STALE_MS
    return now - turn.since > limit
