"""The benchmark of the room: what it counts is right, on a tiny model. Nothing here is timed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agora.cli import build_cli
from agora.domains.operations.bench.contenders import AGORA, HISTORY_FIRST, PERSONA_FIRST, Line
from agora.domains.operations.bench.drive import Outcome, Turn
from agora.domains.operations.bench.peers import SERVER, find_peer_folder
from agora.domains.operations.bench.room import LINE_EXTRA, QUICK, Room, count_tokens
from agora.domains.operations.bench.roomful import find_percentile, run_contender, run_roomful, summarise
from agora.domains.operations.bench.server import INSTALL, NEEDED, find_missing
from agora.domains.operations.bench.table import build_table
from agora.inference.llama import LlamaModel
from agora.inference.random_model import write_random_model
from agora.kernel.sources import ROOT


def test_texts_of_the_room_have_the_sizes_of_the_plan(tmp_path: Path) -> None:
    room = Room(QUICK)
    model = LlamaModel(write_random_model(tmp_path / "random.gguf", QUICK.shape))
    for agent in range(QUICK.agents):
        for persona_first in (False, True):
            prompt = room.build_prompt(agent, persona_first=persona_first)
            tokens = model.tokenize(prompt, beginning=False, control=False)
            assert len(tokens) == count_tokens(prompt) == QUICK.history + QUICK.persona + LINE_EXTRA
    model.close()


def test_prompts_with_the_history_first_begin_alike() -> None:
    room = Room(QUICK)
    first, second = (room.build_prompt(agent) for agent in (0, 1))
    room.say(0, room.draw_line())
    later = room.build_prompt(0)
    common = first[: first.rindex("\n", 0, first.rindex("\n"))]
    assert second.startswith(common)
    assert later.startswith(common)
    assert not room.build_prompt(0, persona_first=True).startswith(common[:40])


@pytest.mark.timeout(300)
def test_every_turn_is_made_and_agora_evaluates_only_what_is_new() -> None:
    told: list[str] = []
    names = [AGORA, PERSONA_FIRST, HISTORY_FIRST]
    agora, persona_first, history_first = run_roomful(QUICK, names, told.append)
    wanted = QUICK.turns + QUICK.persons
    assert [one.turns for one in (agora, persona_first, history_first)] == [wanted] * 3
    assert [one.missing for one in (agora, persona_first, history_first)] == [""] * 3
    assert agora.reused is not None
    assert agora.evaluated is not None
    assert agora.reused >= 0.9
    # A turn costs the persona, the beginning of its line and what was said since: a message, and a person's now and then.
    said = (wanted + QUICK.persons) / wanted * (QUICK.reply + LINE_EXTRA)
    assert agora.evaluated <= QUICK.persona + LINE_EXTRA + said + 1
    assert history_first.evaluated is not None
    assert history_first.evaluated <= QUICK.persona + LINE_EXTRA + said + 1
    assert persona_first.evaluated is not None
    assert persona_first.evaluated > 5 * agora.evaluated
    assert len(told) == 4


def test_the_command_prints_its_figures_as_json() -> None:
    result = CliRunner().invoke(build_cli(), ["bench", "roomful", "--quick", "--turns", "7", "--only", "agora", "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert shown["plan"]["turns"] == 7
    (agora,) = shown["contenders"]
    assert agora["turns"] == 8
    assert agora["prompt_tokens"] > QUICK.history


def test_an_unknown_contender_is_refused() -> None:
    result = CliRunner().invoke(build_cli(), ["bench", "roomful", "--only", "nobody"])
    assert result.exit_code == 2


def test_the_table_says_what_was_measured_and_what_was_not() -> None:
    turns = [Turn(person=at == 3, first_s=float(at), prompt_tokens=100, evaluated=10, generated=4) for at in range(4)]
    fast = summarise(Outcome(name="agora", turns=tuple(turns), wall_s=60.0, peak_bytes=5_000_000, late_ms=(1.0, 7.0)))
    slow = summarise(Outcome(name="other", turns=tuple(turns), wall_s=240.0))
    absent = summarise(Outcome(name="absent", missing="it is not installed"))
    assert (fast.turns_per_minute, fast.reused, fast.evaluated) == (4.0, 0.9, 10.0)
    assert (fast.first_p50, fast.first_p95, fast.person_p50, fast.loop_late_ms) == (1.0, 2.0, 3.0, 7.0)
    lines = build_table([fast, slow, absent])
    assert "agora writes 4.0 times the turns of other" in lines
    assert "absent: not measured, it is not installed" in lines


def test_percentiles() -> None:
    assert find_percentile([], 50) is None
    assert [find_percentile([3.0, 1.0, 2.0], percent) for percent in (1, 50, 95)] == [1.0, 2.0, 3.0]


async def test_a_person_is_next_in_line() -> None:
    line, order, leave = Line(), list[str](), asyncio.Event()

    async def stand(name: str, *, first: bool = False) -> None:
        async with line.wait(first=first):
            order.append(name)
            await leave.wait()

    tasks = [asyncio.create_task(stand(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[2].cancel()
    tasks.append(asyncio.create_task(stand("person", first=True)))
    await asyncio.sleep(0)
    leave.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "person", "b"]


def test_what_the_other_server_needs_is_pinned_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pins = re.findall(r"^([\w.-]+)==\S+$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name.replace("_", "-") for name in NEEDED} <= {pin.lower().replace("_", "-") for pin in pins}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extras["bench"] == ["llama-cpp-python[server]"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else object())
    assert find_missing() == f"it needs uvicorn; in the checkout run: {INSTALL}"
    assert "-e '.[bench]'" in INSTALL
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    assert find_missing() == ""


PROGRAM = """#!{python}
import asyncio, json, sys
from aiohttp import web

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))

async def complete(request):
    body = await request.json()
    assert body["cache_prompt"] and body["n_predict"] == 16, body
    answer = web.StreamResponse()
    await answer.prepare(request)
    for word in (" one", " two"):
        await answer.write(f"data: {{json.dumps(dict(content=word, stop=False))}}\\n\\n".encode())
    ends = dict(content="", stop=True, timings=dict(prompt_n=7, predicted_n=2))
    await answer.write(f"data: {{json.dumps(ends)}}\\n\\n".encode())
    return answer

async def health(request):
    return web.json_response(dict(status="ok"))

assert options["--parallel"] == "4" and options["--threads"] == "1", options
app = web.Application()
app.add_routes([web.post("/completion", complete), web.get("/health", health)])
web.run_app(app, host=options["--host"], port=int(options["--port"]), print=None)
"""
"""Answers as llama-server does; the real one takes half an hour to compile."""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of llama-server."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = find_peer_folder() / SERVER
    path.parent.mkdir(parents=True)
    return path


def test_llama_server_is_asked_with_four_slots_and_its_own_counts_are_taken(program: Path, tmp_path: Path) -> None:
    missing = run_contender("llama-server", tmp_path / "m.gguf", QUICK, lambda _: None)
    assert "agora bench build-peers --server" in missing.missing
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    outcome = run_contender("llama-server", tmp_path / "m.gguf", QUICK, lambda _: None)
    assert outcome.missing == ""
    assert len(outcome.turns) == QUICK.turns + QUICK.persons
    assert {(turn.evaluated, turn.generated) for turn in outcome.turns} == {(7, 2)}
    assert outcome.peak_bytes > 0 < outcome.cpu_s


def test_a_server_that_does_not_start_is_told_with_its_last_words(program: Path, tmp_path: Path) -> None:
    program.write_text("#!/bin/sh\necho no such model >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    outcome = run_contender("llama-server", tmp_path / "m.gguf", QUICK, lambda _: None)
    assert outcome.missing == "RuntimeError: llama-server did not start: no such model"
