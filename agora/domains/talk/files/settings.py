"""The ``[files]`` keys of attachments."""

from __future__ import annotations

from typing import Annotated

import msgspec

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class AttachmentSettings(msgspec.Struct, frozen=True):
    """``[files]``: how large one attachment may be, how much everybody may keep, and how long a link works."""

    attachment_mib: AtLeastOne = 25
    attachments: Annotated[int, msgspec.Meta(ge=1, le=10)] = 10
    user_quota_mib: AtLeastOne = 2048
    guild_quota_mib: AtLeastOne = 20480
    max_megapixels: AtLeastOne = 100
    link_hours: AtLeastOne = 24
    text_kib: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 256
    orphan_minutes: Annotated[int, msgspec.Meta(ge=10)] = 60
