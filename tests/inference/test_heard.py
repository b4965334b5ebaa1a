"""What was done in a message, told in one word."""

import pytest

from agora.inference.context import Language
from agora.inference.heard import KINDS, tell_heard


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Hi everybody!", "en", "hello"),
        ("Thanks a lot, Ada.", "en", "thanks"),
        ("I finished it, thanks to you", "en", "say"),
        ("How can I learn to swim?", "en", "how"),
        ("Why do you say so?", "en", "more"),
        ("Tell me a joke!", "en", "joke"),
        ("Good night, see you tomorrow", "en", "bye"),
        ("Who are you?", "en", "who"),
        ("You\u2019re welcome.", "en", "welcome"),
        ("It is raining.", "en", "say"),
        ("Raining again?", "en", "ask"),
        ("Bonsoir tout le monde", "fr", "hello"),
        ("Merci beaucoup !", "fr", "thanks"),
        ("Que penses-tu du jardin ?", "fr", "opinion"),
        ("Tu as raison.", "fr", "agree"),
        ("Bonne nuit à tous", "fr", "bye"),
        ("Je m'appelle Zoë.", "fr", "name"),
        ("Il pleut.", "fr", "say"),
        ("", "fr", "say"),
    ],
)
def test_what_was_done_is_told_in_a_word(text: str, language: Language, kind: str) -> None:
    assert tell_heard(text, language) == kind
    assert kind in KINDS


def test_a_long_message_is_told_by_how_it_begins() -> None:
    assert tell_heard("Thanks! " + "word " * 100_000 + "?", "en") == "thanks"
