"""Hooks: a lower domain declares a point, higher domains offer functions for it.

``BEFORE_SEND = Hook[Draft]("messages.before_send")`` in the lower domain, ``On(BEFORE_SEND, check_words)`` in the
``offers`` of a higher one; ``draft = await BEFORE_SEND.run(ctx, draft)`` where it happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

T = TypeVar("T")


class Hook(Generic[T]):
    """A named point that passes a value through functions in order; each may change it, or raise to refuse."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def run(self, ctx: Ctx, value: T) -> T:
        """The value after all functions offered for this hook."""
        for on in sorted((on for on in ctx.app.offers(On) if on.hook is self), key=lambda on: on.order):
            value = await on.fn(ctx, value)
        return value


class On(msgspec.Struct, frozen=True):
    """A function for a hook. Lower ``order`` runs first; equal ones run in the domains' order."""

    hook: Hook[Any]
    fn: Callable[[Ctx, Any], Awaitable[Any]]
    order: int = 0
