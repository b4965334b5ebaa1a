"""``POST /api/agora/backups``: the owner takes a backup from anywhere."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from agora.domains.operations.backups.archive import write_backup
from agora.domains.operations.backups.manifest import Backup
from agora.kernel.access import OWNER
from agora.kernel.errors import SetupError, Unavailable
from agora.kernel.http import Bucket, Request, Route

# One zip holds everything; more than a few a minute is a mistake or an attack on the disk.
BUCKET = Bucket("backups", 3, 60.0)


async def create(request: Request) -> Backup:
    """Into ``data/backups``, named by the moment."""
    data = request.ctx.app.data
    path = data / "backups" / f"agora-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"
    try:
        return await asyncio.to_thread(write_backup, data, path)
    except SetupError as error:
        raise Unavailable(str(error)) from error


ROUTES = (
    Route(
        method="POST",
        path="/api/agora/backups",
        handler=create,
        summary="Write one zip of the data folder into its backups folder.",
        access=OWNER,
        answer=Backup,
        status=201,
        bucket=BUCKET,
    ),
)
