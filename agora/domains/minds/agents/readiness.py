"""Whether agents can speak at all, and if not, why and what to do."""

from __future__ import annotations

from agora.inference.ports import Engine
from agora.kernel.app import App


def is_model_ready(app: App) -> bool:
    """A model is loaded and its engine runs."""
    engine = app.find(Engine)
    return engine is not None and engine.info().state == "ready"


def describe_model(app: App) -> tuple[str, str]:
    """The engine's state and the reason for it; the reason is empty while all is well."""
    engine = app.find(Engine)
    if engine is None:
        return "stopped", "This server runs without a model engine."
    info = engine.info()
    return info.state, info.reason


def find_silence(app: App) -> str | None:
    """Why no agent can speak, when the model is missing or has failed; None while it is ready or still being loaded."""
    state, reason = describe_model(app)
    return None if state in ("ready", "starting") else reason or f"the model engine is {state}"
