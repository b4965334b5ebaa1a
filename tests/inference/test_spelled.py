"""Words that training hardly showed are spelled in prompts, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.inference.llama import LlamaModel
from agora.inference.spelled import SPELLED_KEY, read_spelled, spell
from agora.kernel.sources import ROOT

VOCABULARY = {" ": 0, "'": 1, "w": 2, "el": 3, "ls": 4, " wells": 5, "'wells": 6, " a": 7, "a": 8}


def tokenize(text: str) -> list[int]:
    """The longest tokens first."""
    tokens = []
    while text:
        found = max((entry for entry in VOCABULARY if text.startswith(entry)), key=len)
        tokens.append(VOCABULARY[found])
        text = text[len(found) :]
    return tokens


def test_a_listed_word_is_read_in_pieces_after_a_space_as_after_an_apostrophe() -> None:
    spelled = read_spelled('[" wells", "\'wells"]', tokenize)
    assert spell(tokenize("a wells'wells a"), spelled) == [8, 0, 2, 3, 4, 1, 2, 3, 4, 7]


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '[" a"]', '[" ", ""]', '[" wells wells"]'])
def test_what_cannot_be_spelled_stays(text: str) -> None:
    assert read_spelled(text, tokenize) == {}


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaModel]:
    model = LlamaModel(Path(ROOT) / "models" / "agora-starter.gguf", vocabulary_only=True)
    yield model
    model.close()


def read_list(model: LlamaModel) -> list[str]:
    words = json.loads(model._read_metadata(SPELLED_KEY))
    assert isinstance(words, list) and len(words) > 100
    return words


def test_the_shipped_model_reads_every_word_of_its_list_in_pieces(model: LlamaModel) -> None:
    for word in read_list(model):
        tokens = model.tokenize(f"a{word} b", beginning=False, control=False)
        assert len(tokens) > 4, word
        assert b"".join(map(model.piece, tokens)).decode() == f"a{word} b"
    assert len(model.tokenize(" thanks", beginning=False, control=False)) == 1


@given(st.text(max_size=60))
def test_no_text_is_changed_by_it(model: LlamaModel, text: str) -> None:
    tokens = model.tokenize(text, beginning=False, control=False)
    assert b"".join(map(model.piece, tokens)) == text.encode("utf-8", "replace")
