"""What accounts asks of higher domains."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.accounts.model import User

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


class UserStep(msgspec.Struct, frozen=True):
    """An offer: ``do(tx, user)`` runs in the same transaction that makes an account (joining the open communities)."""

    do: "Callable[[Tx, User], None]"
