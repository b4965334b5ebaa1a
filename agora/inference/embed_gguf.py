"""Vectors for texts from a GGUF embedding model through llama.cpp."""

import asyncio
import ctypes
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from agora.inference.errors import InferenceError, ModelRefused
from agora.inference.llama import load_library
from agora.inference.model_info import inspect_model

MOST_TOKENS = 2048
"""Longer texts are cut: a text without a gap has to fit into one batch."""
LONGEST_TEXT = 16_000
_MEAN = 1


class GgufEmbedder:
    """An `Embedder` (see ports) in one thread of its own; the model is loaded at the first text."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Raises ModelRefused unless the file is an embedding model's."""
        info = inspect_model(path)
        if info.kind != "embedding":
            raise ModelRefused(f"{path.name}: it is no embedding model.")
        self._path, self._threads, self._width = path, threads, info.width
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="agora-embed")
        self._vectors: Vectors | None = None

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return self._width

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._vectors is not None

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """See Embedder.embed. Raises ModelRefused when the file cannot be loaded."""
        if not texts:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._embed, list(texts))

    async def count_tokens(self, texts: Sequence[str]) -> int:
        """See Embedder.count_tokens."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._count, list(texts))

    def close(self) -> None:
        """Ends the thread and frees the model; texts that wait are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    def _embed(self, texts: list[str]) -> list[list[float]]:
        return [self._load().embed(text) for text in texts]

    def _count(self, texts: list[str]) -> int:
        return sum(len(self._load().tokenize(text)) for text in texts)

    def _load(self) -> "Vectors":
        if self._vectors is None:
            self._vectors = load_vectors(self._path, threads=self._threads)
        return self._vectors


def load_vectors(path: Path, *, threads: int) -> "Vectors":
    """The model in memory. Raises ModelRefused."""
    return Vectors(path, threads)


class Vectors:
    """One embedding model with room for one text; for one thread at a time."""

    def __init__(self, path: Path, threads: int) -> None:
        lib = self._library = load_library()
        self._context: Any = None
        self._model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
        if not self._model:
            raise ModelRefused(f"{path.name}: llama.cpp could not load it. Check the file with `agora model check`.")
        trained = lib.llama_model_n_ctx_train(self._model)
        self._most = max(8, min(MOST_TOKENS, trained))
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._most
        params.n_seq_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.embeddings = True
        params.no_perf = True
        self._context = lib.llama_init_from_model(self._model, params)
        if self._context and lib.llama_pooling_type(self._context) <= 0:  # the file does not say how: the usual way
            lib.llama_free(self._context)
            params.pooling_type = _MEAN
            self._context = lib.llama_init_from_model(self._model, params)
        if not self._context:
            self.close()
            raise ModelRefused(f"{path.name}: llama.cpp could not make room for it.")
        self._vocabulary = lib.llama_model_get_vocab(self._model)
        self._memory = lib.llama_get_memory(self._context)
        self.width: int = lib.llama_model_n_embd_out(self._model)

    def tokenize(self, text: str) -> list[int]:
        """The tokens that are read of a text, with those that open and close it."""
        lib, data = self._library, text[:LONGEST_TEXT].encode("utf-8", "replace")
        room = (lib.llama_token * (len(data) + 16))()
        count = lib.llama_tokenize(self._vocabulary, data, len(data), room, len(data) + 16, True, False)
        tokens = list(room[: max(0, count)])
        # What closes the text has a meaning to the model, so it is kept where a long text is cut.
        return tokens if len(tokens) <= self._most else [*tokens[: self._most - 1], tokens[-1]]

    def embed(self, text: str) -> list[float]:
        """The text's vector, of length 1. Raises InferenceError."""
        lib, tokens = self._library, self.tokenize(text)
        if not tokens:
            raise InferenceError("A text without tokens has no vector.")
        array = (lib.llama_token * len(tokens))(*tokens)
        batch = lib.llama_batch_get_one(array, len(tokens))
        if self._memory:
            lib.llama_memory_clear(self._memory, True)
            status = lib.llama_decode(self._context, batch)
        else:
            status = lib.llama_encode(self._context, batch)
        found = lib.llama_get_embeddings_seq(self._context, 0) if status == 0 else None
        if not found:
            raise InferenceError(f"The embedding model failed on a text of {len(tokens)} tokens (status {status}).")
        numbers = ctypes.cast(found, ctypes.POINTER(ctypes.c_float))[: self.width]
        length = math.sqrt(sum(number * number for number in numbers))
        if not math.isfinite(length) or length == 0:
            raise InferenceError("The embedding model gave no vector for a text.")
        return [number / length for number in numbers]

    def close(self) -> None:
        """Frees the model."""
        if self._context:
            self._library.llama_free(self._context)
            self._context = None
        if self._model:
            self._library.llama_model_free(self._model)
            self._model = None
