"""What happens to what is published. Readers hear of it as of any message: these are for the server, which brings the copies up."""

from agora.kernel.events import Event


class MessagePublished(Event, frozen=True, kw_only=True):
    """A message is for all who follow its channel. ``before`` is a bound of ids: who follows later is not meant."""

    id: int
    channel_id: int
    guild_id: int
    before: int


class PublicationEdited(Event, frozen=True, kw_only=True):
    """A published message says something else now."""

    id: int


class PublicationDeleted(Event, frozen=True, kw_only=True):
    """A published message of which there are copies is gone."""

    id: int


ALL = (MessagePublished, PublicationEdited, PublicationDeleted)
