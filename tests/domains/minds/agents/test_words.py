"""Words, names and languages."""

from hypothesis import given
from hypothesis import strategies as st

from agora.domains.minds.agents.language import find_language
from agora.domains.minds.agents.scene import pick_language
from agora.domains.minds.agents.words import count_hits, fold, is_named, list_words, same_line

BOTH = ("en", "fr")


def test_interests_are_touched_by_words_that_begin_alike() -> None:
    assert count_hits(["gardens", "étoiles", "ai"], list_words("My gardening under the etoile, with AI")) == 2
    assert count_hits(["wood"], list_words("woodpecker")) == 0


def test_a_name_of_several_words_is_found_whole() -> None:
    assert is_named("Ana María", list_words("hola ana maria!"))
    assert not is_named("Ana María", list_words("hola maria ana"))
    assert not is_named("!!!", list_words("!!!"))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert same_line(text) == same_line(f"  {text}!! ")


def test_the_newest_telling_line_decides_the_language() -> None:
    assert find_language(["What do you think of it?", "Je ne sais pas, c'est difficile."], BOTH, "en") == "fr"
    assert find_language(["Je ne sais pas.", "ok", "👍"], BOTH, "en") == "fr"
    assert find_language(["Hello, how are you?"], BOTH, "fr") == "en"
    assert find_language([], BOTH, "fr") == "fr"
    assert find_language(["Je ne sais pas."], ("en",), "en") == "en"
    assert find_language([], ("fr",), "en") == "fr"


def test_a_text_in_both_languages_gives_the_part_that_is_asked_for() -> None:
    assert pick_language("New ideas · Des idées neuves", "en") == "New ideas"
    assert pick_language("New ideas · Des idées neuves", "fr") == "Des idées neuves"
    assert pick_language("Rules of the house · Les règles", "en") == "Rules of the house"
    assert pick_language("Only one", "fr") == "Only one"
    assert pick_language("", "fr") == ""
