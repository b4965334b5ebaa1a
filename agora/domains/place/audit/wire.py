"""From rows to payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from agora.domains.place.audit.model import Entry


def build_entry(entry: Entry) -> dict[str, Any]:
    """An entry as Discord writes it."""
    built: dict[str, Any] = {
        "id": str(entry.id),
        "action_type": entry.action_type,
        "user_id": None if entry.user_id is None else str(entry.user_id),
        "target_id": None if entry.target_id is None else str(entry.target_id),
        "changes": msgspec.Raw(entry.changes.encode()),
    }
    if entry.options != "{}":
        built["options"] = msgspec.Raw(entry.options.encode())
    if entry.reason is not None:
        built["reason"] = entry.reason
    return built
