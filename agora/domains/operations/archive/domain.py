"""The table of contents of the archive."""

from agora.domains.operations.archive.packing import pack_history, pack_old_messages
from agora.domains.operations.archive.settings import ArchiveSettings
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Domain, commands_in, every

USES = ("messages",)


async def pack_nightly(ctx: Ctx) -> None:
    """Once a day."""
    await pack_history(ctx)
    await pack_old_messages(ctx)


DOMAIN = Domain(
    name="archive",
    settings={"archive": ArchiveSettings},
    cli=commands_in("agora.domains.operations.archive.cli"),
    jobs=(every("1d", pack_nightly),),
)
