"""Holds a backend's steps until the test lets them happen: what is counted in steps then depends on no clock.

Without it a fast engine may have ended a text before a busy event loop has come to say what the test wants to say.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

from agora.inference.llama import ABORTED, Row

PATIENCE = 60
"""Seconds after which a step that never comes is taken for an error of the engine."""


class Gate:
    """Stands before a backend's `decode`. Open at first; `steps` counts those that were made."""

    def __init__(self, backend: Any) -> None:
        self._decode, self._abort = backend.decode, backend.abort
        self._changed = threading.Condition()
        self._permits: int | None = None
        self._aborted = False
        self.held = False
        """Whether the engine's thread stands before its next step."""
        self.steps = 0
        self.statuses: list[int] = []
        backend.decode, backend.abort = self._wait_and_decode, self._abort_and_open

    def close(self) -> None:
        """No step from now on."""
        self._set(0)

    def open(self) -> None:
        """As many steps as the engine likes."""
        self._set(None)

    async def allow(self, steps: int) -> None:
        """Lets so many steps happen; returns when the engine stands before the next one and all they led to was delivered."""
        self._set(steps)
        await asyncio.to_thread(self._await_hold)
        for _ in range(4):  # the deltas were queued before the engine came back here: let their readers have them
            await asyncio.sleep(0)

    def _set(self, permits: int | None) -> None:
        with self._changed:
            self._permits, self.held = permits, False
            self._changed.notify_all()

    def _await_hold(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.held, PATIENCE), "the engine made no step"

    def _wait_and_decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        with self._changed:
            if self._permits == 0 and not self._aborted:
                self.held = True
                self._changed.notify_all()
                passed = self._changed.wait_for(lambda: self._permits != 0 or self._aborted, PATIENCE)
                assert passed, "the test forgot to open the gate"
            if self._aborted:
                self.statuses.append(ABORTED)
                return ABORTED, []
            if self._permits:
                self._permits -= 1
            self.steps += 1
        status, places = self._decode(rows)
        self.statuses.append(status)
        return status, places

    def _abort_and_open(self) -> None:
        self._abort()
        with self._changed:
            self._aborted = True
            self._changed.notify_all()
