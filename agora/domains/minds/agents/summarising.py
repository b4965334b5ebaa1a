"""``Summariser``: writes the summaries that turns find missing, behind everything else, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter

import msgspec

from agora.domains.minds.agents.agent import Agent
from agora.domains.minds.agents.metrics import SUMMARIES
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.scene import Scene, build_shared_context
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.summary import Summary, Wanted
from agora.domains.minds.agents.summary_writes import do_keep_summary
from agora.domains.minds.models import find_engine
from agora.domains.place.permissions import Directory
from agora.inference.context import Language, SharedContext
from agora.inference.errors import InferenceError
from agora.inference.fitting import MARGIN, fit
from agora.inference.layout import Style, build_messages, build_private, build_shared, list_stops
from agora.inference.ports import Engine, GenerationRequest, GenerationResult, Priority, Segment, complete
from agora.inference.summary import MAX_TOKENS, SAMPLER, build_summariser, name_matters, read_summary
from agora.kernel.app import App
from agora.kernel.ctx import system
from agora.kernel.errors import AgoraError

log = logging.getLogger(__name__)
REST_S = 60.0
"""After a failure nothing is tried for this channel; a turn then asks again."""
MOST_USELESS = 2
"""After so many answers in a row that nothing could be taken of, a model is not asked any more until it is loaded anew: a small
model that cannot do it would only take time from everybody."""
LONGEST_S = 900
"""The engine may be busy with everybody else for so long."""

Key = tuple[int, Style, Language]


class Summariser:
    """On the event loop. What is not finished when the server stops is asked for again by the next turn."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._rests: dict[Key, int] = {}  # until when, UTC ms
        self._one = asyncio.Lock()
        self._useless: Counter[str] = Counter()  # by the hash of the model's file

    @property
    def making(self) -> int:
        """Summaries that are being made or wait for that."""
        return len(self._tasks)

    def ask(self, agent: Agent, channel_id: int, style: Style, language: Language, wanted: Wanted) -> None:
        """Make one in the background, in the agent's model, unless one for the same prompts is on its way."""
        key = (channel_id, style, language)
        if key in self._tasks or self._app.get(Roster).paused or self._rests.get(key, 0) > self._app.clock.now_ms():
            return
        task = asyncio.create_task(self._make(key, agent, wanted), name=f"summary-{channel_id}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def close(self) -> None:
        """Stop what is being made."""
        self.interrupt()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def interrupt(self) -> None:
        """The same, without waiting for it."""
        for task in self._tasks.values():
            task.cancel()

    async def settle(self) -> None:
        """Wait until nothing is being made."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _make(self, key: Key, agent: Agent, wanted: Wanted) -> None:
        try:
            async with self._one, asyncio.timeout(LONGEST_S):
                made = await self._write(key, agent, wanted)
                before_id = None if wanted.before is None else wanted.before.id
                kept = made is not None and await system(self._app).write(do_keep_summary, made, wanted.lines, before_id)
            SUMMARIES.labels("made" if kept else "stale").inc()
        except (InferenceError, AgoraError, TimeoutError) as error:
            self._rest(key)
            log.info("the channel %d has no summary of what was said before: %s", key[0], error)
        except Exception:
            self._rest(key)
            log.exception("a summary of the channel %d failed", key[0])

    def _rest(self, key: Key) -> None:
        SUMMARIES.labels("failed").inc()
        self._rests[key] = self._app.clock.now_ms() + int(REST_S * 1000)

    async def _write(self, key: Key, agent: Agent, wanted: Wanted) -> Summary | None:
        channel_id, style, language = key
        channel = self._app.get(Directory).channel(channel_id)
        if channel is None:
            return None
        engine, found = await find_engine(self._app, agent.model, channel.guild_id)
        if found != style:
            return None  # another model came meanwhile
        scene = Scene(wanted.lines, None)
        shared = build_shared_context(self._app, channel, scene, language, wanted.before)
        request = build_request(engine, style, self._app.config.get(AgentSettings), agent.name, shared)
        request = msgspec.structs.replace(request, scope=f"channel:{channel_id}", group=f"guild:{channel.guild_id or 0}")
        text, model = await self._ask_model(engine, request, shared, style, language)
        by_model = bool(text)
        chained = wanted.before if by_model else None
        ids = [said.id for said in wanted.lines]
        return Summary(
            id=self._app.ids.next(),
            channel_id=channel_id,
            style=style,
            language=language,
            first_id=chained.first_id if chained is not None else ids[0],
            last_id=ids[-1],
            until_id=wanted.until_id,
            text=text or name_matters(shared.lines, language),
            model=model if by_model else "",
            created_at=self._app.clock.now_ms(),
        )

    async def _ask_model(
        self, engine: Engine, request: GenerationRequest, shared: SharedContext, style: Style, language: Language
    ) -> tuple[str, str]:
        """What can be taken of the model's answer, and its name; nothing where it is not worth asking."""
        known = engine.info().model_hash
        if self._useless[known] >= MOST_USELESS:
            return "", ""
        result = await _complete(engine, request)
        text = read_summary(result.text, shared.lines, style, language)
        self._useless[known] = 0 if text else self._useless[known] + 1
        return text, result.receipt.model


def build_request(engine: Engine, style: Style, settings: AgentSettings, name: str, shared: SharedContext) -> GenerationRequest:
    """The request. It begins as the prompts of the channel's agents do, so that little of it is read anew."""
    private = build_summariser(name)
    context = engine.info().context or settings.context_tokens
    room = min(MAX_TOKENS[style], context // 3)
    shared = fit(engine, style, shared, private, min(settings.context_tokens, context) - room - MARGIN)
    chat = style == "chat"
    return GenerationRequest(
        prompt=() if chat else (Segment(build_shared(shared), True), Segment(build_private(private, shared), True)),
        messages=build_messages(shared, private) if chat else (),
        max_tokens=room,
        stop=list_stops(style, shared, name),
        sampler=SAMPLER,
        seed=settings.seed,
        priority=Priority.BACKGROUND,
        owner="summaries",
        private=1,
    )


async def _complete(engine: Engine, request: GenerationRequest) -> GenerationResult:
    with contextlib.ExitStack() as stack:
        stack.callback(engine.cancel, request.id)
        return await complete(engine, request)
