"""``[presence]``."""

import msgspec


class PresenceSettings(msgspec.Struct, frozen=True):
    """How presence behaves.

    ``offline_after_s``: seconds without any connection before others see somebody as offline; a reloaded page comes back sooner.
    """

    offline_after_s: float = 2.0
