"""What happens to the choice of the model."""

from agora.kernel.events import Event


class ModelChosen(Event, frozen=True, kw_only=True):
    """The model to run was chosen by hand; an empty name leaves it to the server."""

    name: str


ALL = (ModelChosen,)
