"""The ``Domain`` value: everything a domain brings, as plain values. Importing a domain has no effect.

Built-in domains live in ``agora/domains/<quarter>/<name>/domain.py``; a third-party package offers the same
``DOMAIN`` under the entry point group ``agora.domains``.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from agora.kernel.errors import SetupError
from agora.kernel.events import Event, Recorded

if TYPE_CHECKING:
    import typer
    from sqlalchemy import Table

    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.http import Route
    from agora.kernel.migrate import Step
    from agora.kernel.tx import Tx


Effect: TypeAlias = Callable[["Tx"], Any]
"""A durable listener's change of the database, run in the same write as its cursor's move: exactly once."""


class Live(msgspec.Struct, frozen=True):
    """A synchronous listener, called on the event loop after the commit; it may only enqueue. Lost on a crash."""

    event: type[Event]
    fn: Callable[[App, Recorded], None]


class Durable(msgspec.Struct, frozen=True):
    """A listener with its own cursor in the database: sees every event at least once, in order, also after a crash.

    ``fn(ctx, batch)`` is given up to ``batch`` recorded events of its types. It may return an ``Effect``: a function of
    ``tx`` that runs together with the cursor's move. For outside effects ``event.id`` is the idempotency key.
    """

    name: str
    events: tuple[type[Event], ...]
    fn: Callable[[Ctx, Sequence[Recorded]], Awaitable[Effect | None]]
    batch: int = 64


class Job(msgspec.Struct, frozen=True):
    """Work on a schedule. ``period_ms`` between starts; a run that is missed while the server is down runs once at start."""

    period_ms: int
    fn: Callable[[Ctx], Awaitable[None]]


def live(event: type[Event], fn: Callable[[App, Recorded], None]) -> Live:
    """Listen on the loop, right after the commit."""
    return Live(event, fn)


def durable(
    name: str,
    events: type[Event] | tuple[type[Event], ...],
    fn: Callable[[Ctx, Sequence[Recorded]], Awaitable[Effect | None]],
    *,
    batch: int = 64,
) -> Durable:
    """Listen with a cursor that survives a crash."""
    return Durable(name, events if isinstance(events, tuple) else (events,), fn, batch)


_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def every(period: str, fn: Callable[[Ctx], Awaitable[None]]) -> Job:
    """A job on a schedule: ``every("10m", prune)``; units are s, m, h and d."""
    return Job(int(period[:-1]) * _UNITS[period[-1]], fn)


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """The table of contents of one domain; see architecture.md section 5.

    ``settings`` maps a section of ``agora.toml`` to a Struct whose fields are its keys, with defaults.
    ``offers`` are contributions to others, found by type with ``app.offers(Type)``.
    ``cli`` is a Typer, or what imports it when it is asked for: see ``commands_in``.
    ``lifetime`` is an async generator function: start, ``yield``, stop.
    ``locale`` is the package that holds ``locale/<lang>.po``; by default the domain's own.
    """

    name: str
    tables: Sequence[Table] = ()
    migrations: Sequence[Step] = ()
    events: Sequence[type[Event]] = ()
    routes: Sequence[Route] = ()
    pages: Sequence[Route] = ()
    settings: dict[str, type[msgspec.Struct]] = {}
    metrics: Sequence[Any] = ()
    cli: typer.Typer | Callable[[], typer.Typer] | None = None
    listeners: Sequence[Live | Durable] = ()
    jobs: Sequence[Job] = ()
    offers: Sequence[Any] = ()
    lifetime: Callable[[App], AsyncIterator[None]] | None = None
    uses: tuple[str, ...] = ()
    package: str = ""


def commands_in(module: str) -> Callable[[], typer.Typer]:
    """The Typer named ``cli`` in a module, imported only when somebody asks for a command: serving needs none."""

    def load() -> typer.Typer:
        found: typer.Typer = importlib.import_module(module).cli
        return found

    return load


QUARTERS = ("place", "talk", "minds", "work", "insight", "operations")


def load_domains() -> list[Domain]:
    """All domains, built in and third-party, each after those it uses. Raises SetupError on a cycle or unknown name."""
    found: dict[str, Domain] = {}
    for package in _builtin_packages():
        _register(found, package)
    for package in _list_plugins():
        _register(found, package)
    return _in_order(found)


@lru_cache(maxsize=1)  # looking through all installed packages takes a twentieth of a second; nobody installs one meanwhile
def _list_plugins() -> tuple[str, ...]:
    return tuple(entry.value.removesuffix(".domain:DOMAIN") for entry in entry_points(group="agora.domains"))


def _builtin_packages() -> list[str]:
    # by name: the kernel may start domains, but must not know one
    domains = importlib.import_module("agora.domains")
    names = []
    for quarter in pkgutil.iter_modules(domains.__path__):
        if not quarter.ispkg:
            continue
        package = importlib.import_module(f"agora.domains.{quarter.name}")
        found = [f"{package.__name__}.{m.name}" for m in pkgutil.iter_modules(package.__path__) if m.ispkg]
        names += [name for name in found if importlib.util.find_spec(f"{name}.domain") is not None]
    return names


def _register(found: dict[str, Domain], package: str) -> None:
    module = importlib.import_module(f"{package}.domain")
    value: Domain = module.DOMAIN
    if value.name in found:
        raise SetupError(f"Two domains are named {value.name!r}: rename the one in {package}.")
    found[value.name] = msgspec.structs.replace(value, uses=tuple(module.USES), package=package)


def _in_order(found: dict[str, Domain]) -> list[Domain]:
    for domain in found.values():
        for name in domain.uses:
            if name not in found:
                raise SetupError(f"Domain {domain.name!r} uses {name!r}, which does not exist: correct its USES.")
    try:
        order = TopologicalSorter({name: sorted(d.uses) for name, d in sorted(found.items())}).static_order()
        return [found[name] for name in order]
    except CycleError as error:
        raise SetupError(f"Domains use each other in a circle: {' -> '.join(error.args[1])}.") from error
