"""A GGUF embedding model gives the vectors that the same weights give through sentence-transformers."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora.inference.embed import SentenceEmbedder
from agora.inference.embed_gguf import GgufEmbedder
from agora.inference.errors import ModelRefused
from agora.inference.model_info import inspect_model
from agora.inference.registry import ModelRegistry
from tests.inference.minilm import convert

TEXTS = ["The cat sleeps on the mat.", "A kitten naps on a rug.", "Le marché ferme à midi.", "x", "word " * 400]


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(tmp_path_factory.mktemp("embedding") / "minilm.gguf")


async def test_the_vectors_are_those_of_the_reference(minilm: Path) -> None:
    ours, theirs = GgufEmbedder(minilm), SentenceEmbedder()
    try:
        assert ours.dimensions == theirs.dimensions == 384
        assert not ours.loaded
        # the reference reads 256 tokens at most, we as many as the model knows, so the long text is only cut
        mine, wanted = await ours.embed(TEXTS[:4]), await theirs.embed(TEXTS[:4])
        for vector, reference in zip(mine, wanted, strict=True):
            assert sum(a * b for a, b in zip(vector, reference, strict=True)) > 0.999
            assert sum(a * a for a in vector) == pytest.approx(1.0, abs=1e-5)
        assert await ours.count_tokens(TEXTS[:4]) == await theirs.count_tokens(TEXTS[:4])
        assert (await ours.embed([TEXTS[4]]))[0] == pytest.approx((await ours.embed([TEXTS[4]]))[0])
        assert await ours.count_tokens(["word " * 5000]) == 512
        assert await ours.embed([]) == []
        assert len((await ours.embed(["\udcff", "", "\x00"]))[0]) == 384
    finally:
        ours.close()
        theirs.close()


def test_an_embedding_model_is_known_as_one_and_does_not_write(minilm: Path, tiny: Path, tmp_path: Path) -> None:
    assert inspect_model(minilm).kind == "embedding"
    registry = ModelRegistry([minilm.parent], tmp_path / "own", tmp_path / "cache")
    assert registry.check(minilm).kind == "embedding"
    assert registry.get_kind("minilm", "embedding") == minilm
    with pytest.raises(ModelRefused, match="makes vectors"):
        registry.resolve("minilm")
    with pytest.raises(ModelRefused, match="no embedding model"):
        GgufEmbedder(tiny)
