"""Where other domains take part in webhooks without being known here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from agora.kernel.http import Request


class OtherTokens(msgspec.Struct, frozen=True):
    """Offered by whoever has tokens of another kind at the addresses of webhooks, as Discord's interactions do.

    A request whose token begins with ``prefix`` is theirs, whole: ``execute`` is ``POST …/{token}``, the others are
    ``GET``, ``PATCH`` and ``DELETE …/{token}/messages/{message_id}``. They get the request as it came (its body unread),
    with the path's parameters ``webhook_id``, ``webhook_token`` and ``message_id``, and check the token themselves.
    """

    prefix: str
    execute: Callable[[Request], Awaitable[Any]]
    get_said: Callable[[Request], Awaitable[Any]]
    patch_said: Callable[[Request], Awaitable[Any]]
    delete_said: Callable[[Request], Awaitable[Any]]


def find_other(request: Request) -> OtherTokens | None:
    """Whose token this is; None for a webhook's."""
    token = str(request.path["webhook_token"])
    return next((each for each in request.ctx.app.offers(OtherTokens) if token.startswith(each.prefix)), None)
