"""A language's texts as JSON for the page's modules."""

from __future__ import annotations

import hashlib

from agora.kernel.http import encode
from agora.kernel.i18n import FALLBACK, texts
from agora.web.assets import PREFIX

# The modules of the page use these texts; the rest is for the server's own pages and answers.
_SHOWN = ("web.",)


def build_catalogue(locale: str) -> bytes:
    """``{key: text}``; English where the language lacks one. Plural forms have keys of their own (``….one``, ``….other``)."""
    found = texts()
    keys = sorted(key for key in found.keys(locale) | found.keys(FALLBACK) if key.startswith(_SHOWN))
    entries = {key: found.find(locale, key) or found.find(FALLBACK, key) for key in keys}
    return encode({key: text.forms[0] for key, text in entries.items() if text is not None})


def catalogue_url(locale: str) -> str:
    """Its address, with a hash so that a browser may keep it."""
    version = hashlib.sha256(build_catalogue(locale)).hexdigest()[:12]
    return f"{PREFIX}/i18n/{locale}.json?v={version}"
