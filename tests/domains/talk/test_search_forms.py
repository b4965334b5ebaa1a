"""Words are found in all their forms, in French and in English, and as they stand where somebody asks for that."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from agora.domains.talk.search.match import Term
from agora.domains.talk.search.rank import fuse, rank_by_words
from agora.domains.talk.search.stems import find_stems, find_words, fold
from agora.domains.talk.search.words import build_terms
from tests.domains.talk.conftest import Room


async def _find(room: Room, text: str) -> list[str]:
    await room.kit.settle()
    answer = await room.kit.request("GET", f"/api/agora/search?q={quote(text)}", room.ben)
    assert answer.status == 200, answer.text
    return [item["message"]["content"] for item in answer.json["items"]]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Les chevaux couraient", "cheval"),
        ("un cheval blanc", "CHEVAUX"),
        ("elles sont mangées", "manger"),
        ("nous avons mangé", "mange"),
        ("les élèves studieux", "eleve"),
        ("une question nationale", "nationaux"),
        ("she was running late", "run"),
        ("two cities", "city"),
        ("the argument started", "arguments start"),
        ("il boit de l’eau fraîche", "l'eau"),
        ("il boit de l'eau", "eau"),
    ],
)
async def test_a_word_is_found_in_its_other_forms(room: Room, said: str, asked: str) -> None:
    await room.say(said)
    await room.say("something quite different")
    assert await _find(room, asked + " ") == [said]
    assert await _find(room, asked) == [said]


async def test_quotation_marks_mean_exactly_that(room: Room) -> None:
    await room.say("two cities")
    assert await _find(room, '"city"') == []
    assert await _find(room, '"cities"') == ["two cities"]


async def test_edited_words_are_learnt(room: Room) -> None:
    message = await room.say("nothing yet")
    await room.kit.request("PATCH", f"{room.path}/{message['id']}", room.ada, json={"content": "wandering around"})
    assert await _find(room, "wanders around") == ["wandering around"]


async def test_the_found_form_is_marked(room: Room) -> None:
    await room.say("Les chevaux du roi")
    await room.kit.settle()
    answer = await room.kit.request("GET", "/api/agora/search?q=cheval", room.ben)
    assert answer.json["items"][0]["snippet"] == "Les <mark>chevaux</mark> du roi"


def test_stems_have_no_accents_and_short_words_have_none() -> None:
    assert find_stems("élevées") & find_stems("élever")
    assert all(stem.isascii() for stem in find_stems("élevées"))
    assert find_stems("ab") == frozenset()
    assert fold("Œuvre ÉTÉ") == "œuvre ete"
    assert find_words(["Été été ETE 42 a"]) == {"ete": {"été", "ete"}}


def test_terms() -> None:
    assert build_terms('soup "of the day" l\'eau d’', as_you_type=True) == (
        Term("soup"),
        Term("of the day", exact=True),
        Term("eau"),
        Term("d’", unfinished=True),
    )
    assert build_terms("soup ha", as_you_type=True)[1] == Term("ha", unfinished=True)
    assert build_terms("soup h", as_you_type=True)[1] == Term("h")
    assert build_terms("“of the day” «du jour»") == (Term("of the day", exact=True), Term("du jour", exact=True))
    assert build_terms(" !? _ ") == ()


def test_ranking_by_words() -> None:
    messages = [
        (1, "soup " + "and many other words that say nothing of it " * 3),
        (2, "soup soup soup"),
        (3, "soups are fine"),
        (4, "soup is fine"),
        (5, "soup is fine"),
    ]
    assert rank_by_words(messages, [Term("soup")]) == [2, 5, 4, 3, 1]


def test_reciprocal_rank_fusion() -> None:
    scores = fuse([[1, 2, 3], [3, 4]])
    assert list(scores) == [3, 1, 4, 2]
    assert scores[3] == pytest.approx(1 / 63 + 1 / 61)
    assert fuse([[], []]) == {}
