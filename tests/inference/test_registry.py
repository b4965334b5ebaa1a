"""Models are found, checked in a child process, added and removed; what is broken stays visible with its reason."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from agora.inference import probe
from agora.inference.errors import EngineUnusable, ModelNotFound, ModelRefused
from agora.inference.ports import GenerationRequest, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine
from agora.inference.tiny import TinyShape, write_tiny_model


@pytest.fixture
def shipped(tmp_path: Path, tiny: Path) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    shutil.copy(tiny, folder / "bravo.gguf")
    (folder / "alpha.gguf").write_bytes(os.urandom(4096))
    (folder / "notes.txt").write_text("no model")
    return folder


@pytest.fixture
def registry(tmp_path: Path, shipped: Path) -> ModelRegistry:
    return ModelRegistry([shipped, tmp_path / "missing"], tmp_path / "own", tmp_path / "cache")


def test_all_models_are_listed_and_broken_ones_say_why(registry: ModelRegistry) -> None:
    alpha, bravo = registry.list_models()
    assert (alpha.name, alpha.info) == ("alpha", None)
    assert "alpha.gguf: it does not begin with GGUF" in alpha.problem
    assert bravo.info is not None
    assert (bravo.name, bravo.problem, bravo.info.architecture) == ("bravo", "", "llama")


def test_a_model_is_found_by_name_by_path_or_as_the_first_whole_one(registry: ModelRegistry, tiny: Path) -> None:
    assert registry.get_path("bravo").name == "bravo.gguf"
    assert registry.get_path("bravo.gguf").name == "bravo.gguf"
    assert registry.get_path(str(tiny)) == tiny
    assert registry.get_path("").name == "bravo.gguf"
    with pytest.raises(ModelNotFound, match=r"named charlie\. Known: alpha, bravo"):
        registry.get_path("charlie")
    with pytest.raises(ModelNotFound):
        registry.get_path("../shipped/bravo")


def test_the_starter_model_comes_first(registry: ModelRegistry, shipped: Path, tiny: Path) -> None:
    shutil.copy(tiny, shipped / "agora-starter.gguf")
    assert registry.get_path("").stem == "agora-starter"


def test_without_any_model_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="agora model add"):
        ModelRegistry([], tmp_path / "own", tmp_path / "cache").get_path("")


def test_add_and_remove(registry: ModelRegistry, tmp_path: Path) -> None:
    source = write_tiny_model(tmp_path / "mine.gguf", TinyShape(seed=3))
    info = registry.add(source)
    assert Path(info.path) == tmp_path / "own" / "mine.gguf"
    assert "mine" in [entry.name for entry in registry.list_models()]
    with pytest.raises(ModelRefused, match="already"):
        registry.add(source)
    registry.remove("mine")
    assert "mine" not in [entry.name for entry in registry.list_models()]
    assert source.exists()
    with pytest.raises(ModelNotFound, match="shipped"):
        registry.remove("bravo")


def test_a_broken_file_is_not_added(registry: ModelRegistry, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + os.urandom(300))
    with pytest.raises(ModelRefused, match=r"bad\.gguf"):
        registry.add(bad)
    assert not (tmp_path / "own").exists()


def test_hashes_follow_the_file(registry: ModelRegistry, tmp_path: Path) -> None:
    path = tmp_path / "file.gguf"
    for content in (b"one", b"two!"):
        path.write_bytes(content)
        assert registry.hash_file(path) == hashlib.sha256(content).hexdigest() == registry.hash_file(path)


def test_a_file_that_only_llama_cpp_finds_wrong_is_refused_by_the_trial(
    registry: ModelRegistry, tiny: Path, tmp_path: Path
) -> None:
    data = tiny.read_bytes()
    path = tmp_path / "renamed.gguf"
    path.write_bytes(data.replace(b"blk.1.attn_q.weight", b"blk.1.attn_x.weight"))
    registry.check(path, run=False)
    with pytest.raises(ModelRefused, match=r"renamed.gguf: llama.cpp cannot run it"):
        registry.check(path)


def test_a_crash_in_the_trial_is_told_and_survived(monkeypatch: pytest.MonkeyPatch, tiny: Path, tmp_path: Path) -> None:
    crash = tmp_path / "python"
    crash.write_text(f"#!{sys.executable}\nimport os\nos.kill(os.getpid(), 11)\n")
    crash.chmod(0o755)
    monkeypatch.setattr(probe.sys, "executable", str(crash))
    assert probe.try_decode(tiny, 30) == "the trial ended with SIGSEGV"
    with pytest.raises(EngineUnusable, match=r"SIGSEGV.*Delete the folders .* then run `make serve`"):
        probe.check_library(tmp_path / "cache")
    with pytest.raises(ModelRefused, match="SIGSEGV"):
        probe.check_model_runs(tiny, "0" * 64, tmp_path / "cache")


def test_a_trial_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tiny: Path, tmp_path: Path) -> None:
    hang = tmp_path / "python"
    hang.write_text("#!/bin/sh\nexec sleep 60\n")
    hang.chmod(0o755)
    monkeypatch.setattr(probe.sys, "executable", str(hang))
    assert probe.try_decode(tiny, 0.2) == "no answer within 0.2 s"


def test_the_library_is_tried_once_per_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tries: list[Path] = []
    monkeypatch.setattr(probe, "try_decode", lambda path, seconds: tries.append(path))
    for _ in range(3):
        probe.check_library(tmp_path)
    assert len(tries) == 1
    monkeypatch.setattr(probe, "_read_processor", lambda: "another processor")
    probe.check_library(tmp_path)
    assert len(tries) == 2


def test_this_build_does_not_use_amx() -> None:
    from agora.inference.llama import describe_system

    assert "AMX" not in describe_system()


async def test_an_engine_starts_from_the_registry_and_a_broken_model_leaves_nothing_running(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    settings = InferenceSettings(context=512, threads=1)
    engine = build_engine(settings, registry, tmp_path / "cache")
    await engine.start()
    result = await complete(engine, GenerationRequest(prompt=text_prompt("hello"), max_tokens=4))
    assert result.receipt.model == "bravo"
    assert result.receipt.model_hash == registry.hash_file(registry.get_path("bravo"))
    await engine.stop()
    broken = build_engine(InferenceSettings(model="alpha"), registry, tmp_path / "cache")
    with pytest.raises(ModelRefused, match=r"alpha\.gguf"):
        await broken.start()
    assert broken.info().state == "failed"
    assert "alpha.gguf" in broken.info().reason


def test_a_file_is_copied_or_linked(registry: ModelRegistry, tiny: Path, tmp_path: Path) -> None:
    copy, link = tmp_path / "copy.gguf", tmp_path / "link.gguf"
    for path in (copy, link):
        shutil.copy(tiny, path)
    registry.add(copy)
    registry.add(link, link=True)
    entries = {entry.name: entry.where for entry in registry.list_models()}
    assert (entries["copy"], entries["link"], entries["bravo"]) == ("added", "linked", "shipped")
    copy.write_bytes(b"changed in place")  # a copy is nobody else's
    assert registry.check(registry.get_path("copy"), run=False).name == "copy"
    link.unlink()
    entry = registry.find("link")
    assert entry is not None
    assert "cannot be read" in entry.problem
    registry.remove("link")
    assert registry.find("link") is None


def test_a_split_model_comes_and_goes_with_all_its_parts(registry: ModelRegistry, tiny: Path, tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-0000{number}-of-00002.gguf" for number in (1, 2))
    shutil.copy(tiny, first)
    with pytest.raises(ModelRefused, match="part big-00002-of-00002"):
        registry.add(first)
    shutil.copy(tiny, second)
    registry.add(first)
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == [first.name, second.name]
    registry.remove(first.stem)
    assert list((tmp_path / "own").iterdir()) == []
