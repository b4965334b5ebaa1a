"""Gauges of the parts that are no domain: gateway and inference engine."""

from __future__ import annotations

from agora.gateway.gateway import Gateway
from agora.inference.ports import Engine, EngineInfo
from agora.kernel.app import App
from agora.kernel.metrics import Reading


def _info(app: App) -> EngineInfo | None:
    engine = app.find(Engine)
    return None if engine is None else engine.info()


def _ready(app: App) -> float:
    info = _info(app)
    return float(info is not None and info.state == "ready")


def _active(app: App) -> float:
    info = _info(app)
    return 0.0 if info is None else float(info.active)


def _waiting(app: App) -> float:
    info = _info(app)
    return 0.0 if info is None else float(info.waiting)


def _sessions(app: App) -> float:
    gateway = app.find(Gateway)
    return 0.0 if gateway is None else float(len(gateway.registry))


def _connections(app: App) -> float:
    gateway = app.find(Gateway)
    return 0.0 if gateway is None else float(len(gateway.connections))


ALL = (
    Reading("agora_model_ready", "1 while a model is loaded and its engine runs", _ready),
    Reading("agora_model_active", "Texts the model is writing", _active),
    Reading("agora_model_waiting", "Texts that wait for the model", _waiting),
    Reading("agora_gateway_sessions", "Gateway sessions, connected or waiting to be resumed", _sessions),
    Reading("agora_gateway_connections", "Open gateway connections", _connections),
)
