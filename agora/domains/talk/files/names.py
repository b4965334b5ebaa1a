"""Names of uploaded files, made harmless: no folders, no control or direction signs, nothing that hides its end."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 150  # characters; with a signature and an id the address stays short
SPOILER = "SPOILER_"
_SPACE = re.compile(r"\s+")
_DOTS = re.compile(r"\.{2,}")


def clean_name(name: str | None) -> str:
    """The last part of a path, letters and digits of any script, and ``-_.()[]+,@``; never empty, never hidden."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    text = _SPACE.sub("_", unicodedata.normalize("NFC", last).strip())
    kept = "".join(sign for sign in text if sign in "-_.()[]+,@" or unicodedata.category(sign)[0] in "LMN")
    kept = _DOTS.sub(".", kept).strip(".")
    if len(kept) > MAX_NAME:
        stem, dot, end = kept.rpartition(".")
        kept = f"{stem[: MAX_NAME - len(end) - 1]}.{end}" if dot and len(end) <= 16 else kept[:MAX_NAME]
    return kept or "unnamed"


def is_spoiler(filename: str) -> bool:
    """Whether its author wants it covered: Discord's prefix."""
    return filename.startswith(SPOILER)
