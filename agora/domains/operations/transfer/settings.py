"""``[transfer]``: exports and imports."""

from __future__ import annotations

from typing import Annotated

import msgspec

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class TransferSettings(msgspec.Struct, frozen=True):
    """How large an imported file may be, packed and unpacked; how long an export can be fetched; how many run for one user."""

    max_import_mib: AtLeastOne = 4096
    max_unpacked_mib: AtLeastOne = 32768
    keep_days: AtLeastOne = 7
    per_user: AtLeastOne = 5
