"""Evaluated prompts come back after a restart, and only whole ones of the same model."""

from __future__ import annotations

import stat
from array import array
from pathlib import Path

import pytest

from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.ports import GenerationRequest, GenerationResult, Sampler, complete, text_prompt
from agora.inference.prefix_files import PrefixFiles, Saved
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine, build_files
from tests.inference.counting import CountingBackend, expected_text

TALK = "Rules of the house. Channel general. Ann: good morning to all of you. Bob: and to you."


def saved(scope: str = "room", size: int = 20, data: bytes = b"x" * 1000) -> Saved:
    return Saved(scope, array("i", range(size)), data)


def test_what_was_saved_is_loaded_again_newest_first_and_by_its_owner_only(tmp_path: Path) -> None:
    files = PrefixFiles(tmp_path / "p", "model", 10_000)
    assert files.save([saved("a"), saved("b", 30)]) == 2
    assert {(one.scope, len(one.tokens), one.data) for one in files.load()} == {("a", 20, b"x" * 1000), ("b", 30, b"x" * 1000)}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "p").iterdir())
    assert files.save([saved("c")]) == 1
    assert [one.scope for one in files.load()] == ["c"], "what is not saved again is gone"


def test_the_limit_is_kept(tmp_path: Path) -> None:
    files = PrefixFiles(tmp_path, "model", 2500)
    assert files.save([saved(str(n)) for n in range(5)]) == 2
    assert list(PrefixFiles(tmp_path, "model", 500).load()) == []


def test_nothing_there_is_nothing(tmp_path: Path) -> None:
    assert list(PrefixFiles(tmp_path / "absent", "model", 500).load()) == []


def test_another_model_s_are_not_taken(tmp_path: Path) -> None:
    PrefixFiles(tmp_path, "model", 5000).save([saved()])
    assert list(PrefixFiles(tmp_path, "other", 5000).load()) == []


def test_damaged_files_are_not_taken_and_deleted(tmp_path: Path) -> None:
    files = PrefixFiles(tmp_path, "model", 5000)
    files.save([saved()])
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert list(files.load()) == [], f"byte {at}"
        assert not path.exists()
    for size in (0, 5, 40, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert list(files.load()) == []
    path.write_bytes(whole + b"more")
    assert list(files.load()) == []
    path.write_bytes(whole)
    assert [one.scope for one in files.load()] == ["room"]


def test_a_full_disk_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert PrefixFiles(tmp_path / "file" / "below", "model", 5000).save([saved()]) == 0


async def test_the_worker_keeps_each_beginning_once(tmp_path: Path) -> None:
    files = PrefixFiles(tmp_path, "counting", 1 << 20)
    shared = tuple(range(1, 61))

    async def talk(seeds: range) -> list[GenerationResult]:
        backend = CountingBackend()
        engine = ThreadEngine(lambda: Loaded(backend, files=files), InferenceSettings(context=2048), name="counting")
        await engine.start()
        results = []
        for seed in seeds:
            request = GenerationRequest(tokens=(*shared, seed + 1), max_tokens=5, seed=seed, scope="room")
            results.append(await complete(engine, request))
            assert results[-1].text == expected_text(request.tokens, seed, 5)
        await engine.stop()
        return results

    first = await talk(range(3))
    assert [one.receipt.tokens_reused for one in first] == [0, 60, 60]
    assert len(list(tmp_path.iterdir())) == 1
    again = await talk(range(3, 6))
    assert [one.receipt.tokens_reused for one in again] == [60, 60, 60]


@pytest.mark.parametrize("exact", [True, False])
async def test_a_model_goes_on_where_it_was(tiny: Path, tmp_path: Path, exact: bool) -> None:
    settings = InferenceSettings(context=2048, threads=1, exact=exact)
    request = {"prompt": text_prompt(TALK), "max_tokens": 12, "sampler": Sampler(temperature=0), "scope": "room"}

    async def ask(changes: dict[str, object]) -> GenerationResult:
        files = build_files(tmp_path, settings, "0" * 64, ())
        engine = ThreadEngine(lambda: Loaded(LlamaBackend(tiny, settings), files=files), settings, name="tiny")
        await engine.start()
        result = await complete(engine, GenerationRequest(**request | changes))
        await engine.stop()
        return result

    first, second, other = await ask({}), await ask({}), await ask({"scope": "elsewhere"})
    assert first.receipt.tokens_reused == other.receipt.tokens_reused == 0
    assert second.receipt.tokens_reused == second.receipt.prompt_tokens - 1
    assert second.text == first.text == other.text


async def test_the_engine_of_the_settings_keeps_them_in_the_cache(tiny: Path, tmp_path: Path, cache: Path) -> None:
    registry = ModelRegistry([tiny.parent], tmp_path / "models", cache)
    request = {"prompt": text_prompt(TALK), "max_tokens": 3, "scope": "room"}
    reused = []
    for saved_mib in (0, 64, 64, 0):
        settings = InferenceSettings(model=str(tiny), context=1024, threads=1, saved_mib=saved_mib, try_models=False)
        engine = build_engine(settings, registry, tmp_path / "cache")
        await engine.start()
        reused.append((await complete(engine, GenerationRequest(**request))).receipt.tokens_reused)
        await engine.stop()
        assert (tmp_path / "cache" / "prefixes").exists() == (saved_mib > 0)
    assert reused[:2] == [0, 0]
    assert reused[2] > 50
    assert reused[3] == 0
