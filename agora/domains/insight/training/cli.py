"""`agora train starter` and `agora train eval`."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agora.domains.insight.training.errors import TrainingError
from agora.kernel.commands import DataOption
from agora.kernel.sources import ROOT

if TYPE_CHECKING:
    from agora.domains.insight.training.evaluate import Measure
    from agora.domains.insight.training.play import Dialogue

cli = typer.Typer(name="train", help="Train and judge the starter model, on this machine alone.", no_args_is_help=True)


@cli.command()
def starter(
    minutes: Annotated[float, typer.Option(help="Training time in minutes; earlier, resumed time counts in.")] = 90,
    out: Annotated[Path | None, typer.Option(help="Where to write the model (default: data/models).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of corpus, tokenizer and first weights.")] = 7,
    threads: Annotated[int, typer.Option(help="Compute threads; 0 takes every core.")] = 0,
    compiled: Annotated[bool, typer.Option(help="Compile the network first: a minute more, then much faster.")] = True,
    turns: Annotated[int, typer.Option(help="Turns in each language by which the finished model is judged; 0: none.")] = 100,
    parent: Annotated[
        Path | None,
        typer.Option("--from", help="Begin with the weights of this earlier model (GGUF), not from nothing."),
    ] = None,
    tiny: Annotated[bool, typer.Option(help="A network of a toy's size, to try the way from end to end.")] = False,
    data: DataOption = None,
) -> None:
    """Write the corpus, train tokenizer and model, export a GGUF file. Example: agora train starter --minutes 90"""
    import msgspec

    from agora.domains.insight.training.plan import STARTER, TINY
    from agora.domains.insight.training.starter import make_starter

    base = data or ROOT / "data"
    plan = msgspec.structs.replace(TINY if tiny else STARTER, seed=seed)
    folder = base / "training" / f"{'tiny' if tiny else 'starter'}-{seed}"
    target = out or base / "models" / ("agora-tiny.gguf" if tiny else "agora-starter-own.gguf")
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(1))
    try:
        with _Bar() as bar:
            made = make_starter(
                plan, folder, target, minutes, threads, compiled, bar.show_stage, bar.show_step, lambda: bool(stopping), parent
            )
    except TrainingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    done = made.progress
    typer.echo(f"{made.path.name}: {made.size / 1e6:.1f} MB, {done.tokens:,} tokens, held-out loss {done.held_out_loss:.3f}.")
    typer.echo(f"Corpus SHA-256 {made.corpus_hash}")
    if stopping:
        typer.echo("Stopped before the time was over: a first model, not a good one. The same command goes on from here.")
    elif turns:
        asyncio.run(_judge(made.path, turns, 0, 0))
    if out is None:
        typer.echo(f"To use it: agora model use {made.path.stem}")


@cli.command("eval")
def evaluate_model(
    model: Annotated[Path | None, typer.Option(help="The GGUF file (default: the shipped starter model).")] = None,
    turns: Annotated[int, typer.Option(help="Turns in each language.")] = 1000,
    dialogues: Annotated[int, typer.Option(help="Unselected dialogues to print afterwards.")] = 0,
    shown: Annotated[int, typer.Option(help="Replies to print, from the first on.")] = 0,
) -> None:
    """Judge a model through llama.cpp on talk it has never seen. Example: agora train eval --turns 200"""
    path = model or ROOT / "models" / "agora-starter.gguf"
    if not path.is_file():
        typer.echo(f"There is no file {path.name}.", err=True)
        raise typer.Exit(1)
    asyncio.run(_judge(path, turns, dialogues, shown))


async def _judge(path: Path, turns: int, dialogues: int, shown: int) -> None:
    from agora.domains.insight.training.evaluate import evaluate, evaluate_json
    from agora.domains.insight.training.play import play
    from agora.inference.context import Language
    from agora.inference.registry import ModelRegistry
    from agora.inference.settings import InferenceSettings
    from agora.inference.start import build_engine

    cache = ROOT / "data" / "indexes" / "models"
    settings = InferenceSettings(model=str(path))
    engine = build_engine(settings, ModelRegistry([path.parent], path.parent, cache), cache)
    await engine.start()
    try:
        languages: tuple[Language, ...] = ("en", "fr")
        for language in languages:
            table, answers = await evaluate(engine, language, turns)
            _print_table(f"{language}, {turns} turns", table)
            for answer in answers[:shown]:
                task = answer.question.private.task
                heard = answer.question.shared.lines[-1]
                typer.echo(f"  {heard.speaker}: {heard.text}\n    {answer.question.trait} -> {task.target}: {answer.text.strip()}")
        _print_table("both", [await evaluate_json(engine, max(turns // 10, 10))])
        for seed in range(dialogues):
            _print_dialogue(seed, await play(engine, languages[seed % 2], seed))
    finally:
        await engine.stop()


def _print_table(title: str, table: list[Measure]) -> None:
    typer.echo(f"\n| {title} | value | goal | met |\n|---|---|---|---|")
    for line in table:
        percent = line.name != "distinct-2"
        value = f"{line.value:.1%}" if percent else f"{line.value:.3f}"
        goal = "" if line.goal is None else f"{'at most' if line.at_most else 'at least'} {line.goal:.0%}"
        met = {None: "", True: "yes", False: "no"}[line.is_met]
        typer.echo(f"| {line.name} | {value} | {goal} | {met} |")


def _print_dialogue(number: int, dialogue: Dialogue) -> None:
    from agora.inference.wording import list_trait_words

    who = "; ".join(f"{name}: {', '.join(list_trait_words(traits))}" for name, traits in dialogue.characters.items())
    typer.echo(f"\nDialogue {number + 1} (topic: {dialogue.shared.topic}; {who})\n")
    for line in dialogue.shared.lines:
        typer.echo(f"- **{line.speaker}**: {' / '.join(line.text.splitlines())}")


class _Bar:
    """The progress bar: loss, tokens a second, time left."""

    def __enter__(self) -> _Bar:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeElapsedColumn())
        self._bar.start()
        self._task = self._bar.add_task("prepare", total=1.0, note="")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show_stage(self, stage: str) -> None:
        self._bar.update(self._task, description=stage, note="")

    def show_step(self, report: Report) -> None:
        done = report.progress
        share = done.seconds / max(done.seconds + report.left, 1e-9)
        note = f"loss {done.loss:.3f}  {report.speed:,.0f} tok/s  {max(report.left, 0) / 60:.0f} min left"
        self._bar.update(self._task, completed=share, note=note)


if TYPE_CHECKING:
    from agora.domains.insight.training.train import Report
