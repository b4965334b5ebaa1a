"""What others see while an agent writes: the typing sign, and the text as it grows. Both are whispers, never stored."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from agora.domains.minds.agents.agent import Agent, Turn, TurnClass
from agora.domains.minds.agents.pace import Pace, typing_ms
from agora.domains.minds.agents.roster import act_as
from agora.domains.place.permissions import ChannelFacts
from agora.domains.talk.presence import start_typing
from agora.kernel.app import App
from agora.kernel.bus import Whisper
from agora.kernel.ctx import Ctx
from agora.kernel.errors import AgoraError
from agora.kernel.events import to_channel
from agora.kernel.http import encode

PARTIAL = "AGORA_MESSAGE_PARTIAL"
PARTIAL_S = 0.125
TYPING_S = 8.0  # Discord's clients forget a typing sign after 10 s


class Show:
    """Shows one turn. A person who waits sees the text grow while the model makes it, others when it is made;
    neither faster than it could be typed.
    """

    def __init__(self, app: App, agent: Agent, turn: Turn, channel: ChannelFacts, pace: Pace) -> None:
        self._app, self._agent, self._turn, self._channel, self._pace = app, agent, turn, channel, pace
        self._person = turn.urgency == TurnClass.WAITING_PERSON
        self._began = time.monotonic()
        self._shown = ""
        self._at = 0.0

    @contextlib.asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Keep the typing sign up; take the partial text back when no message follows."""
        task = asyncio.create_task(self._sign())
        self._began = time.monotonic()
        try:
            yield
        except BaseException:
            if self._shown:
                self._whisper("", done=True)
            raise
        finally:
            task.cancel()

    def grow(self, text: str) -> None:
        """The text so far; told at most eight times a second."""
        if self._person:
            self._tell(text[: self._typed(text)])

    async def finish(self, text: str) -> None:
        """Wait until typing this text would have taken its time, showing it grow."""
        whole = typing_ms(self._pace, len(text), person=self._person) / 1000
        while (left := whole - (time.monotonic() - self._began)) > 0:
            part = text[: self._typed(text)]
            if len(part) > len(self._shown):
                self._tell(part)
            await asyncio.sleep(min(PARTIAL_S, left))

    def _typed(self, text: str) -> int:
        """How many characters of the text could have been typed by now."""
        whole_ms = typing_ms(self._pace, len(text), person=self._person)
        spent_ms = (time.monotonic() - self._began) * 1000
        return len(text) if spent_ms >= whole_ms else int(len(text) * spent_ms / whole_ms)

    def _tell(self, text: str) -> None:
        now = time.monotonic()
        if text and text != self._shown and now - self._at >= PARTIAL_S:
            self._at = now
            self._shown = text
            self._whisper(text, done=False)

    def _whisper(self, text: str, *, done: bool) -> None:
        body = {
            "channel_id": str(self._turn.channel_id),
            "user_id": str(self._agent.user_id),
            "nonce": str(self._turn.id),
            "text": text,
        }
        if self._channel.guild_id is not None:
            body["guild_id"] = str(self._channel.guild_id)
        data = encode({**body, "done": True} if done else body)
        self._app.bus.whisper(Whisper(PARTIAL, data, to_channel(self._turn.channel_id)))

    async def _sign(self) -> None:
        ctx = Ctx(app=self._app, actor=act_as(self._agent))
        with contextlib.suppress(AgoraError):  # the channel went, or the permission: posting will say so
            while True:
                await start_typing(ctx, self._turn.channel_id)
                await asyncio.sleep(TYPING_S)
