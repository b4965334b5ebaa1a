"""The table of contents of the archive."""

from agora.domains.operations.archive.packing import pack_history
from agora.domains.operations.archive.settings import ArchiveSettings
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Domain, commands_in, every

USES: tuple[str, ...] = ()


async def pack_nightly(ctx: Ctx) -> None:
    """Once a day."""
    await pack_history(ctx)


DOMAIN = Domain(
    name="archive",
    settings={"archive": ArchiveSettings},
    cli=commands_in("agora.domains.operations.archive.cli"),
    jobs=(every("1d", pack_nightly),),
)
