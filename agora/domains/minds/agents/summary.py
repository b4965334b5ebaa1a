"""Summaries: one line in the place of the messages that an agent no longer sees, and where the transcript begins after it.

Without one, a long transcript begins where ``agora.inference.pages`` says. With one it begins at the summary's border and
stays there while it grows: prompts keep their beginning. Before it is too long the next summary is asked for, of all but
its last part; only when that is there both move, at once. If it does not come in time, all goes on without.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.scene import Said, Scene, focus
from agora.inference.context import Language
from agora.inference.layout import Style

KEPT = 40
"""So many percent of a full transcript stay when a summary takes the place of the rest: fewer would leave too little to answer
to, with more it would soon be time for the next one."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in a channel before the message ``until_id``.

    It may tell of every message from ``first_id`` to ``last_id``: those read for it, and those of the summary before it.
    ``model``: who wrote it; empty: it was made without one.
    """

    id: int
    channel_id: int
    style: Style
    language: Language
    first_id: int
    last_id: int
    until_id: int
    text: str
    model: str
    created_at: int


class Wanted(msgspec.Struct, frozen=True):
    """A summary to make: of these messages and of what ``before`` tells, for prompts that begin at ``until_id``."""

    lines: tuple[Said, ...]
    until_id: int
    before: Summary | None


class Cut(msgspec.Struct, frozen=True):
    """The part of a scene that is shown, what stands in the place of the rest, and the summary to make next, if it is time."""

    scene: Scene
    summary: Summary | None = None
    wanted: Wanted | None = None


def cut(whole: Scene, known: Sequence[Summary], most: int) -> Cut:
    """Show at most ``most`` messages; ``known`` are the channel's summaries for one style and language, the newest first."""
    usable = (one for one in known if whole.oldest_id < one.until_id and 0 < _count_since(whole, one.until_id) <= most)
    summary = next(usable, None)
    if summary is None:
        scene, shown = focus(whole, most), len(whole.lines)
    else:
        shown = _count_since(whole, summary.until_id)
        scene = focus(msgspec.structs.replace(whole, lines=whole.lines[len(whole.lines) - shown :]), most)
    early = max(2, most // 8)  # while it is made others write
    wanted = find_wanted(whole, summary, most * KEPT // 100) if shown > most - early else None
    return Cut(scene, summary, wanted)


def find_wanted(whole: Scene, before: Summary | None, keep: int) -> Wanted | None:
    """The summary of all but the newest ``keep`` messages, at least two; None when nothing new would be in it."""
    kept = max(2, keep)
    if len(whole.lines) <= kept:
        return None
    until = whole.lines[-kept].id
    lines = tuple(said for said in whole.lines[:-kept] if before is None or said.id >= before.until_id)
    return Wanted(lines, until, before) if lines else None


def _count_since(scene: Scene, message_id: int) -> int:
    return sum(said.id >= message_id for said in scene.lines)
