"""Vectors for texts, in one answer for both shapes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence

from agora.inference.errors import BadRequestToModel, EngineStopped
from agora.inference.ports import Embedder
from agora.kernel.app import App

MOST_TEXTS = 512


async def embed(app: App, texts: Sequence[str], dimensions: int | None = None) -> tuple[list[list[float]], int]:
    """One vector per text, and the tokens that were read. Raises InferenceError."""
    embedder = app.find(Embedder)
    if embedder is None:
        raise EngineStopped("This process runs no models.")
    if not 1 <= len(texts) <= MOST_TEXTS or not all(text.strip() for text in texts):
        raise BadRequestToModel(f"Give 1 to {MOST_TEXTS} texts, none of them empty.")
    if dimensions not in (None, embedder.dimensions):
        raise BadRequestToModel(f"The vectors of this model have {embedder.dimensions} dimensions.")
    return await embedder.embed(texts), await embedder.count_tokens(texts)


def to_base64(vector: Sequence[float]) -> str:
    """32-bit floats, little-endian, as OpenAI's clients ask for by default."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
