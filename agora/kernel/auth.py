"""Who acts. The accounts domain offers the one ``Authenticator``; everything else only sees an ``Actor``."""

from typing import Protocol

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """A signed-in user, person or bot. ``via`` says how: ``token``, ``cookie``, ``internal``.

    ``credential_id`` is the token's or session's id, so that one credential can be revoked at once.
    """

    user_id: int
    is_bot: bool = False
    is_owner: bool = False
    via: str = "token"
    credential_id: int = 0
    locale: str = "en"


SYSTEM = Actor(user_id=0, is_owner=True, via="internal")
"""The server itself: start-up work, jobs. It is not a user and never appears as an author."""


class Authenticator(Protocol):
    """Turns credentials into an actor."""

    async def from_header(self, authorization: str) -> Actor | None:
        """``Bot TOKEN``, ``Bearer TOKEN`` or a bare token; None when it is not valid."""
        ...

    async def from_cookie(self, cookie: str) -> Actor | None:
        """The value of the session cookie; None when it is not valid."""
        ...


SESSION_COOKIE = "agora_session"
