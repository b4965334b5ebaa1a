"""What happens to polls."""

from agora.kernel.events import Event


class _Vote(Event, frozen=True, kw_only=True):
    user_id: int
    channel_id: int
    guild_id: int | None
    message_id: int
    answer_id: int


class VoteCast(_Vote, frozen=True, kw_only=True):
    """Somebody voted for an answer."""


class VoteTakenBack(_Vote, frozen=True, kw_only=True):
    """Somebody no longer votes for an answer."""


ALL = (VoteCast, VoteTakenBack)
