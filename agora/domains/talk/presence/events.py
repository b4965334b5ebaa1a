"""What people change about how they are seen."""

from agora.domains.talk.presence.state import Kept
from agora.kernel.events import Event


class SettingsChanged(Event, frozen=True, kw_only=True):
    """Somebody wishes to be seen in another way; ``status_told``: the status was among what they said."""

    user_id: int
    kept: Kept
    status_told: bool = False


ALL = (SettingsChanged,)
