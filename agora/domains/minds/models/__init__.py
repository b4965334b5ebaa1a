"""Models: which one runs, and the engine that everybody asks."""

from agora.domains.minds.models.events import GuildModelChosen, ModelChosen
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.loaded import REMOTE
from agora.domains.minds.models.service import find_engine, knows_model, list_models, list_remote_models, use_model
from agora.domains.minds.models.settings import ModelSettings

__all__ = [
    "REMOTE",
    "GuildModelChosen",
    "Host",
    "ModelChosen",
    "ModelSettings",
    "find_engine",
    "knows_model",
    "list_models",
    "list_remote_models",
    "use_model",
]
