"""What happens in the audit log."""

from agora.domains.place.audit.model import Entry
from agora.kernel.events import Event


class EntryWritten(Event, frozen=True, kw_only=True):
    """An act in a community was written down; told to those who may read the log."""

    entry: Entry


ALL = (EntryWritten,)
