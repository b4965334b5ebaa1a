"""Five agents alone on the real model, for as long as you like: ``python -m tests.load.roomhour --minutes 60``.

Starts a server of its own with the demo community, waits, and reads the database: how much was said, how long it was
ever silent, what came twice, what was empty, which turns failed. Ends with status 1 where something is not as it should
be; the transcript is written for reading.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from agora.domains.minds.agents.pace import PACES, Pace
from agora.domains.minds.agents.words import same_line
from agora.kernel.ids import created_ms
from tests.fault.process import ServerProcess, free_port
from tests.load.table import show

WINDOW = 200
"""Lines among which one should not come again."""
MOST_REPEATED = 0.03
_SLACK_S = 30.0


class Said(msgspec.Struct, frozen=True):
    """One message. ``at_ms`` since the epoch."""

    at_ms: int
    channel: str
    author: str
    text: str


class Figures(msgspec.Struct, frozen=True):
    """What a talk was like. Times in seconds; ``failed`` turns ended without a line though one was wanted."""

    messages: int
    authors: int
    longest_silence_s: float
    allowed_silence_s: float
    empty: int
    repeated: int
    loops: int
    failed: int

    def list_faults(self, agents: int = 5) -> list[str]:
        """What is not as it should be; nothing where all is well."""
        checks = (
            (self.authors < agents, f"only {self.authors} of {agents} agents spoke"),
            (self.longest_silence_s > self.allowed_silence_s, "silence that the pace does not explain"),
            (self.empty > 0, "empty lines"),
            (self.repeated > MOST_REPEATED * self.messages, "too many lines said again"),
            (self.loops > 0, "lines that go round in circles"),
            (self.failed > 0, "turns that failed"),
        )
        return [words for wrong, words in checks if wrong]


def allowed_silence(pace: Pace) -> float:
    """Seconds: the longest patience before an opening (see ``openings.is_silent``), reading and typing included."""
    return pace.opening_ms * 1.6 / 1000 + _SLACK_S


def judge(said: Sequence[Said], began_ms: int, ended_ms: int, allowed_s: float, failed: int = 0) -> Figures:
    """The figures of a talk between two moments."""
    times = [began_ms, *(line.at_ms for line in said), ended_ms]
    lines = [same_line(line.text) for line in said]
    return Figures(
        messages=len(said),
        authors=len({line.author for line in said}),
        longest_silence_s=max((b - a) / 1000 for a, b in pairwise(times)),
        allowed_silence_s=allowed_s,
        empty=sum(not line for line in lines),
        repeated=sum(line in lines[max(0, at - WINDOW) : at] for at, line in enumerate(lines)),
        loops=sum(is_circling(line.text) for line in said),
        failed=failed,
    )


def is_circling(text: str) -> bool:
    """Whether some three words come three times in one message."""
    words = same_line(text).split()
    grams = Counter(zip(words, words[1:], words[2:], strict=False))
    return any(count >= 3 for count in grams.values())


def read_talk(database: Path) -> tuple[list[Said], int]:
    """All that agents said, oldest first, and how many turns failed."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT m.id, c.name, a.name, m.content FROM messages_message m"
            " JOIN agents_agent a ON a.user_id = m.author_id JOIN channels_channel c ON c.id = m.channel_id ORDER BY m.id"
        ).fetchall()
        failed = connection.execute("SELECT count(*) FROM agents_turn WHERE state = 'failed'").fetchone()[0]
    return [Said(created_ms(row[0]), row[1], row[2], row[3]) for row in rows], int(failed)


async def talk(folder: Path, minutes: float, pace: str, model: str) -> tuple[list[Said], Figures]:
    """Let them talk. The clock starts with the first line, so that loading the model is not silence."""
    env = {**os.environ, "AGORA_AGENTS__PACE": pace}
    if model:
        env["AGORA_INFERENCE__MODEL"] = model
    server = ServerProcess(folder / "data", free_port(), env=env, demo=True)
    await server.start()
    try:
        await asyncio.sleep(minutes * 60)
    finally:
        ended = int(time.time() * 1000)
        await server.stop()
    said, failed = read_talk(folder / "data" / "agora.db")
    if not said:
        raise SystemExit(f"nobody said a word; the end of the log:\n{server.log.read_text()[-2000:]}")
    began = said[0].at_ms
    return said, judge(said, began, ended, allowed_silence(PACES[pace]), failed)


def write_transcript(said: Sequence[Said], path: Path) -> None:
    """Minutes, channel, speaker, text: one line each."""
    began = said[0].at_ms
    lines = [f"{(line.at_ms - began) / 60_000:6.1f}  #{line.channel}  {line.author}: {line.text}" for line in said]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """The long form; status 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--pace", choices=sorted(PACES), default="calm")
    parser.add_argument("--model", default="", help="name or path of a model (default: the shipped one)")
    parser.add_argument("--transcript", type=Path, default=Path("roomhour.txt"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said, figures = asyncio.run(talk(Path(folder), chosen.minutes, chosen.pace, chosen.model))
    write_transcript(said, chosen.transcript)
    rows = [(name.replace("_", " "), float(value), "") for name, value in msgspec.structs.asdict(figures).items()]
    show(f"{chosen.minutes:g} minutes at pace {chosen.pace}", [*rows, ("messages a minute", len(said) / chosen.minutes, "")])
    faults = figures.list_faults()
    print("\n" + ("all well" if not faults else "NOT WELL: " + "; ".join(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
