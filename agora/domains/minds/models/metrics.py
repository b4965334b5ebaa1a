"""Metrics of the model engine, read when asked."""

from agora.domains.minds.models.host import Host
from agora.inference.child import ChildEngine
from agora.inference.ports import Engine
from agora.inference.remote_pool import Remotes
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


def _count_seats(app: App) -> float:
    engine = app.find(Engine)
    return 0.0 if engine is None else float(engine.info().load.seats)


def _count_step_tokens(app: App) -> float:
    engine = app.find(Engine)
    return 0.0 if engine is None else float(engine.info().load.step_tokens)


def _measure_used(app: App) -> float:
    load = None if (engine := app.find(Engine)) is None else engine.info().load
    return load.cells_used / load.cells if load is not None and load.cells else 0.0


def _count_loaded(app: App) -> float:
    host = app.find(Host)
    return 0.0 if host is None else float(len(host.shelf.list_loaded()))


def _count_memory(app: App) -> float:
    host = app.find(Host)
    return 0.0 if host is None else float(sum(model.bytes for model in host.shelf.list_loaded()))


def _count_servers(app: App) -> float:
    remotes = app.find(Remotes)
    return 0.0 if remotes is None else float(sum(server.state == "ready" for server in remotes.list_servers()))


def _count_restarts(app: App) -> float:
    host = app.find(Host)
    engines = [loaded.engine for loaded in host.shelf.list_engines()] if host is not None else []
    return float(sum(engine.restarts for engine in engines if isinstance(engine, ChildEngine)))


ALL = (
    Reading("agora_models_loaded", "Models in memory, and those of other servers in use", _count_loaded),
    Reading("agora_models_memory_bytes", "Memory that the loaded models were reckoned to take", _count_memory),
    Reading("agora_model_servers_ready", "Servers of models that are well", _count_servers),
    Reading("agora_model_process_restarts", "How often the processes of the loaded models were started again", _count_restarts),
    Reading("agora_model_ready", "1 while a model is loaded and its engine runs", _is_ready),
    Reading("agora_model_seats", "Texts that may be written at a time at the moment", _count_seats),
    Reading("agora_model_step_tokens", "Tokens that a step of the engine may hold at the moment", _count_step_tokens),
    Reading("agora_model_memory_used_ratio", "Part of the room for evaluated tokens that holds some", _measure_used),
    Reading("agora_model_active", "Texts that are being written", _count_active),
    Reading("agora_model_waiting", "Requests that wait for the engine", _count_waiting),
)
