"""Texts for people, from ``locale/<language>.po`` of each domain and of the UI kit; English is the fallback.

Keys are dotted and start with the domain's name: ``t("fr", "messages.too_long", limit=2000)``. A plural form is chosen
by the parameter ``n``.
"""

from __future__ import annotations

import contextlib
import gettext
import importlib.util
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from agora.kernel.errors import SetupError

if TYPE_CHECKING:
    from agora.kernel.domain import Domain

log = logging.getLogger(__name__)

FALLBACK = "en"
UI_PACKAGE = "agora.web"
_PLACE = re.compile(r"\{(\w+)")


class Text(msgspec.Struct, frozen=True):
    """One entry: its forms (one, or one per plural form)."""

    forms: tuple[str, ...]

    def places(self) -> frozenset[str]:
        """The parameters it names."""
        return frozenset(name for form in self.forms for name in _PLACE.findall(form))


class Texts:
    """All catalogues: language -> key -> text."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, Text]], plurals: Mapping[str, Callable[[int], int]]) -> None:
        self._catalogues = catalogues
        self._plurals = plurals

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages there are, sorted."""
        return tuple(sorted(self._catalogues))

    def keys(self, locale: str) -> frozenset[str]:
        """All keys of a language, without fallback."""
        return frozenset(self._catalogues.get(locale, {}))

    def find(self, locale: str, key: str) -> Text | None:
        """The entry of exactly this language."""
        return self._catalogues.get(locale, {}).get(key)

    def t(self, locale: str, key: str, **params: Any) -> str:
        """The text with its parameters filled in; the key itself when no language has it."""
        for language in (locale, locale.replace("_", "-").partition("-")[0], FALLBACK):
            text = self.find(language, key)
            if text is not None:
                return _fill(self._form(language, text, params.get("n")), params, key)
        log.warning("text %s is in no catalogue", key)
        return key

    def choose(self, accept_language: str) -> str:
        """The best language for an ``Accept-Language`` header (RFC 9110, 12.5.4)."""
        for wanted in _by_weight(accept_language):
            language = wanted.partition("-")[0]
            if language in self._catalogues:
                return language
        return FALLBACK

    def problems(self) -> list[str]:
        """Keys that a language lacks, and entries whose parameters differ from the English ones."""
        found = []
        every = sorted({key for catalogue in self._catalogues.values() for key in catalogue})
        for key in every:
            texts = {locale: self.find(locale, key) for locale in self.locales}
            found += [f"{locale} lacks the text {key}" for locale, text in texts.items() if text is None]
            places = {text.places() | {"n"} if len(text.forms) > 1 else text.places() for text in texts.values() if text}
            if len(places) > 1:
                found.append(f"the parameters of the text {key} differ between languages")
        return found

    def _form(self, language: str, text: Text, n: object) -> str:
        if len(text.forms) == 1 or not isinstance(n, int):
            return text.forms[0]
        return text.forms[min(self._plurals[language](n), len(text.forms) - 1)]


def _fill(form: str, params: Mapping[str, Any], key: str) -> str:
    if not params:
        return form
    try:
        return form.format_map(params)
    except (KeyError, IndexError, ValueError):
        log.warning("text %s cannot be filled with %s", key, ", ".join(sorted(params)))
        return form


def _by_weight(header: str) -> list[str]:
    weighted = []
    for position, part in enumerate(header.lower().split(",")[:20]):
        name, _, options = part.strip().partition(";")
        match = re.search(r"q=([01](?:\.\d{0,3})?)", options)
        weighted.append((-(float(match[1]) if match else 1.0), position, name.strip()))
    return [name for weight, _, name in sorted(weighted) if weight < 0]


class Catalogues(msgspec.Struct, frozen=True):
    """All entries: language -> key -> text, and each language's plural expression as gettext writes it."""

    texts: dict[str, dict[str, Text]]
    plurals: dict[str, str]


_Files = tuple[tuple[str, int, int], ...]
"""Paths with their size and time of change (nanoseconds)."""


class _Read(msgspec.Struct, frozen=True):
    """What was read from files of just these sizes and times of change."""

    files: _Files
    catalogues: Catalogues


def load_texts(folders: Iterable[Path], kept: Path | None = None) -> Texts:
    """Read every ``<language>.po`` of these folders. Raises SetupError, naming file and line, for a broken one.

    ``kept`` is a file for what was read: the next start takes it from there while no catalogue has changed.
    """
    states = [(path, path.stat()) for folder in folders for path in sorted(folder.glob("*.po"))]
    files = tuple((str(path), state.st_size, state.st_mtime_ns) for path, state in states)
    catalogues = _read_all(files) if kept is None else _read_kept(files, kept)
    return Texts(catalogues.texts, {language: gettext.c2py(each) for language, each in catalogues.plurals.items()})


def _read_kept(files: _Files, kept: Path) -> Catalogues:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        before = msgspec.msgpack.decode(kept.read_bytes(), type=_Read)
        if before.files == files:
            return before.catalogues
    catalogues = _read_all(files)
    with contextlib.suppress(OSError):  # a full disk costs a tenth of a second at the next start, no more
        partial = kept.with_suffix(".part")
        partial.write_bytes(msgspec.msgpack.encode(_Read(files, catalogues)))
        partial.replace(kept)
    return catalogues


@lru_cache(maxsize=4)  # several apps in one process, as in tests, read the same files
def _read_all(files: _Files) -> Catalogues:
    catalogues = Catalogues({}, {})
    for path in (Path(name) for name, _, _ in files):
        expression = _read_po(path, catalogues.texts.setdefault(path.stem, {}))
        catalogues.plurals.setdefault(path.stem, expression)
    return catalogues


def _read_po(path: Path, catalogue: dict[str, Text]) -> str:
    """Adds a file's entries; returns the language's plural expression."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            entries = read_po(file, locale=path.stem, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise SetupError(f"The texts in {path} cannot be read: {error}. Correct that line.") from error
    for entry in entries:
        key = entry.id if isinstance(entry.id, str) else entry.id[0]
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if not key or entry.fuzzy or not forms or not all(forms):
            continue
        if key in catalogue:
            raise SetupError(f"The text {key} stands twice, the second time in {path}: rename one of them.")
        catalogue[key] = Text(forms)
    return str(entries.plural_expr)


def text_folders(domains: Iterable[Domain]) -> list[Path]:
    """The ``locale`` folders of the UI kit and of the domains that have one."""
    folders = []
    for package in (UI_PACKAGE, *(domain.package for domain in domains)):
        spec = importlib.util.find_spec(package) if package else None
        places = [Path(place) / "locale" for place in (spec.submodule_search_locations or ())] if spec else []
        folders += [place for place in places if place.is_dir()]
    return folders


_texts = Texts({}, {})


def install(texts: Texts) -> None:
    """Make these the texts that ``t`` uses; done once, when the app starts."""
    global _texts
    _texts = texts


def t(locale: str, key: str, **params: Any) -> str:
    """A text in a language, with its parameters; ``n`` chooses the plural form."""
    return _texts.t(locale, key, **params)


def texts() -> Texts:
    """All texts of the running app."""
    return _texts
