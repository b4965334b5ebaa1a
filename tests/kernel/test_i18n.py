"""Texts: language, fallback, parameters, plural forms, and what the doctor asks."""

from pathlib import Path

import pytest

from agora.kernel.errors import SetupError
from agora.kernel.i18n import Texts, load_texts, text_folders

EN = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "chat.hello"
msgstr "Hello, {name}"

msgid "chat.only_english"
msgstr "Only here"

msgid "chat.count"
msgid_plural "chat.count"
msgstr[0] "{n} message"
msgstr[1] "{n} messages"
"""
FR = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "chat.hello"
msgstr "Bonjour, {name}"

#, fuzzy
msgid "chat.unsure"
msgstr "Peut-être"

msgid "chat.count"
msgid_plural "chat.count"
msgstr[0] "{n} message"
msgstr[1] "{n} messages"
"""


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    (tmp_path / "en.po").write_text(EN, encoding="utf-8")
    (tmp_path / "fr.po").write_text(FR, encoding="utf-8")
    return load_texts([tmp_path])


def test_language_region_and_fallback(texts: Texts) -> None:
    assert texts.t("fr", "chat.hello", name="Zoé") == "Bonjour, Zoé"
    assert texts.t("fr-CA", "chat.hello", name="Zoé") == "Bonjour, Zoé"
    assert texts.t("de", "chat.hello", name="Zoé") == "Hello, Zoé"
    assert texts.t("fr", "chat.only_english") == "Only here"
    assert texts.t("fr", "chat.nowhere") == "chat.nowhere"


def test_plural_forms_follow_the_language(texts: Texts) -> None:
    assert [texts.t("en", "chat.count", n=n) for n in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]
    assert [texts.t("fr", "chat.count", n=n) for n in (0, 1, 2)] == ["0 message", "1 message", "2 messages"]


def test_missing_parameters_do_not_break_a_page(texts: Texts) -> None:
    assert texts.t("en", "chat.hello", other=1) == "Hello, {name}"


def test_what_people_write_is_not_a_template(texts: Texts) -> None:
    assert texts.t("en", "chat.hello", name="{name.__class__}") == "Hello, {name.__class__}"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("de,en;q=0.5,fr;q=0.7", "fr"),
        ("en-GB", "en"),
        ("fr;q=0", "en"),
        ("", "en"),
        ("*", "en"),
        (";;;,,q=", "en"),
    ],
)
def test_accept_language(texts: Texts, header: str, language: str) -> None:
    assert texts.choose(header) == language


def test_problems_name_missing_keys_and_parameters(texts: Texts, tmp_path: Path) -> None:
    assert texts.problems() == ["fr lacks the text chat.only_english"]
    (tmp_path / "fr.po").write_text(FR.replace("{name}", "{nom}"), encoding="utf-8")
    assert "the parameters of the text chat.hello differ between languages" in load_texts([tmp_path]).problems()


def test_broken_and_double_entries_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text('msgid "a"\nmsgstr "b"\noops\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"en\.po"):
        load_texts([tmp_path])
    (tmp_path / "en.po").write_text(EN, encoding="utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "en.po").write_text(EN, encoding="utf-8")
    with pytest.raises(SetupError, match="stands twice"):
        load_texts([tmp_path, tmp_path / "more"])


def test_what_was_read_is_kept_until_a_catalogue_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agora.kernel import i18n

    kept, read = tmp_path / "texts.msgpack", []
    original = i18n._read_po
    monkeypatch.setattr(i18n, "_read_po", lambda path, into: read.append(path.stem) or original(path, into))
    (tmp_path / "en.po").write_text(EN, encoding="utf-8")
    (tmp_path / "fr.po").write_text(FR, encoding="utf-8")
    i18n._read_all.cache_clear()
    assert load_texts([tmp_path], kept).t("fr", "chat.count", n=1) == "1 message"
    assert read == ["en", "fr"]
    i18n._read_all.cache_clear()  # as in a new process
    again = load_texts([tmp_path], kept)
    assert (again.t("fr", "chat.hello", name="Zoé"), again.t("en", "chat.count", n=2)) == ("Bonjour, Zoé", "2 messages")
    assert read == ["en", "fr"]
    (tmp_path / "fr.po").write_text(FR.replace("Bonjour", "Salut, salut"), encoding="utf-8")
    assert load_texts([tmp_path], kept).t("fr", "chat.hello", name="Zoé") == "Salut, salut, Zoé"
    kept.write_bytes(b"\x00broken")
    assert load_texts([tmp_path], kept).t("fr", "chat.hello", name="Zoé") == "Salut, salut, Zoé"


def test_the_shipped_catalogues_are_complete() -> None:
    from agora.kernel.domain import load_domains

    assert load_texts(text_folders(load_domains())).problems() == []
