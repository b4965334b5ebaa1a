"""Slow mode: a channel may ask for a pause between two messages of one writer. Kept in memory: a restart forgives."""

from __future__ import annotations

from collections import OrderedDict

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages.access import Place
from agora.domains.talk.messages.events import MessageSent
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import AgoraError
from agora.kernel.events import Recorded
from agora.protocol.error_codes import ErrorCode
from agora.protocol.permissions import Permission

EXEMPT = int(Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS | Permission.BYPASS_SLOWMODE)
MAX_REMEMBERED = 20_000


class SlowedDown(AgoraError):
    """Discord's answer in slow mode: 429 with code 20016; ``retry_after`` in seconds."""

    status = 429
    code = ErrorCode.SLOWMODE

    def __init__(self, retry_after: float) -> None:
        # without Via, discord.py takes a 429 for a ban by a proxy
        super().__init__(
            "This action cannot be performed due to slowmode rate limit",
            headers={"Via": "1.1 agora", "Retry-After": f"{retry_after:.3f}"},
        )
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        """With ``retry_after``, which discord.py needs."""
        return {**super().body(), "retry_after": round(self.retry_after, 3), "global": False}


class Slowmode:
    """When who wrote last where, for channels in slow mode only."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[int, int], int] = OrderedDict()

    def note(self, channel_id: int, user_id: int, at_ms: int) -> None:
        """Somebody wrote."""
        self._last[channel_id, user_id] = at_ms
        self._last.move_to_end((channel_id, user_id))
        if len(self._last) > MAX_REMEMBERED:
            self._last.popitem(last=False)

    def last(self, channel_id: int, user_id: int) -> int:
        """When that was; 0 for never."""
        return self._last.get((channel_id, user_id), 0)


def check_slowmode(ctx: Ctx, place: Place) -> None:
    """Raise 20016 when the actor must wait."""
    pause_ms = place.channel.rate_limit_per_user * 1000
    if not pause_ms or place.bits & EXEMPT:
        return
    wait_ms = ctx.app.get(Slowmode).last(place.channel.id, ctx.actor.user_id) + pause_ms - ctx.app.clock.now_ms()
    if wait_ms > 0:
        raise SlowedDown(wait_ms / 1000)


def on_message_sent(app: App, recorded: Recorded) -> None:
    """Remember it where slow mode is on."""
    event = recorded.event
    assert isinstance(event, MessageSent)
    channel = app.get(Directory).channel(event.channel_id)
    if channel is not None and channel.rate_limit_per_user:
        app.get(Slowmode).note(event.channel_id, event.author_id, event.at)
