"""Every text key that code and templates use is in a catalogue, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agora.kernel.i18n import FALLBACK, Texts

_IN_TEMPLATE = re.compile(r"""(?<![\w.])t\(\s*["']([a-z][\w-]*(?:\.[\w-]+)+)["']\s*[,)]""")
_IN_CODE = re.compile(r"""(?<![\w.])t\(\s*[^"'(),]+,\s*["']([a-z][\w-]*(?:\.[\w-]+)+)["']\s*[,)]""")


def find_text_faults(texts: Texts, root: Path) -> list[str]:
    """Keys that a language lacks, parameters that differ, and keys in use that no catalogue has."""
    known = texts.keys(FALLBACK)
    used = [*_find_keys(root / "templates", "*.html", _IN_TEMPLATE), *_find_keys(root / "agora", "*.py", _IN_CODE)]
    missing = {f"{path.relative_to(root)} line {line}: no catalogue has {key}" for path, line, key in used if key not in known}
    return texts.problems() + sorted(missing)


def _find_keys(folder: Path, pattern: str, key: re.Pattern[str]) -> Iterator[tuple[Path, int, str]]:
    for path in sorted(folder.rglob(pattern)):
        text = path.read_text(encoding="utf-8")
        for match in key.finditer(text):
            if '"""' not in text.splitlines()[text.count("\n", 0, match.start())]:
                yield path, text.count("\n", 0, match.start()) + 1, match[1]
