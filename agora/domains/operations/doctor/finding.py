"""What a check found."""

from __future__ import annotations

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """``ok``, ``warning`` (works, but look) or ``failed``; ``cure`` says what to do."""

    check: str
    state: Literal["ok", "warning", "failed"]
    what: str
    cure: str = ""


def ok(check: str, what: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", what)


def warning(check: str, what: str, cure: str) -> Finding:
    """It works, but not as it should."""
    return Finding(check, "warning", what, cure)


def failed(check: str, what: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(check, "failed", what, cure)
