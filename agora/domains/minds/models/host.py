"""``Host``: the engine that everybody asks. It loads the chosen model behind the server's start, and changes over at run time.

A model that cannot be used leaves the one before it at work; with none at all the server runs on, agents are silent, and
``info`` says why and what to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import msgspec

from agora.domains.minds.models.loaded import REMOTE, Loaded, Opener
from agora.domains.minds.models.shelf import Shelf
from agora.inference.errors import EngineStopped, InferenceError, ModelNotFound, ModelRefused, ModelTooLarge
from agora.inference.layout import Style
from agora.inference.ports import Delta, Engine, EngineInfo, GenerationRequest

log = logging.getLogger(__name__)
LOOK_S = 10.0
"""How often it is looked again for the chosen model while it is not there; each time twice as long, up to LONGEST_LOOK_S."""
LONGEST_LOOK_S = 300.0
SWEEP_S = 5.0


class Host:
    """An ``Engine`` over whichever model is chosen; other models are loaded when somebody asks for them by name."""

    def __init__(self, opener: Opener, limit: int, idle_s: float = 900.0) -> None:
        """``limit``: bytes that all loaded models may take; ``idle_s``: seconds until one beside the chosen is unloaded."""
        self._opener, self._idle_s = opener, idle_s
        self.shelf = Shelf(opener, limit)
        self._chosen: Loaded | None = None
        self._wanted = ""
        self._strict = False
        self._reason = ""
        self._loading = False
        self._changed = asyncio.Event()

    # choosing

    def choose(self, name: str, *, strict: bool = False) -> None:
        """Run this model from now on; the change happens in the background. ``strict``: this one or none, as the settings say."""
        self._wanted, self._strict = name, strict
        self.shelf.forgive(name)
        self._changed.set()

    def forget(self, file: str) -> None:
        """A file was removed: what uses it is unloaded, and the chosen model is looked for anew."""
        self.shelf.retire_file(file)
        if self._chosen is not None and self.shelf.find(self._chosen.name) is None:
            self._chosen = None
        self._changed.set()

    async def run(self) -> None:
        """Load what is chosen, for ever; look again for it while it is not there, and unload what nobody asks for."""
        pause = LOOK_S
        while True:
            if self._changed.is_set():
                pause = LOOK_S
            self._changed.clear()
            fits = await self._load()
            waited = 0.0
            while not self._changed.is_set() and (fits or waited < pause):
                step = SWEEP_S if fits else min(SWEEP_S, pause - waited)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(step):
                        await self._changed.wait()
                waited += step
                self.shelf.sweep(self._idle_s)
                fits = fits and self._is_alive()
            near = fits or self._wanted.startswith(REMOTE)  # another server may be back at any moment, and asking costs nothing
            pause = LOOK_S if near else min(LONGEST_LOOK_S, pause * 2)

    def _is_alive(self) -> bool:
        return self._chosen is not None and self.shelf.find(self._chosen.name) is self._chosen

    async def _load(self) -> bool:
        """Whether the chosen model is the one in use now."""
        wanted = self._wanted
        self._loading = True
        try:
            loaded = await self._change_over(wanted)
        except InferenceError as error:
            self._note(error.message)
            of_file = isinstance(error, ModelNotFound | ModelRefused) and not wanted.startswith(REMOTE)
            if of_file and wanted and not self._strict and self._chosen is None:
                await self._stand_in()
            return False
        except OSError as error:
            self._note(f"The model could not be loaded: {error}.")
            return False
        finally:
            self._loading = False
        if self._reason:
            log.info("the model %s is in use", loaded.name)
        self._reason = ""
        return True

    async def _change_over(self, wanted: str) -> Loaded:
        """Load a model, put it in the place of the one before, and let that finish what it writes."""
        before = self._chosen
        try:
            loaded = await self.shelf.get(wanted)
        except ModelTooLarge:
            if before is None:
                raise
            # Both do not fit at once: the one before goes first, and comes back if the new one cannot be loaded.
            self.shelf.pinned = ""
            leaving = self.shelf.retire(before.name)
            if leaving is not None:
                await leaving
            self._chosen = None
            try:
                loaded = await self.shelf.get(wanted)
            except InferenceError:
                self._chosen = await self.shelf.get(before.name)
                self.shelf.pinned = before.name
                raise
        self._chosen, self.shelf.pinned = loaded, loaded.name
        if before is not None and before.name != loaded.name:
            self.shelf.retire(before.name)
        return loaded

    async def _stand_in(self) -> None:
        """The chosen model is not there and none was before: the server's own takes its place until it is."""
        with contextlib.suppress(InferenceError, OSError):
            self._chosen = await self.shelf.get("")
            self.shelf.pinned = self._chosen.name
            log.warning("The model %s is used meanwhile.", self._chosen.name)

    def _note(self, reason: str) -> None:
        if reason != self._reason:
            log.warning("%s%s", reason, f" The model {self._chosen.name} stays in use." if self._chosen else "")
        self._reason = reason

    async def find(self, name: str | None, default: str | None = None) -> tuple[Engine, Style]:
        """The engine for a model's name, else for the default, else the chosen one; and its prompt style.

        A model that is not there is passed over. Raises EngineStopped without any, ModelRefused for a bad file or too large a one.
        """
        for wanted in (name, default):
            if wanted and (self._opener.settings.engine != "fake" or wanted.startswith(REMOTE)):
                with contextlib.suppress(ModelNotFound):
                    return _pair(await self.shelf.get(wanted))
        return _pair(self._get_chosen())

    # Engine

    async def start(self) -> None:
        """Load the chosen model now; failing leaves the reason in ``info``."""
        await self._load()

    async def stop(self) -> None:
        """Stop all engines."""
        self._chosen = None
        await self.shelf.close()

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta]:
        """See Engine.generate."""
        engine, _ = await self.find(None)
        stream = engine.generate(request)
        try:
            async for delta in stream:
                yield delta
        finally:
            engine.cancel(request.id)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        for loaded in self.shelf.list_engines():
            loaded.engine.cancel(request_id)

    def count_tokens(self, text: str) -> int:
        """See Engine.count_tokens. Raises EngineStopped."""
        return self._get_chosen().engine.count_tokens(text)

    def info(self) -> EngineInfo:
        """The chosen model's engine, named as it was chosen; without one, why."""
        if self._chosen is not None:
            info = self._chosen.engine.info()
            return msgspec.structs.replace(info, model=self._chosen.name, reason=info.reason or self._reason)
        return EngineInfo(
            engine=self._opener.settings.engine,
            state="starting" if self._loading or not self._reason else "failed",
            model=self._wanted if self._loading else "",
            model_hash="",
            description="",
            context=0,
            threads=0,
            active=0,
            waiting=0,
            reason=self._reason,
        )

    def _get_chosen(self) -> Loaded:
        if self._chosen is None:
            raise EngineStopped(self._reason or "The model is still being loaded.")
        return self._chosen


def _pair(loaded: Loaded) -> tuple[Engine, Style]:
    return loaded.engine, loaded.style
