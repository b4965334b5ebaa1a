"""``Ctx``: what an act carries through the server, and the only way to read and write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import msgspec

from agora.kernel.auth import SYSTEM, Actor
from agora.kernel.events import Cause

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")


class Ctx(msgspec.Struct, frozen=True):
    """One act: the app, who acts, what caused it, in which language to answer.

    Services take it as their first argument. ``audit_reason`` is Discord's ``X-Audit-Log-Reason``.
    """

    app: App
    actor: Actor
    cause: Cause | None = None
    locale: str = "en"
    request_id: str = ""
    audit_reason: str | None = None

    async def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)`` on the writer thread in one transaction; returns after the commit is on disk.

        The name of ``fn`` labels its span and metric. Whatever it raises rolls its own changes back and is raised here.
        """
        return await self.app.db.write(self, fn, *args, **kwargs)

    async def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)`` on a read-only connection: one thread hop for a whole use case, however many queries."""
        return await self.app.db.read(fn, *args, **kwargs)

    def caused_by(self, cause: Cause) -> Ctx:
        """The same act, as a consequence of an event."""
        return msgspec.structs.replace(self, cause=cause)

    def acting_as(self, actor: Actor) -> Ctx:
        """The same app and language, another actor."""
        return msgspec.structs.replace(self, actor=actor)


def system(app: App) -> Ctx:
    """The server acting for itself."""
    return Ctx(app=app, actor=SYSTEM)
