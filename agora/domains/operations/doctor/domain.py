"""The table of contents of the doctor."""

from agora.domains.operations.doctor import cli
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="doctor", cli=cli.app)
