"""The lines of the topic files, and which of them training never sees."""

import zlib
from functools import cache
from importlib.resources import files

AREAS = ("home", "nature", "work", "tech", "culture")


@cache
def list_rows(held_out: bool) -> tuple[str, ...]:
    """The listed topics' lines; about one in ten is held out of training."""
    rows = [row for area in AREAS for row in _read_area(area)]
    return tuple(row for row in rows if (zlib.crc32(row.split(";")[0].encode()) % 10 == 0) == held_out)


def _read_area(area: str) -> list[str]:
    text = files(__package__).joinpath("topics", f"{area}.txt").read_text(encoding="utf-8")
    return [row for row in text.splitlines() if row and not row.startswith("#")]
