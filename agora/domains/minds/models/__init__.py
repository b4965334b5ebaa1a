"""Models: which one runs, and the engine that everybody asks."""

from agora.domains.minds.models.events import ModelChosen
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.service import find_engine, list_models, use_model

__all__ = ["Host", "ModelChosen", "find_engine", "list_models", "use_model"]
