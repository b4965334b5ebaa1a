"""The way from nothing to a model that llama.cpp runs, in a toy's size; and what happens when it is disturbed."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from agora.domains.insight.training import measures
from agora.domains.insight.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from agora.domains.insight.training.cli import cli
from agora.domains.insight.training.corpus.samples import make_samples
from agora.domains.insight.training.disguise import disguise, find_pieces
from agora.domains.insight.training.errors import TrainingError
from agora.domains.insight.training.evaluate import evaluate, evaluate_json
from agora.domains.insight.training.exam import list_questions
from agora.domains.insight.training.inherit import hash_file, inherit
from agora.domains.insight.training.measures import Answer
from agora.domains.insight.training.plan import TINY
from agora.domains.insight.training.prepare import Material, check_room, prepare
from agora.domains.insight.training.rows import pack, repack, strip_shared
from agora.domains.insight.training.shapes import build_grammar
from agora.domains.insight.training.starter import Made, export_checkpoint, make_starter, read_progress
from agora.domains.insight.training.taught import list_taught
from agora.domains.insight.training.train import CHECKPOINT
from agora.inference.fitting import fit
from agora.inference.layout import LANGUAGE_TOKENS, LAYOUT_KEY, LAYOUT_VERSION, SPECIAL_TOKENS, build_prompt
from agora.inference.ports import Engine, GenerationRequest, Sampler, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine

STEPS = 24
TEXTS = (
    " Ada: déjà vu, l'été à Noël, ça œuvre !",
    " naïve façade — “quotes” … 100 % & 3,14",
    " 👩‍👧 🎉 ok👍 日本語 русский",
    "```python\ndef f(x):\n    return x[0] + 1\n```",
    "  two  spaces\n\n\nlines\ttab I'll don't we've",
    "¿Qué? «Salut» C++ #tag @Ada a_b x2 2x",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
    """A tiny model trained for a few steps, and its work folder."""
    folder = tmp_path_factory.mktemp("work")
    out = folder / "out" / "tiny.gguf"
    steps: list[float] = []
    made = make_starter(
        TINY, folder, out, 60, 1, False, on_step=lambda r: steps.append(r.speed), should_stop=lambda: len(steps) >= STEPS
    )
    return made, folder


def engine_for(path: Path, cache: Path) -> Engine:
    settings = InferenceSettings(model=str(path), context=2048, sequences=4, try_models=False)
    return build_engine(settings, ModelRegistry([path.parent], path.parent, cache), cache)


def test_a_tiny_run_learns_something_and_writes_a_whole_gguf(made: tuple[Made, Path]) -> None:
    from gguf import GGUFReader

    result, _ = made
    assert result.progress.step == STEPS
    assert result.progress.held_out_loss < 6.2  # ln 512 = 6.24 is knowing nothing
    reader = GGUFReader(result.path)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    assert fields["general.architecture"] == "llama"
    assert fields[LAYOUT_KEY] == LAYOUT_VERSION
    assert fields["agora.corpus.sha256"] == result.corpus_hash
    assert fields["general.license"] == "CC0-1.0"
    assert fields["tokenizer.ggml.tokens"][: len(SPECIAL_TOKENS)] == list(SPECIAL_TOKENS)


async def test_llama_cpp_reads_it_and_tokenises_alike(made: tuple[Made, Path], tmp_path: Path) -> None:
    from llama_cpp import Llama

    result, folder = made
    tokenizer = prepare(TINY, folder).tokenizer
    llama = Llama(str(result.path), n_ctx=256, verbose=False, vocab_only=True)
    for text in (*TEXTS, *(f" {line.text}" for s in make_samples(11, 20) for line in s.shared.lines)):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        assert llama.tokenize(text.encode(), add_bos=False, special=False) == ids, text
        assert tokenizer.decode(ids, skip_special_tokens=False) == text
    question = list_questions("fr", 1)[0]
    prompt = build_prompt(question.shared, question.private)
    assert llama.tokenize(prompt.encode(), add_bos=False, special=True) == tokenizer.encode(prompt).ids


async def test_the_exam_runs_through_the_engine(made: tuple[Made, Path], tmp_path: Path) -> None:
    result, _ = made
    engine = engine_for(result.path, tmp_path)
    await engine.start()
    try:
        assert engine.info().style == "starter"
        table, answers = await evaluate(engine, "en", 4)
        assert {line.name for line in table} >= {"right language", "stops by itself", "distinct-2"}
        assert len(answers) == 4
        assert (await evaluate_json(engine, 1)).goal == 1.0
        shape = '{"ok": boolean, "n": integer}'
        request = GenerationRequest(prompt=text_prompt("<|do|>", control=True), max_tokens=60, grammar=build_grammar(shape), seed=1)
        assert measures.is_shaped((await complete(engine, request)).text, shape)
    finally:
        await engine.stop()


async def test_even_an_untrained_model_writes_whole_words_only(made: tuple[Made, Path], tmp_path: Path) -> None:
    result, _ = made
    engine = engine_for(result.path, tmp_path)
    await engine.start()
    try:
        written = 0
        for language in ("en", "fr"):
            taught = {word.casefold() for word in list_taught(TINY.seed, TINY.tokenizer_samples)[LANGUAGE_TOKENS[language]].split()}
            for seed, question in enumerate(list_questions(language, 8)):
                prompt = build_prompt(fit(engine, "starter", question.shared, question.private, 420), question.private)
                sampler = Sampler(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0)
                request = GenerationRequest(prompt=text_prompt(prompt, control=True), max_tokens=60, sampler=sampler, seed=seed)
                reply = await complete(engine, request)
                words = re.findall(r"[^\W\d_]+", reply.text.casefold())
                shown = set(re.findall(r"[^\W\d_]+", prompt.casefold()))
                assert set(words[:-1]) <= taught | shown, reply.text  # the last one may be cut off
                written += len(words)
        assert written > 100
    finally:
        await engine.stop()


def test_the_exported_network_is_the_trained_one(made: tuple[Made, Path]) -> None:
    import torch
    from llama_cpp import Llama

    from agora.domains.insight.training.model import build_model

    result, folder = made
    material = prepare(TINY, folder)
    found = load_checkpoint(folder / CHECKPOINT, TINY, material.corpus_hash, material.tokenizer_hash)
    assert found is not None
    model = build_model(TINY)
    model.load_state_dict(found[0]["model"])
    ids = material.tokenizer.encode("<|say|> Ada: I like the garden<|end|><|me|> Bo: warm").ids
    with torch.no_grad():
        ours = model(torch.tensor([ids])).logits[0, -1]
    llama = Llama(str(result.path), n_ctx=128, verbose=False, logits_all=True)
    llama.eval(ids)
    theirs = torch.tensor(llama.scores[len(ids) - 1])
    assert torch.nn.functional.cosine_similarity(ours, theirs, dim=0) > 0.995


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    steps: list[int] = []
    work, out = tmp_path / "work", tmp_path / "m.gguf"

    def run() -> Made:
        steps.clear()
        return make_starter(
            TINY, work, out, 1.0, 1, False, on_step=lambda r: steps.append(r.progress.step), should_stop=lambda: len(steps) >= 3
        )

    first = run()
    assert steps == [1, 2, 3]
    before = out.read_bytes()
    with pytest.raises(TrainingError, match="gguf stays as it was"):
        run()
    assert steps == [4, 5, 6]
    assert read_progress(work).step == 6
    assert read_progress(work).seconds > first.progress.seconds
    assert out.read_bytes() == before


def test_a_damaged_checkpoint_is_refused_and_the_last_model_stays(made: tuple[Made, Path]) -> None:
    result, folder = made
    before = result.path.read_bytes()
    weights = next(folder.glob("checkpoint-*.pt"))
    whole = weights.read_bytes()
    try:
        weights.write_bytes(whole[:-100] + bytes(100))
        with pytest.raises(TrainingError, match="damaged"):
            make_starter(TINY, folder, result.path, 1.0, 1, False)
        with pytest.raises(TrainingError, match="damaged"):
            export_checkpoint(TINY, folder, result.path)
    finally:
        weights.write_bytes(whole)
    assert result.path.read_bytes() == before


def test_a_run_killed_while_it_saves_goes_on_from_the_state_before(tmp_path: Path) -> None:
    import torch

    path = tmp_path / CHECKPOINT
    save_checkpoint(path, {"w": torch.ones(3)}, TINY, "c", "t", Progress(step=1))
    (tmp_path / "checkpoint-2.pt").write_bytes(b"written, but not yet named")
    (tmp_path / "checkpoint.part").write_bytes(b"half")
    found = load_checkpoint(path, TINY, "c", "t")
    assert found is not None and found[1].step == 1
    save_checkpoint(path, {"w": torch.zeros(3)}, TINY, "c", "t", Progress(step=2))
    found = load_checkpoint(path, TINY, "c", "t")
    assert found is not None and found[1].step == 2 and not found[0]["w"].any()
    assert [file.name for file in tmp_path.glob("*.pt")] == ["checkpoint-2.pt"]
    path.write_text("{")
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(path, TINY, "c", "t")


def test_the_command_says_what_is_wrong_and_touches_no_model(tmp_path: Path) -> None:
    work, model = tmp_path / "training" / "tiny-7", tmp_path / "models" / "agora-tiny.gguf"
    work.mkdir(parents=True)
    model.parent.mkdir()
    (work / "tokenizer.json").write_text("{")
    model.write_bytes(b"the last good one")
    result = CliRunner().invoke(cli, ["starter", "--tiny", "--minutes", "1", "--threads", "1", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "tokenizer.json cannot be read" in result.output
    assert model.read_bytes() == b"the last good one"
    assert CliRunner().invoke(cli, ["eval", "--model", str(tmp_path / "none.gguf")]).exit_code == 1


def test_a_foreign_tokenizer_is_refused(made: tuple[Made, Path], tmp_path: Path) -> None:
    _, folder = made
    material = prepare(TINY, folder)
    with pytest.raises(TrainingError, match="another tokenizer"):
        load_checkpoint(folder / CHECKPOINT, TINY, material.corpus_hash, "0" * 64)
    with pytest.raises(TrainingError, match="512 entries, the plan 600"):
        prepare(msgspec.structs.replace(TINY, vocabulary=600), folder)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(TrainingError, match="cannot be read"):
        prepare(TINY, tmp_path)


def test_too_little_room_is_said_beforehand(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="disk"):
        check_room(tmp_path, needed_disk=1 << 60)
    with pytest.raises(TrainingError, match="memory"):
        check_room(tmp_path, needed_disk=0, needed_memory=1 << 60)


def test_the_same_seed_trains_the_same_tokenizer(made: tuple[Made, Path], tmp_path: Path) -> None:
    _, folder = made
    again: Material = prepare(TINY, tmp_path)
    assert again.tokenizer_hash == prepare(TINY, folder).tokenizer_hash
    assert again.corpus_hash == prepare(TINY, folder).corpus_hash


def test_branches_see_the_shared_part_and_themselves_only(made: tuple[Made, Path]) -> None:
    import torch

    from agora.domains.insight.training.model import build_mask

    samples = torch.tensor([[1, 1, 1, 1, 2, 0]])
    branches = torch.tensor([[0, 1, 1, 2, 0, 0]])
    seen = (build_mask(samples, branches)[0, 0] == 0).tolist()
    assert [[i for i, yes in enumerate(row) if yes] for row in seen] == [[0], [0, 1], [0, 1, 2], [0, 3], [4], [5]]
    tokenizer = prepare(TINY, made[1]).tokenizer
    rows = pack(make_samples(1, 20), tokenizer, 1024)
    again = repack(rows, 2048)
    assert (again.samples > 0).sum() == (rows.samples > 0).sum()
    assert sorted(again.ids[again.samples > 0].tolist()) == sorted(rows.ids[rows.samples > 0].tolist())
    assert rows.positions.max() < 1024 and (rows.samples > 0).mean() > 0.6
    alone = strip_shared(rows, 1024)
    assert not alone.branches.any()
    assert (alone.weights == 1).sum() == ((rows.weights == 1) & (rows.alone == 1)).sum()
    assert 0 < rows.alone.sum() < (rows.branches > 0).sum()


def test_a_disguised_sample_is_rebuilt_alike_everywhere(made: tuple[Made, Path]) -> None:
    tokenizer = prepare(TINY, made[1]).tokenizer
    rows = pack(make_samples(1, 60), tokenizer, 1024)
    pieces = find_pieces(tokenizer)
    changed = disguise(rows.ids, rows.samples, pieces, np.random.default_rng(1))
    assert 0.005 < (changed != rows.ids).mean() < 0.3
    assert changed.tolist() == disguise(rows.ids, rows.samples, pieces, np.random.default_rng(1)).tolist()
    named = 0
    for at in range(len(rows)):
        text = tokenizer.decode(changed[at].tolist(), skip_special_tokens=False)
        for name, reply in re.findall(r"<\|do\|> reply ([^|]+) \|[^<]*<\|(?:en|fr)\|> ([^<]*)<", text):
            named += 1
            assert name in reply, (name, reply)
    assert named > 50


def test_a_run_can_begin_with_an_earlier_model(made: tuple[Made, Path], tmp_path: Path) -> None:
    from gguf import GGUFReader

    from agora.domains.insight.training.model import build_model

    result, folder = made
    material = prepare(TINY, folder)
    found = load_checkpoint(folder / CHECKPOINT, TINY, material.corpus_hash, material.tokenizer_hash)
    assert found is not None
    model = build_model(TINY)
    first = {name: value.clone() for name, value in model.state_dict().items()}
    inherit(model, TINY, material.tokenizer, result.path)
    for name, value in model.state_dict().items():
        trained = found[0]["model"][name]
        assert (value - trained).abs().max() < 0.02 * trained.abs().max(), name
        if value.ndim == 2:
            assert (value - trained).abs().mean() < 0.5 * (first[name] - trained).abs().mean(), name

    work = tmp_path / "work"
    steps: list[float] = []
    child = make_starter(
        TINY,
        work,
        tmp_path / "child.gguf",
        60,
        1,
        False,
        on_step=lambda report: steps.append(report.progress.loss),
        should_stop=lambda: len(steps) >= 2,
        parent=result.path,
    )
    fields = {name: field.contents() for name, field in GGUFReader(child.path).fields.items()}
    assert fields["agora.parent.sha256"] == hash_file(result.path)
    assert steps[0] < 6.0  # a run from nothing begins at ln 512 = 6.24 and more
    with pytest.raises(TrainingError, match="belongs to another plan"):
        make_starter(TINY, work, tmp_path / "child.gguf", 60, 1, False)


def test_a_model_of_another_shape_is_no_parent(made: tuple[Made, Path], tmp_path: Path) -> None:
    from agora.domains.insight.training.model import build_model

    result, folder = made
    material = prepare(TINY, folder)
    for other in (msgspec.structs.replace(TINY, width=32), msgspec.structs.replace(TINY, layers=1)):
        with pytest.raises(TrainingError, match="another shape"):
            inherit(build_model(other), other, material.tokenizer, result.path)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(20))
    with pytest.raises(TrainingError, match="cannot be read"):
        inherit(build_model(TINY), TINY, material.tokenizer, broken)
    with pytest.raises(TrainingError, match="cannot be read"):
        make_starter(TINY, tmp_path, tmp_path / "m.gguf", 1.0, 1, False, parent=tmp_path / "none.gguf")


def test_words_are_whole_or_spelled_alike_everywhere(made: tuple[Made, Path]) -> None:
    tokenizer = prepare(TINY, made[1]).tokenizer

    def spell(text: str) -> list[str]:
        return [tokenizer.decode([at]) for at in tokenizer.encode(text, add_special_tokens=False).ids]

    assert spell(" the") == [" the"]
    for word in ("drivortable", "Zoë", "Ñandúx"):
        spaced, quoted = spell(f" {word}"), spell(f" l'{word}")
        assert spaced[0] == " " and "".join(spaced) == f" {word}"
        assert quoted[-len(spaced) + 1 :] == spaced[1:]
        assert all("\ufffd" not in piece for piece in spaced)


def test_a_shape_becomes_a_grammar() -> None:
    grammar = build_grammar('{"mood": string, "n": integer, "ok": boolean, "who": list}')
    assert grammar.startswith('root ::= " "? "{" "\\"mood\\": " string ", " "\\"n\\": " integer')
    with pytest.raises(TrainingError, match="Not a shape"):
        build_grammar('{"a": float}')


def test_measures_tell_good_from_bad() -> None:
    question = next(q for q in list_questions("en", 20) if q.shared.lines)
    target = question.private.task.target or ""
    good = Answer(question, f" {target}, I would say the same about it.", stopped=True)
    assert measures.is_right_language(good) and measures.is_itself(good) and measures.names_addressee(good)
    assert measures.has_whole_words(good)
    assert not measures.is_right_language(Answer(question, " je pense que tu as raison avec ça", stopped=True))
    assert not measures.is_itself(Answer(question, f" Yes.\n{target}: no", stopped=True))
    assert not measures.has_whole_words(Answer(question, " I like gardxxen", stopped=True))
    assert not measures.names_addressee(Answer(question, " yes", stopped=True))
    assert measures.count_repeats([good, good]) == 1
    assert measures.is_shaped('{"a": 1}', '{"a": integer}') and not measures.is_shaped('{"b": 1}', '{"a": integer}')
