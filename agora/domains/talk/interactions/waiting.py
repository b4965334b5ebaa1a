"""Who waits for an app's answer: told when it came, or that none did; and questions of autocomplete, which are never stored."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import msgspec

from agora.kernel.app import App
from agora.kernel.bus import Whisper
from agora.kernel.events import to_users
from agora.kernel.http import encode

MOST_QUESTIONS = 1_000


class Question(msgspec.Struct, frozen=True):
    """What somebody is typing, for an app to complete."""

    id: int
    token: str
    application_id: int
    user_id: int
    nonce: str | None


class Waiting:
    """In memory: after a restart nobody waits any more."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._questions: OrderedDict[int, Question] = OrderedDict()

    def begin(self, interaction_id: int, user_id: int, nonce: str | None, patience_s: float) -> None:
        """The asker's clients hear that it went out, and after ``patience_s`` seconds that no answer came."""
        tell(self._app, "INTERACTION_CREATE", interaction_id, user_id, nonce)
        loop = asyncio.get_running_loop()
        self._timers[interaction_id] = loop.call_later(patience_s, self._give_up, interaction_id, user_id, nonce)

    def end(self, interaction_id: int, user_id: int, nonce: str | None) -> None:
        """The answer came."""
        timer = self._timers.pop(interaction_id, None)
        if timer is not None:
            timer.cancel()
        tell(self._app, "INTERACTION_SUCCESS", interaction_id, user_id, nonce)

    def _give_up(self, interaction_id: int, user_id: int, nonce: str | None) -> None:
        self._timers.pop(interaction_id, None)
        tell(self._app, "INTERACTION_FAILURE", interaction_id, user_id, nonce)

    def ask(self, question: Question) -> None:
        """Keep a question until it is answered, or many newer ones were asked."""
        self._questions[question.id] = question
        if len(self._questions) > MOST_QUESTIONS:
            self._questions.popitem(last=False)

    def take(self, question_id: int, token: str) -> Question | None:
        """The question, which is answered once."""
        question = self._questions.get(question_id)
        return self._questions.pop(question_id) if question is not None and question.token == token else None

    def close(self) -> None:
        """The server stops."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def tell(app: App, name: str, interaction_id: int, user_id: int, nonce: str | None, **more: object) -> None:
    """A sign to the asker's own clients."""
    body = {"id": str(interaction_id), "nonce": nonce, **more}
    app.bus.whisper(Whisper(name=name, body=encode(body), audience=to_users(user_id)))
