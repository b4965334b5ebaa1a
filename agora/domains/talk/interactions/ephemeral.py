"""Answers for one person's eyes: never stored, so they are gone when the page is loaded again or the server restarts."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from agora.domains.talk.messages import Row

MOST = 10_000  # the oldest go first


class Ephemeral(msgspec.Struct, frozen=True):
    """A message that only ``user_id`` sees, answering ``interaction_id``."""

    row: Row
    user_id: int
    interaction_id: int


class Ephemerals:
    """Those that were sent since the server started, so that their app can change them and their buttons work."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Ephemeral] = OrderedDict()

    def put(self, each: Ephemeral) -> None:
        """Keep one, new or changed."""
        self._kept[each.row.id] = each
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def find(self, message_id: int) -> Ephemeral | None:
        """The one with this id."""
        return self._kept.get(message_id)

    def drop(self, message_id: int) -> None:
        """It is gone."""
        self._kept.pop(message_id, None)
