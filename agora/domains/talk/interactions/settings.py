"""``[interactions]``."""

import msgspec


class InteractionSettings(msgspec.Struct, frozen=True):
    """How answers to commands, buttons and forms are awaited.

    ``answer_s``: seconds after which whoever asked is told that the app does not answer; it may still do so later.
    ``token_min``: minutes during which an app may answer and follow up.
    """

    answer_s: float = 3.0
    token_min: int = 15
