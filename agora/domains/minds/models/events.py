"""What happens to the choice of the model."""

from agora.kernel.events import Event


class ModelChosen(Event, frozen=True, kw_only=True):
    """The model to run was chosen by hand; an empty name leaves it to the server."""

    name: str


class GuildModelChosen(Event, frozen=True, kw_only=True):
    """A community's model was chosen; an empty name leaves it to the server."""

    guild_id: int
    name: str


class ModelRemoved(Event, frozen=True, kw_only=True):
    """A model's or an adapter's file was removed."""

    name: str


ALL = (ModelChosen, GuildModelChosen, ModelRemoved)
