"""Who did what: a log of privileged acts that cannot be changed unnoticed."""

from agora.domains.place.audit.chain import Verdict
from agora.domains.place.audit.queries import check_chain

__all__ = ["Verdict", "check_chain"]
