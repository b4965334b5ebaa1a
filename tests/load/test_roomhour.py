"""What the hour of talk is judged by, on talks made up for it."""

from __future__ import annotations

from agora.domains.minds.agents.pace import PACES
from tests.load.roomhour import Said, allowed_silence, is_circling, judge

NAMES = ("Ada", "Bo", "Cleo", "Dov", "Eva")


def talk(*texts: str, step_ms: int = 10_000) -> list[Said]:
    return [Said(at * step_ms, "lounge", NAMES[at % 5], text) for at, text in enumerate(texts)]


def test_a_lively_talk_is_well() -> None:
    said = talk("I like tea.", "So do I.", "Why tea?", "It is warm.", "Fair enough.")
    figures = judge(said, 0, 60_000, allowed_silence(PACES["calm"]))
    assert figures.list_faults() == []
    assert figures.longest_silence_s == 20.0


def test_each_fault_is_told() -> None:
    said = talk("I like tea.", "i like TEA", "", "it is it is it is it is it is", "Fair.")
    figures = judge(said, 0, 10_000_000, allowed_silence(PACES["calm"]), failed=1)
    assert (figures.empty, figures.repeated, figures.loops, figures.failed) == (1, 1, 1, 1)
    assert len(figures.list_faults(agents=6)) == 6


def test_what_counts_as_going_round() -> None:
    assert is_circling("tea is good tea is good tea is good")
    assert not is_circling("I see tea the same way, and I see coffee the same way.")
