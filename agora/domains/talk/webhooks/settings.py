"""The ``[webhooks]`` section."""

from __future__ import annotations

from typing import Annotated

import msgspec


class WebhookSettings(msgspec.Struct, frozen=True):
    """``[webhooks]``: where outgoing ones may go (beginnings of addresses), and how often and how long one delivery is tried."""

    targets: tuple[str, ...] = ()
    tries: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8
    retry_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 2.0
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 10.0
    keep_dead_d: Annotated[int, msgspec.Meta(ge=1)] = 30
