"""What guilds asks of higher domains: their part of a community's life, in the same transaction."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from agora.domains.place.permissions import GuildFacts

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.tx import Tx


def do_nothing(tx: "Tx", guild: GuildFacts) -> None:
    """What a step does that has no part in one moment."""


def keep_role(tx: "Tx", guild_id: int, role_id: int) -> None:
    """The same for a role that ends."""


class GuildStep(msgspec.Struct, frozen=True, kw_only=True):
    """An offer: the first channels of a new guild that is not made from a template; what ends with a guild, and with a role."""

    furnish: "Callable[[Tx, GuildFacts], None]" = do_nothing
    deleted: "Callable[[Tx, GuildFacts], None]" = do_nothing
    role_deleted: "Callable[[Tx, int, int], None]" = keep_role


class GuildKey(msgspec.Struct, frozen=True, kw_only=True):
    """An offer: a key of the guild object that a higher domain fills; ``build(app, guild_id)`` is called wherever one is told."""

    key: str
    build: "Callable[[App, int], Any]"


class Attendance(msgspec.Struct, frozen=True):
    """An offer, once: ``count_here(app, guild_id)`` is how many members are not offline."""

    count_here: "Callable[[App, int], int]"


class Writers(msgspec.Struct, frozen=True):
    """An offer: ``list_writers(tx, guild_id, since_ms)`` gives who wrote anything there since then; pruning spares them."""

    list_writers: "Callable[[Tx, int, int], frozenset[int]]"


class LeaveStep(msgspec.Struct, frozen=True):
    """An offer: ``do_leave(tx, guild_id, user_id)`` ends what a member had there, in the transaction in which they leave."""

    do_leave: "Callable[[Tx, int, int], None]"
