"""`llama_cpp.Llama` as most programs use it: one conversation after another, with its own reuse of the last prompt.

Only benchmarks run it, beside Agora's engine, over the same file.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.llama import load_library
from agora.inference.ports import Sampler


class PlainReply(msgspec.Struct, frozen=True):
    """A reply, when its first token came (monotonic clock) and how many tokens the prompt had and cost."""

    text: str
    first_at: float
    prompt_tokens: int
    evaluated: int
    generated: int


class PlainModel:
    """Not safe for several threads: callers hold a lock, which is the point."""

    def __init__(self, path: Path, *, context: int, threads: int, batch: int = 512) -> None:
        """Loads the file. Raises ValueError from llama_cpp."""
        load_library()  # the same way of waiting for its threads as Agora's engine has, so that only the engines differ
        from llama_cpp import Llama

        self._llama: Any = Llama(str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, n_batch=batch, verbose=False)
        self._evaluated = 0
        self._eval = self._llama.eval
        self._llama.eval = self._count_and_eval

    def write(self, prompt: str, *, max_tokens: int, seed: int, sampler: Sampler = Sampler()) -> PlainReply:
        """The whole reply."""
        self._evaluated, parts, first_at, generated = 0, [], 0.0, 0
        stream = self._llama.create_completion(
            prompt,
            max_tokens=max_tokens,
            temperature=sampler.temperature,
            top_k=sampler.top_k,
            top_p=sampler.top_p,
            min_p=sampler.min_p,
            repeat_penalty=sampler.repeat_penalty,
            seed=seed,
            stream=True,
        )
        for chunk in stream:
            first_at = first_at or time.monotonic()
            text = chunk["choices"][0]["text"]
            generated += bool(text)
            parts.append(text)
        size = len(self._llama.tokenize(prompt.encode(), add_bos=True, special=False))
        # Every drawn token but the last one is evaluated as well.
        return PlainReply("".join(parts), first_at, size, self._evaluated - max(0, generated - 1), generated)

    def close(self) -> None:
        """Frees the model."""
        self._llama.close()

    def _count_and_eval(self, tokens: Sequence[int]) -> None:
        self._evaluated += len(tokens)
        self._eval(tokens)
