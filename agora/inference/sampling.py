"""Sampler chains: from a request's settings to llama.cpp's, checked first because llama.cpp aborts on bad values."""

import ctypes
import math
from collections.abc import Sequence
from typing import Any, Protocol

from agora.inference.errors import BadRequestToModel, GenerationFailed
from agora.inference.llama import LlamaMemory, LlamaModel
from agora.inference.ports import Sampler
from agora.inference.spelling import Spelling
from agora.inference.spelling_drawer import SpellingDrawer

SEED_MASK = 0x7FFF_FFFF
"""Seeds have 31 bits: llama.cpp takes 0xFFFFFFFF as "draw a random one", which could not be repeated."""

_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 10.0),
    "top_k": (0, 1_000_000),
    "top_p": (0.0, 1.0),
    "min_p": (0.0, 1.0),
    "repeat_penalty": (0.01, 10.0),
    "frequency_penalty": (-10.0, 10.0),
    "presence_penalty": (-10.0, 10.0),
    "penalty_window": (0, 8192),
}


def check_sampler(sampler: Sampler) -> None:
    """Raises BadRequestToModel that names the value and its range."""
    for name, (low, high) in _RANGES.items():
        value = getattr(sampler, name)
        if not (math.isfinite(value) and low <= value <= high):
            raise BadRequestToModel(f"The sampler's {name} is {value}; it must lie between {low:g} and {high:g}.")


class Drawer(Protocol):
    """Draws the tokens of one request."""

    def draw(self, place: int) -> int:
        """The next token from the logits at `place`. Raises GenerationFailed where none is allowed."""

    def close(self) -> None:
        """Frees it."""


def build_drawer(
    model: LlamaModel, memory: LlamaMemory, sampler: Sampler, seed: int, grammar: str | None, prompt: Sequence[int]
) -> Drawer:
    """The drawer a request asks for. Raises BadRequestToModel for a grammar that llama.cpp does not understand."""
    chain = _build_chain(model, sampler, seed)
    if grammar is None:
        lexicon = model.find_lexicon(prompt[-1])
        if lexicon:
            return SpellingDrawer(model, memory, chain, Spelling(lexicon, prompt))
        return _ChainDrawer(memory, model.library, chain)
    rules = model.library.llama_sampler_init_grammar(model.vocabulary, grammar.encode("utf-8", "replace"), b"root")
    if not rules:
        model.library.llama_sampler_free(chain)
        raise BadRequestToModel("The grammar is not valid GBNF or has no rule named root.")
    return _GrammarDrawer(model, memory, chain, rules)


def _build_chain(model: LlamaModel, sampler: Sampler, seed: int) -> Any:
    lib = model.library
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    penalties = (sampler.repeat_penalty, sampler.frequency_penalty, sampler.presence_penalty)
    if sampler.penalty_window and penalties != (1.0, 0.0, 0.0):
        add = lib.llama_sampler_init_penalties(model.vocabulary_size, sampler.penalty_window, *penalties)
        lib.llama_sampler_chain_add(chain, add)
    if sampler.temperature <= 0:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
        return chain
    if sampler.top_k:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_k(sampler.top_k))
    if sampler.top_p < 1:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_p(sampler.top_p, 1))
    if sampler.min_p > 0:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_min_p(sampler.min_p, 1))
    lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_temp(sampler.temperature))
    lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_dist(seed & SEED_MASK))
    return chain


class _ChainDrawer:
    def __init__(self, memory: LlamaMemory, library: Any, chain: Any) -> None:
        self._memory, self._library, self._chain = memory, library, chain

    def draw(self, place: int) -> int:
        return self._memory.draw(self._chain, place)

    def close(self) -> None:
        self._library.llama_sampler_free(self._chain)


class _GrammarDrawer:
    """Grammar first, then the chain, step by step.

    With the grammar inside the chain llama.cpp accepts whatever was drawn, and where no token fits that throws through
    the C interface, which ends the process. Here the request fails instead. Control tokens are left out: the grammar
    sees their written form, but they show as nothing. So are tokens that would break a character.
    """

    def __init__(self, model: LlamaModel, memory: LlamaMemory, chain: Any, rules: Any) -> None:
        self._memory, self._library, self._chain, self._rules = memory, model.library, chain, rules
        self._size = model.vocabulary_size
        self._control = model.list_control_tokens()
        self._characters, self._begun = model.whole_characters, b""

    def draw(self, place: int) -> int:
        import numpy as np

        lib = self._library
        candidates = (lib.llama_token_data * self._size)()
        view = np.frombuffer(candidates, dtype=[("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])
        view["id"] = np.arange(self._size)
        view["logit"] = np.ctypeslib.as_array(self._memory.logits(place), (self._size,))
        view["logit"][self._control] = -np.inf
        view["logit"][self._characters.broken(self._begun)] = -np.inf
        array = lib.llama_token_data_array(
            data=ctypes.cast(candidates, lib.llama_token_data_p), size=self._size, selected=-1, sorted=False
        )
        lib.llama_sampler_apply(self._rules, ctypes.byref(array))
        if not np.isfinite(view["logit"]).any():
            raise GenerationFailed("The grammar leaves no token that could follow.")
        lib.llama_sampler_apply(self._chain, ctypes.byref(array))
        token = int(array.data[array.selected].id)
        lib.llama_sampler_accept(self._rules, token)
        lib.llama_sampler_accept(self._chain, token)
        self._begun = self._characters.follow(self._begun, token)
        return token

    def close(self) -> None:
        self._library.llama_sampler_free(self._rules)
        self._library.llama_sampler_free(self._chain)
