"""What happens to interactions."""

import msgspec

from agora.kernel.events import Event


class InteractionCreated(Event, frozen=True, kw_only=True):
    """Somebody used a command, a button or a form. ``wire`` is what the app hears, once encoded."""

    id: int
    application_id: int
    user_id: int
    channel_id: int
    guild_id: int | None
    wire: msgspec.Raw


ALL = (InteractionCreated,)
