"""The table of contents of the doctor."""

from agora.kernel.domain import Domain, commands_in

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="doctor", cli=commands_in("agora.domains.operations.doctor.cli"))
