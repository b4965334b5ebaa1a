"""The shipped embedding model, offline; and nothing heavy before the first text."""

from __future__ import annotations

import subprocess
import sys

from agora.inference.embed import SentenceEmbedder

HEAVY = ("torch", "transformers", "sentence_transformers", "llama_cpp", "hnswlib", "gguf", "numpy", "jinja2")


async def test_texts_alike_have_vectors_alike() -> None:
    embedder = SentenceEmbedder()
    assert not embedder.loaded
    assert await embedder.embed([]) == []
    cat, kitten, invoice = await embedder.embed(
        ["a cat sleeps on the sofa", "the kitten naps on a couch", "please pay the invoice"]
    )
    assert len(cat) == embedder.dimensions
    assert sum(x * x for x in cat) ** 0.5 - 1 < 1e-4
    near, far = (sum(x * y for x, y in zip(cat, other, strict=True)) for other in (kitten, invoice))
    assert near > far + 0.3
    embedder.close()


def test_importing_inference_imports_nothing_heavy() -> None:
    modules = "start, embed, vectors, registry, probe, fake, chat_template"
    code = f"import sys; from agora.inference import {modules}; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
