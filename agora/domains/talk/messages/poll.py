"""A poll as it is asked; votes are kept elsewhere (https://discord.com/developers/docs/resources/poll)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from agora.domains.talk.messages.components import ComponentEmoji
from agora.kernel.clock import iso
from agora.kernel.errors import invalid

HOUR_MS = 3_600_000
MAX_HOURS = 768  # 32 days
NO_VOTES: dict[str, Any] = {"answer_counts": [], "is_finalized": False}


class Question(msgspec.Struct, frozen=True):
    """What is asked."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]


class AnswerMedia(msgspec.Struct, frozen=True):
    """What can be answered."""

    text: Annotated[str, Meta(min_length=1, max_length=55)]
    emoji: ComponentEmoji | None = None


class AnswerBody(msgspec.Struct, frozen=True):
    """One answer; it gets its number by its place."""

    poll_media: AnswerMedia


class PollCreate(msgspec.Struct, frozen=True):
    """A poll to be made; ``duration`` in hours (discord.py sends it as a float)."""

    question: Question
    answers: Annotated[tuple[AnswerBody, ...], Meta(min_length=1, max_length=10)]
    duration: Annotated[float, Meta(ge=1, le=MAX_HOURS)] | None = None
    allow_multiselect: bool | None = None
    layout_type: Literal[1] | None = None


class Poll(msgspec.Struct, frozen=True):
    """What a message keeps of its poll. ``expires_ms`` in UTC milliseconds."""

    question: Question
    answers: tuple[AnswerMedia, ...]
    expires_ms: int
    allow_multiselect: bool = False


_DECODER = msgspec.json.Decoder(Poll)


def check_poll(poll: PollCreate) -> None:
    """Raise 400 for a question or an answer of blanks."""
    if not poll.question.text.strip():
        raise invalid("poll.question.text", "This field is required", "BASE_TYPE_REQUIRED")
    for index, answer in enumerate(poll.answers):
        if not answer.poll_media.text.strip():
            raise invalid(f"poll.answers.{index}.poll_media.text", "This field is required", "BASE_TYPE_REQUIRED")


def poll_column(poll: PollCreate | None, now_ms: int) -> str | None:
    """JSON for the table."""
    if poll is None:
        return None
    expires = now_ms + int((poll.duration or 24) * HOUR_MS)
    answers = tuple(each.poll_media for each in poll.answers)
    return msgspec.json.encode(Poll(poll.question, answers, expires, bool(poll.allow_multiselect))).decode()


def read_poll(column: str) -> Poll:
    """The stored poll."""
    return _DECODER.decode(column)


def build_poll(column: str, results: Any = None) -> dict[str, Any]:
    """Discord's poll object; without ``results`` nobody has voted yet."""
    poll = read_poll(column)
    return {
        "question": {"text": poll.question.text},
        "answers": [{"answer_id": number, "poll_media": _build_media(media)} for number, media in enumerate(poll.answers, 1)],
        "expiry": iso(poll.expires_ms),
        "allow_multiselect": poll.allow_multiselect,
        "layout_type": 1,
        "results": NO_VOTES if results is None else results,
    }


def _build_media(media: AnswerMedia) -> dict[str, Any]:
    if media.emoji is None:
        return {"text": media.text}
    number = None if media.emoji.id is None else str(media.emoji.id)
    return {"text": media.text, "emoji": {"id": number, "name": media.emoji.name}}
