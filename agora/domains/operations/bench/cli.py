"""``agora bench …``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json
from agora.kernel.sources import ROOT, data_folder, load_config

if TYPE_CHECKING:
    from agora.inference.registry import ModelRegistry

cli = typer.Typer(name="bench", help="Benchmarks that print a table.", no_args_is_help=True)

QuickOption = Annotated[bool, typer.Option("--quick", help="A tiny model and a few turns: counts, nothing worth timing.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Compute threads of every contender (default 2).")]
TurnsOption = Annotated[int | None, typer.Option(min=1, help="Turns of agents (default 60).")]
LimitOption = Annotated[float | None, typer.Option(min=1, help="Seconds for each contender (default 900).")]
ModelOption = Annotated[str | None, typer.Option(help="A model's name or GGUF file (default: as in the settings).")]
OnlyOption = Annotated[list[str] | None, typer.Option(help="Only this contender; give it several times.")]


@cli.command()
def roomful(
    quick: QuickOption = False,
    starter: Annotated[bool, typer.Option("--starter", help="A model of the starter model's size instead of 350 M.")] = False,
    turns: TurnsOption = None,
    limit: LimitOption = None,
    threads: ThreadsOption = None,
    only: OnlyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Twenty agents in one room, beside other ways to run the same model. Example: agora bench roomful --limit 120"""
    from agora.domains.operations.bench.contenders import ALL
    from agora.domains.operations.bench.room import QUICK, STARTER, Plan
    from agora.domains.operations.bench.roomful import run_roomful
    from agora.domains.operations.bench.table import build_table

    unknown = sorted(set(only or ()) - set(ALL))
    if unknown:
        raise typer.BadParameter(f"there is no contender named {unknown[0]}; known: {', '.join(ALL)}", param_hint="--only")
    given = {"turns": turns, "limit_s": limit, "threads": threads}
    size = QUICK if quick else STARTER if starter else Plan()
    plan = msgspec.structs.replace(size, **{key: value for key, value in given.items() if value is not None})
    summaries = run_roomful(plan, [name for name in ALL if not only or name in only], lambda line: typer.echo(line, err=True))
    if as_json:
        print_json({"plan": plan, "contenders": summaries})
        return
    for line in build_table(summaries):
        typer.echo(line)


@cli.command()
def inference(
    model: ModelOption = None,
    draft: Annotated[str | None, typer.Option(help="Also measure this small model (name or file) as its draft.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A few sizes only, for a first look.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure threads, batch and slots on this machine and propose settings. Example: agora bench inference --model NAME"""
    from agora.domains.operations.bench.tuning import QUICK, Effort, run_tuning
    from agora.domains.operations.bench.tuning_table import build_report
    from agora.inference.governor import list_cores

    registry, path = _find_model(model, config, data)
    small = registry.get_kind(draft, "text") if draft else None
    tuning = run_tuning(path, len(list_cores()), QUICK if quick else Effort(), lambda line: typer.echo(line, err=True), small)
    if as_json:
        print_json(tuning)
        return
    for line in build_report(tuning):
        typer.echo(line)


@cli.command("build-peers")
def build(
    jobs: Annotated[int, typer.Option(min=1, help="Compilers at a time.")] = 1,
    server: Annotated[bool, typer.Option("--server", help="Also llama-server, for `bench roomful`: three times as long.")] = False,
    source: Annotated[
        Path | None, typer.Option(help="A source package of llama-cpp-python (.tar.gz); else pip fetches it.")
    ] = None,
) -> None:
    """Compile llama.cpp's measuring program into the cache, for `bench batched`. Example: agora bench build-peers --jobs 2"""
    from agora.domains.operations.bench.peers import BATCHED, SERVER, build_peers

    programs = (BATCHED, SERVER) if server else (BATCHED,)
    for path in build_peers(jobs, lambda line: typer.echo(line, err=True), source, programs):
        typer.echo(path)


@cli.command()
def batched(
    model: ModelOption = None,
    threads: ThreadsOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writing many texts at a time, beside llama.cpp's own measuring program. Example: agora bench batched --model NAME"""
    import asyncio

    from agora.domains.operations.bench.batched import SIZES, build_report, compare

    _, path = _find_model(model, config, data)
    pairs = asyncio.run(compare(path, threads or 1, SIZES, lambda line: typer.echo(line, err=True)))
    if as_json:
        print_json(pairs)
        return
    for line in build_report(pairs):
        typer.echo(line)


def _find_model(model: str | None, config: Path | None, data: Path | None) -> tuple[ModelRegistry, Path]:
    """The models there are, and the file of the one that is meant. Raises ModelRefused."""
    from agora.inference.registry import ModelRegistry
    from agora.inference.settings import InferenceSettings

    loaded = load_config(config)
    folder = data_folder(loaded, data)
    registry = ModelRegistry([ROOT / "models"], folder / "models", folder / "indexes" / "models")
    return registry, registry.get_path(model or loaded.get(InferenceSettings).model)
