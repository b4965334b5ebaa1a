"""``[archive]``: when history becomes small."""

from __future__ import annotations

from typing import Annotated

import msgspec


class ArchiveSettings(msgspec.Struct, frozen=True):
    """Days after which an event of the ledger, and the texts of a message, are packed; 0 packs nothing."""

    pack_after_days: Annotated[int, msgspec.Meta(ge=0)] = 30
    pack_messages_after_days: Annotated[int, msgspec.Meta(ge=0)] = 90
