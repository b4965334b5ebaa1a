"""Draws tokens so that every word stays whole: what `spelling` leaves, and of that what llama.cpp's sampler chain takes."""

import ctypes
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from agora.inference.llama import LlamaMemory, LlamaModel
from agora.inference.spelling import Spelling

_FIELDS = 3
"""llama_token_data has three fields of four bytes: id, logit, p. Whole columns of it are filled at once."""
_NEVER = -0x80_0000
"""The bits of minus infinity, as a signed number."""


class SpellingDrawer:
    """The drawer of one reply. Inside a word only the few tokens that go on with it are looked at."""

    def __init__(self, model: LlamaModel, memory: LlamaMemory, chain: Any, spelling: Spelling) -> None:
        """Owns `chain` from now on."""
        self._memory, self._library, self._chain, self._spelling = memory, model.library, chain, spelling
        self._size = model.vocabulary_size
        self._candidates = (model.library.llama_token_data * self._size)()
        cells = memoryview(self._candidates).cast("B")
        self._ids, self._logits = cells.cast("i"), cells.cast("f")
        # A control token would show as nothing, and the words on both sides of it as one.
        control = model.list_control_tokens()
        self._bans = {after: self._build_ban([*control, *spelling.list_banned(after_word=after)]) for after in (False, True)}

    def draw(self, place: int) -> int:
        """The next token from the logits at `place`."""
        lib, spelling = self._library, self._spelling
        given = self._memory.logits(place)
        following = spelling.following
        count = self._take_all(given, following) if spelling.may_end else self._take(given, following)
        found = self._list(count)
        lib.llama_sampler_apply(self._chain, ctypes.byref(found))
        token = int(found.data[found.selected].id)
        lib.llama_sampler_accept(self._chain, token)
        spelling.follow(token)
        return token

    def close(self) -> None:
        """Frees it."""
        for sampler in (*self._bans.values(), self._chain):
            self._library.llama_sampler_free(sampler)

    def _take_all(self, given: Any, following: Iterable[int]) -> int:
        """All tokens are candidates, banned but for those that go on with the word."""
        logits = (ctypes.c_float * self._size).from_address(ctypes.addressof(given.contents))
        self._ids[::_FIELDS] = _count(self._size)
        self._logits[1::_FIELDS] = memoryview(logits).cast("B").cast("f")
        self._library.llama_sampler_apply(self._bans[self._spelling.after_word], ctypes.byref(self._list(self._size)))
        for token in following:
            self._logits[token * _FIELDS + 1] = given[token]
        return self._size

    def _take(self, given: Any, tokens: Iterable[int]) -> int:
        """These tokens only are candidates; how many they are."""
        count = 0
        for token in tokens:
            self._ids[count * _FIELDS] = token
            self._logits[count * _FIELDS + 1] = given[token]
            count += 1
        return count

    def _list(self, count: int) -> Any:
        data = ctypes.cast(self._candidates, self._library.llama_token_data_p)
        return self._library.llama_token_data_array(data=data, size=count, selected=-1, sorted=False)

    def _build_ban(self, tokens: Sequence[int]) -> Any:
        cells = array("i", [0, _NEVER]) * len(tokens)
        cells[::2] = array("i", tokens)
        biases = (self._library.llama_logit_bias * len(tokens)).from_buffer(cells)
        return self._library.llama_sampler_init_logit_bias(self._size, len(tokens), biases)


@cache
def _count(size: int) -> memoryview:
    return memoryview(array("i", range(size)))
