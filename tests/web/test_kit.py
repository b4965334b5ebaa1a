"""The UI kit without a browser: assets, texts, headers, colours."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from agora.kernel.i18n import load_texts
from agora.web.assets import Assets
from agora.web.headers import page_headers
from tests.kit.server import Kit

ROOT = Path(__file__).parent.parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
LOCALES = sorted((ROOT / "agora").rglob("locale"))
SOURCES = [*STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html")]
# the first part is the whole key, or what stands before a computed end
_KEY = re.compile(r"""["'`](web\.[a-z0-9_.]+)(\$\{|["'`])""")
_ICONS = (re.compile(r"""\bicon\("([a-z]+)"\)"""), re.compile(r"""swapIcon\([^)]*?"([a-z]+)"\)"""))


def test_every_text_a_page_names_is_in_both_languages() -> None:
    """Whole keys exist; computed ones have at least one key that begins so; counted ones have their plural forms."""
    texts = load_texts(LOCALES)
    assert texts.locales == ("en", "fr")
    keys = texts.keys("en")
    missing = []
    for path in SOURCES:
        for found in _KEY.finditer(path.read_text()):
            key, end = found.groups()
            whole = key in keys or f"{key}.other" in keys or f"{key}_text" in keys
            begins = any(each.startswith(key) for each in keys)
            if not (begins if end == "${" or key.endswith(("_", ".")) else whole):
                missing.append(f"{path.relative_to(ROOT)}: {key}")
    assert missing == []
    assert texts.problems() == []


def test_every_text_is_used() -> None:
    """A key that nothing names is dead."""
    sources = "\n".join(path.read_text() for path in [*SOURCES, *(ROOT / "agora").rglob("*.py")])
    found = re.findall(r"""["'`](web\.[a-z0-9_.]+)(\$\{|\{|["'`])""", sources)
    whole = {key for key, _ in found}
    begun = tuple(key for key, end in found if end.endswith("{") or key.endswith(("_", ".")))
    keys = {key for key in load_texts(LOCALES).keys("en") if key.startswith("web.")}
    dead = [key for key in keys if re.sub(r"\.(one|other)$", "", key) not in whole and not key.startswith(begun)]
    assert sorted(dead) == []


def test_every_icon_is_drawn() -> None:
    """The sprite holds what templates and modules name."""
    sprite = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for path in SOURCES for pattern in _ICONS for name in pattern.findall(path.read_text())}
    assert named <= sprite


def test_assets_have_one_address_per_content(tmp_path: Path) -> None:
    """Any change makes a new address; the compressed form is the same content."""
    (tmp_path / "a.css").write_text("a {}" * 1000)
    first = Assets(tmp_path)
    asset = first.find("a.css")
    assert asset is not None and asset.packed is not None
    assert gzip.decompress(asset.packed) == asset.content
    (tmp_path / "a.css").write_text("b {}" * 1000)
    assert Assets(tmp_path).url("a.css") != first.url("a.css")
    with pytest.raises(LookupError, match=r"missing\.css"):
        first.url("missing.css")


async def test_assets_are_served_for_ever_and_nothing_else_is(agora: Kit) -> None:
    """Immutable at the present address, revalidated at an older one, nothing outside the folder."""
    url = agora.app.get(Assets).url("tokens.css")
    now = await agora.request("GET", url)
    assert (now.status, now.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    old = await agora.request("GET", "/assets/0123456789ab/tokens.css")
    assert (old.status, old.headers["Cache-Control"]) == (200, "no-cache")
    for path in (
        "/assets/0123456789ab/../../agora.toml",
        "/assets/0123456789ab/%2e%2e/agora.toml",
        "/assets/0123456789ab//etc/passwd",
    ):
        assert (await agora.request("GET", path)).status == 404


async def test_pages_allow_nothing_inline_and_nothing_foreign(agora: Kit) -> None:
    """The policy stands on every page, and the pages keep to it."""
    answer = await agora.request("GET", "/login", headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    lost = await agora.request("GET", "/nowhere", headers={"Accept": "text/html"})
    assert lost.status == 404
    assert "script-src 'self'" in lost.headers["Content-Security-Policy"]
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|https?://", text), path


def test_a_host_cannot_add_to_the_policy() -> None:
    """The Host header is the caller's own."""
    assert "evil" not in page_headers("x; script-src evil")["Content-Security-Policy"]
    assert "ws://a.example:8420" in page_headers("a.example:8420")["Content-Security-Policy"]


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of ``#rrggbb``."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT = ("ink", "ink-soft", "ink-faint", "accent", "agent", "gold", "bad")
BEHIND = ("ground", "surface", "raised", "sunken", "hover", "pressed", "accent-soft", "agent-soft", "gold-soft", "bad-soft")


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_colours_meet_aa_on_every_ground(theme: int) -> None:
    """4.5 to 1 for text, 3 to 1 for the borders of fields."""
    tokens = {
        name: (light, dark)[theme]
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (STATIC / "tokens.css").read_text())
    }
    weak = [(text, behind) for text in TEXT for behind in BEHIND if contrast(tokens[text], tokens[behind]) < 4.5]
    assert weak == []
    assert contrast(tokens["on-accent"], tokens["accent"]) >= 4.5
    assert contrast(tokens["line-strong"], tokens["surface"]) >= 3
