"""Where other domains take part in files without being known here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


class TextIndex(msgspec.Struct, frozen=True):
    """Offered by messages: ``do_index(tx, message_id, text)`` makes the words in a message's files searchable.

    An empty text takes them out again. A message that is gone is passed over.
    """

    do_index: Callable[[Tx, int, str], None]
