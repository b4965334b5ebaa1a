"""Metrics of the model engine, read when asked."""

from agora.inference.ports import Engine
from agora.kernel.app import App
from agora.kernel.metrics import Reading


def _is_ready(app: App) -> float:
    engine = app.find(Engine)
    return 1.0 if engine is not None and engine.info().state == "ready" else 0.0


def _count_active(app: App) -> float:
    engine = app.find(Engine)
    return 0.0 if engine is None else float(engine.info().active)


def _count_waiting(app: App) -> float:
    engine = app.find(Engine)
    return 0.0 if engine is None else float(engine.info().waiting)


ALL = (
    Reading("agora_model_ready", "1 while a model is loaded and its engine runs", _is_ready),
    Reading("agora_model_active", "Texts that are being written", _count_active),
    Reading("agora_model_waiting", "Requests that wait for the engine", _count_waiting),
)
