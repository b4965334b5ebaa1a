"""A backend whose next token follows from the whole sequence: any mix-up between sequences changes the text.

It keeps llama.cpp's memory rules (cells shared by sequences, given back when nobody holds them) and checks every use.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from agora.inference.errors import GenerationFailed
from agora.inference.llama import ROOM_NEEDED, Row
from agora.inference.ports import GenerationRequest

LETTERS = 64
END = 0


def next_token(tokens: Sequence[int], seed: int) -> int:
    """What comes after these tokens; END about once in fifty."""
    digest = hashlib.blake2b(repr((tuple(tokens), seed)).encode(), digest_size=2).digest()
    number = int.from_bytes(digest, "little") % (LETTERS * 50)
    return END if number < LETTERS else 1 + number % (LETTERS - 1)


class _Drawer:
    def __init__(self, backend: CountingBackend, seed: int) -> None:
        self._backend, self._seed = backend, seed
        backend.open_drawers += 1

    def draw(self, place: int) -> int:
        if self._backend.fail_draws > 0:
            self._backend.fail_draws -= 1
            raise GenerationFailed("told to")
        return next_token(self._backend.drawn[place], self._seed)

    def close(self) -> None:
        self._backend.open_drawers -= 1


class CountingBackend:
    """See the module. `statuses` are returned by the next decodes instead of doing them."""

    divisible = True

    def __init__(self, cells: int = 2048, longest: int = 512) -> None:
        self.cells, self.longest = cells, min(cells, longest)
        self.held: dict[int, list[tuple[int, int]]] = {}
        self.statuses: list[int] = []
        self.fail_draws = 0
        self.drawn: dict[int, tuple[int, ...]] = {}
        self.most_used = self.steps = self.open_drawers = 0
        self.closed = False
        self._next_cell = 0

    def describe(self) -> str:
        return "counting"

    def encode(self, request: GenerationRequest) -> list[int]:
        return list(request.tokens) or [1 + ord(sign) % 60 for part in request.prompt for sign in part.text]

    def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        assert not self.closed
        if self.statuses:
            status = self.statuses.pop(0)
            if status:
                return status, []
        if self.used() + sum(len(row.tokens) for row in rows) > self.cells:
            return ROOM_NEEDED, []
        self.steps += 1
        self.drawn = {}
        places = []
        for row in rows:
            sequence = self.held.setdefault(row.slot, [])
            assert len(sequence) == row.start, "a sequence goes on where it ended"
            assert row.tokens
            for token in row.tokens:
                self._next_cell += 1
                sequence.append((self._next_cell, token))
            for back in range(row.drafted if row.draw else -1, -1, -1):
                known = sequence[: len(sequence) - back]
                self.drawn[len(self.drawn)] = tuple(token for _, token in known)
            places.append(len(self.drawn) - 1 if row.draw else -1)
        self.most_used = max(self.most_used, self.used())
        return 0, places

    def used(self) -> int:
        """Cells that at least one sequence holds."""
        return len({cell for sequence in self.held.values() for cell, _ in sequence})

    def share(self, source: int, target: int, length: int) -> bool:
        assert length <= len(self.held.get(source, []))
        self.held[target] = self.held.get(source, [])[:length]
        return True

    def clear(self, slot: int) -> None:
        self.held.pop(slot, None)

    def set_threads(self, threads: int) -> None:
        return

    def save(self, slot: int) -> bytes:
        return repr([token for _, token in self.held.get(slot, [])]).encode()

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        assert not self.held.get(slot)
        tokens = json.loads(data)
        self.held[slot] = [(self._next_cell + at, token) for at, token in enumerate(tokens, 1)]
        self._next_cell += len(tokens)
        return len(tokens) == length

    def open_drawer(self, request: GenerationRequest, seed: int, prompt: Sequence[int]) -> _Drawer:
        return _Drawer(self, seed)

    def piece(self, token: int) -> bytes:
        return chr(0x100 + token).encode()

    def is_end(self, token: int) -> bool:
        return token == END

    def abort(self) -> None:
        return

    def close(self) -> None:
        assert self.open_drawers == 0, "every sampler is freed"
        self.closed = True


def expected_text(tokens: Sequence[int], seed: int, limit: int) -> str:
    """The text a sequence has when nothing of another one ever reaches it."""
    sequence, text = list(tokens), ""
    for _ in range(limit):
        token = next_token(sequence, seed)
        if token == END:
            break
        text += chr(0x100 + token)
        sequence.append(token)
    return text
