"""What happens when history leaves or comes."""

from agora.kernel.events import Event


class HistoryExported(Event, frozen=True, kw_only=True):
    """Somebody took the messages of a channel, or of a whole guild, with them."""

    guild_id: int | None
    channel_id: int | None
    format: str
    files: bool


class HistoryImported(Event, frozen=True, kw_only=True):
    """A file of another program was read into a guild. ``source`` names the program."""

    guild_id: int
    source: str
    name: str
    users: int
    channels: int
    messages: int


ALL = (HistoryExported, HistoryImported)
