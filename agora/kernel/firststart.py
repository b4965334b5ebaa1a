"""What happens once in the life of a data folder: an owner, a demo community. Recorded, so that deleting the demo is final."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert, select

from agora.kernel.ctx import system
from agora.kernel.tables import kernel_first_start

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx


class FirstStart(msgspec.Struct, frozen=True):
    """Offered by a domain; runs once per data folder, in the domains' order, and must be idempotent (a crash may repeat it).

    ``fn`` may return a line for the terminal (a one-time link). ``demo`` marks what ``--no-demo`` leaves out.
    """

    name: str
    fn: Callable[[Ctx], Awaitable[str | None]]
    demo: bool = False


async def run_first_starts(app: App, *, demo: bool) -> list[str]:
    """Run what has not run yet; returns the lines for the terminal. ``--no-demo`` counts as having run."""
    done = await app.db.read(list_done)
    lines = []
    for step in app.offers(FirstStart):
        if step.name in done:
            continue
        line = await step.fn(system(app)) if demo or not step.demo else None
        if line:
            lines.append(line)
        await system(app).write(do_mark, step.name)
    return lines


def list_done(tx: Tx) -> set[str]:
    """The names of what has run."""
    return set(tx.execute(select(kernel_first_start.c.name)).scalars())


def do_mark(tx: Tx, name: str) -> None:
    """Remember that it has run."""
    tx.execute(insert(kernel_first_start).values(name=name, at=tx.now_ms))
