"""Names that people type: unique without regard to capitals, and free of what mentions and addresses need for themselves."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agora.domains.place.accounts.queries import find_by_name
from agora.kernel.errors import invalid

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MIN_LENGTH = 2
MAX_LENGTH = 32
MAX_DISPLAY = 32
# Letters and digits of any script, and . _ - inside; no blanks, so that a mention ends where the name does.
_NAME = re.compile(r"\w(?:[\w.-]*\w)?")
_RESERVED = frozenset({"everyone", "here", "system"})


def name_key(username: str) -> str:
    """What must be unique: the name without differences of capitals or of how accents are encoded."""
    return unicodedata.normalize("NFKC", username).casefold()


def check_username(username: str) -> str:
    """The name in its normal form. Raises BadRequest on the field ``username``."""
    name = unicodedata.normalize("NFKC", username.strip())
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise invalid("username", f"Must be between {MIN_LENGTH} and {MAX_LENGTH} in length.", "BASE_TYPE_BAD_LENGTH")
    if not _NAME.fullmatch(name):
        raise invalid("username", "Username may only hold letters, digits, dots, hyphens and underscores.", "USERNAME_INVALID")
    if name_key(name) in _RESERVED:
        raise invalid("username", "This username is reserved.", "USERNAME_INVALID")
    return name


def check_global_name(name: str | None) -> str | None:
    """The name to show, trimmed; empty means none. Raises BadRequest on the field ``global_name``."""
    if name is None or not name.strip():
        return None
    shown = unicodedata.normalize("NFC", " ".join(name.split()))
    if len(shown) > MAX_DISPLAY or not shown.isprintable():
        raise invalid("global_name", f"Must be {MAX_DISPLAY} or fewer printable characters.", "BASE_TYPE_MAX_LENGTH")
    return shown


def free_username(tx: Tx, wanted: str) -> str:
    """A valid name made of any text that nobody has yet: ``Élise Roy`` gives ``elise_roy``, then ``elise_roy2``."""
    plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: MAX_LENGTH - 4] or "user"
    if len(base) < MIN_LENGTH or base in _RESERVED:
        base = f"{base}_1"
    name, number = base, 1
    while find_by_name(tx, name_key(name)) is not None:
        number += 1
        name = f"{base}{number}"
    return name
