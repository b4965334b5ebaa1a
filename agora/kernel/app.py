"""``App``: what one server holds. Made by ``agora.app``; a domain's own parts are put and found by type."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from agora.kernel.bus import Bus
    from agora.kernel.clock import Clock
    from agora.kernel.config import Config
    from agora.kernel.db import Database
    from agora.kernel.domain import Domain
    from agora.kernel.ids import Snowflakes
    from agora.kernel.ledger import Ledger

T = TypeVar("T")


class App:
    """The parts of one running server. ``data`` is the data folder, ``root`` the folder with templates,
    static and models. ``roles`` is what this process does (web, agents, inference); a command has none.
    ``url`` is the address that programs and pages elsewhere reach it at, without a slash at the end; empty before it listens."""

    config: Config
    clock: Clock
    ids: Snowflakes
    db: Database
    bus: Bus
    ledger: Ledger
    url: str = ""

    def __init__(self, *, root: Path, data: Path, domains: Sequence[Domain], roles: frozenset[str] = frozenset()) -> None:
        self.root = root
        self.data = data
        self.domains = tuple(domains)
        self.roles = roles
        self._parts: dict[type[Any], Any] = {}
        self._offers: dict[type[Any], tuple[Any, ...]] = {}

    def put(self, kind: type[T], part: T) -> None:
        """Register the one part of a type (a protocol or a class); a domain does so at the start of its lifetime."""
        if kind in self._parts:
            raise RuntimeError(f"two parts of type {kind.__name__}")
        self._parts[kind] = part

    def get(self, kind: type[T]) -> T:
        """The part of a type. Raises LookupError, naming the type, when no started domain put it."""
        try:
            return cast(T, self._parts[kind])
        except KeyError:
            raise LookupError(f"no started domain provides {kind.__module__}.{kind.__name__}") from None

    def find(self, kind: type[T]) -> T | None:
        """The part of a type, or None."""
        return cast("T | None", self._parts.get(kind))

    def offers(self, kind: type[T]) -> tuple[T, ...]:
        """All values of this type in the domains' ``offers``, in the domains' order."""
        if kind not in self._offers:
            self._offers[kind] = tuple(o for d in self.domains for o in d.offers if isinstance(o, kind))
        return cast("tuple[T, ...]", self._offers[kind])
