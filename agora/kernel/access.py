"""Who may call a route: a value on the route, checked before the body is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


class Access(msgspec.Struct, frozen=True):
    """What a caller needs. ``permission`` holds Discord's permission bits, looked up in the channel
    (path parameter ``channel_id``) or guild (``guild_id``) that the route names; all bits are needed.
    """

    signed_in: bool = True
    owner: bool = False
    permission: int = 0


ANYONE = Access(signed_in=False)
SIGNED_IN = Access()
OWNER = Access(owner=True)


def needs(permission: int) -> Access:
    """Needs these permission bits in the route's channel or guild."""
    return Access(permission=permission)


class Gate(Protocol):
    """The one access door for routes; the permissions domain offers it (``app.get(Gate)`` finds it by this type)."""

    async def check(self, ctx: Ctx, access: Access, path: dict[str, int | str]) -> None:
        """Raise Forbidden, or NotFound where even existence is hidden."""
        ...
