"""Who did what: a log of privileged acts that cannot be changed unnoticed."""

from agora.domains.place.audit.chain import Verdict
from agora.domains.place.audit.drafts import build_changes
from agora.domains.place.audit.model import Action, Change, Draft
from agora.domains.place.audit.queries import check_chain
from agora.domains.place.audit.writes import do_append

__all__ = ["Action", "Change", "Draft", "Verdict", "build_changes", "check_chain", "do_append"]
