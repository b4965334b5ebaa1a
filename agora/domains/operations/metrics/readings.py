"""Gauges of the gateway, which is no domain and cannot declare its own."""

from __future__ import annotations

from agora.gateway.gateway import Gateway
from agora.kernel.app import App
from agora.kernel.metrics import Reading


def _sessions(app: App) -> float:
    gateway = app.find(Gateway)
    return 0.0 if gateway is None else float(len(gateway.registry))


def _connections(app: App) -> float:
    gateway = app.find(Gateway)
    return 0.0 if gateway is None else float(len(gateway.connections))


ALL = (
    Reading("agora_gateway_sessions", "Gateway sessions, connected or waiting to be resumed", _sessions),
    Reading("agora_gateway_connections", "Open gateway connections", _connections),
)
