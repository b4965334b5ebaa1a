"""`agora bench batched`: what the engine writes with many texts at a time, beside llama.cpp's own measuring program."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agora.domains.operations.bench.peers import find_batched_bench
from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import EngineUnusable
from agora.inference.ports import GenerationRequest, Sampler, complete
from agora.inference.settings import InferenceSettings

SIZES = (1, 4, 16)
PROMPT, TOKENS = 128, 48
ROUNDS = 3
"""Of which the best counts: whatever disturbs makes it slower, never faster."""
Tell = Callable[[str], None]


class Pair(msgspec.Struct, frozen=True):
    """Tokens a second of so many texts together: the engine, with its samplers, seats and streams, and the bare computation.

    Without the program that measures it there is no second number.
    """

    texts: int
    agora: float
    bare: float | None


class _Line(msgspec.Struct):
    pl: int
    speed_tg: float


class _Endless(LlamaBackend):
    """Writes on over an end, so that all texts are as long as they are wanted."""

    def is_end(self, token: int) -> bool:
        return False


async def compare(model: Path, threads: int, sizes: Sequence[int], tell: Tell, *, tokens: int = TOKENS) -> list[Pair]:
    """Both, one after the other. Raises ModelRefused, or EngineUnusable when the program fails."""
    tell(f"{model.stem}: Agora …")
    ours = {size: await _write(model, threads, size, tokens) for size in sizes}
    program = find_batched_bench()
    bare: dict[int, float] = {}
    if program is not None:
        tell(f"{model.stem}: {program.name} …")
        bare = await asyncio.to_thread(run_program, program, model, threads, sizes, tokens)
    return [Pair(size, ours[size], bare.get(size)) for size in sizes]


async def _write(model: Path, threads: int, size: int, tokens: int) -> float:
    """All texts together, each from its first token to its last by the engine's own clock; the best of some rounds."""
    settings = InferenceSettings(
        context=_count_cells(size, tokens), threads=threads, sequences=size + 1, remembered=1, step_ms=5000
    )
    engine = ThreadEngine(lambda: Loaded(_Endless(model, settings)), settings, name=model.stem)
    prompt = tuple(100 + at * 7 % 89 for at in range(PROMPT - 1))
    best = 0.0
    await engine.start()
    try:
        for _ in range(ROUNDS):
            requests = [
                GenerationRequest(tokens=(*prompt, 100 + number), max_tokens=tokens, seed=number, sampler=Sampler(top_k=40))
                for number in range(size)
            ]
            written = await asyncio.gather(*(complete(engine, request) for request in requests))
            best = max(best, sum(result.receipt.tokens_per_s for result in written))
    finally:
        await engine.stop()
    return best


def run_program(program: Path, model: Path, threads: int, sizes: Sequence[int], tokens: int) -> dict[int, float]:
    """Tokens a second by number of texts, as llama.cpp's program says. Raises EngineUnusable with its last words."""
    cells = _count_cells(max(sizes), tokens)
    words = ["-m", str(model), "-c", str(cells), "-t", str(threads), "-tb", str(threads), "-b", "512", "-ub", "512", "-pps", "-kvu"]
    words += [
        "-npp",
        str(PROMPT),
        "-ntg",
        str(tokens),
        "-npl",
        ",".join(str(size) for size in sizes for _ in range(ROUNDS)),
        "--output-format",
        "jsonl",
    ]
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise EngineUnusable(f"{program.name} ended with status {done.returncode}: {''.join(last)[:300]}")
    best: dict[int, float] = {}
    for line in lines:
        found = msgspec.json.decode(line, type=_Line)
        best[found.pl] = max(best.get(found.pl, 0.0), found.speed_tg)
    return best


def _count_cells(size: int, tokens: int) -> int:
    return max(512, PROMPT + size * (tokens + 8) + 256)


def build_report(pairs: Sequence[Pair]) -> list[str]:
    """Lines of text."""
    lines = ["texts  Agora, tokens/s  llama-batched-bench   share"]
    for one in pairs:
        bare = f"{one.bare:19.1f}  {one.agora / one.bare:6.0%}" if one.bare else "     not built yet"
        lines.append(f"{one.texts:5}  {one.agora:15.1f}  {bare}")
    if any(one.bare is None for one in pairs):
        lines.append("Compile llama.cpp's own program to compare with: agora bench build-peers")
    return lines
