"""Threads in which nothing happens any more are archived: a job on a schedule, so that a restart forgets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.talk.threads.queries import list_quiet
from agora.domains.talk.threads.writes import do_edit_thread

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

BATCH = 50


async def archive_quiet(ctx: Ctx) -> None:
    """Archive what has been quiet for as long as each thread allows, a few in one transaction."""
    while await ctx.write(do_archive_quiet, BATCH) == BATCH:
        pass


def do_archive_quiet(tx: Tx, limit: int) -> int:
    """Archive up to ``limit`` threads; returns how many."""
    ids = list_quiet(tx, tx.now_ms, limit)
    for thread_id in ids:
        do_edit_thread(tx, thread_id, {"archived": True})
    return len(ids)
