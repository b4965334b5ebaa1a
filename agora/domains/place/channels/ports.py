"""What channels asks of the domain that keeps threads: the routes of a channel are also those of a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.channels.model import ThreadEdit
from agora.domains.place.permissions import ChannelFacts

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


class ThreadDesk(msgspec.Struct, frozen=True):
    """Offered once, by threads: how a thread is changed and ended. Both check permissions themselves."""

    edit: Callable[[Ctx, ChannelFacts, ThreadEdit], Awaitable[ChannelFacts]]
    delete: Callable[[Ctx, ChannelFacts], Awaitable[ChannelFacts]]
