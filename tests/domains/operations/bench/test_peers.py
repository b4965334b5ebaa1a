"""llama.cpp's measuring program: built by the recipe from a source package, asked, and read. No figure is judged."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agora.cli import build_cli
from agora.domains.operations.bench.batched import Pair, build_report, compare, run_program
from agora.domains.operations.bench.peers import (
    BATCHED,
    RECIPE,
    SERVER,
    build_peers,
    find_batched_bench,
    find_peer_folder,
    find_server,
)
from agora.inference.errors import EngineUnusable
from agora.inference.tiny import write_tiny_model
from agora.kernel.errors import SetupError

SOURCES = {
    "vendor/CMakeLists.txt": "",
    "include/llama.h": 'extern "C" const char * llama_print_system_info(void);\n',
    "ggml/include/ggml.h": "",
    "common/CMakeLists.txt": "add_library(llama-common STATIC common.cpp)\ntarget_link_libraries(llama-common PUBLIC llama)\n",
    "common/common.cpp": '#include "llama.h"\nconst char * about() { return llama_print_system_info(); }\n',
    "tools/batched-bench/CMakeLists.txt": f"add_executable({BATCHED} main.cpp)\ntarget_link_libraries({BATCHED} llama-common)\n",
    "tools/batched-bench/main.cpp": "#include <cstdio>\nconst char * about();\nint main() { std::puts(about()); }\n",
    "tools/mtmd/CMakeLists.txt": "add_library(mtmd INTERFACE)\n",
    "tools/ui/CMakeLists.txt": "file(READ ${PROJECT_SOURCE_DIR}/include/llama.h header)\n",
    "tools/server/CMakeLists.txt": f"add_executable({SERVER} ../batched-bench/main.cpp)\n"
    f"target_link_libraries({SERVER} llama-common mtmd)\n",
}
"""What the recipe needs of llama.cpp, as small as can be; it links with the real library."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def pack(folder: Path, sources: dict[str, str]) -> Path:
    """A source package."""
    for name, text in sources.items():
        path = folder / "llama_cpp_python-0" / "vendor" / "llama.cpp" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    package = folder / "package.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        archive.add(folder / "llama_cpp_python-0", "llama_cpp_python-0")
    return package


def write_program(cache: Path, script: str) -> Path:
    """Stands for the program, in its place."""
    path = find_peer_folder() / BATCHED
    assert path.is_relative_to(cache)
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_it_is_built_over_the_installed_library_and_kept(tmp_path: Path, cache: Path) -> None:
    told: list[str] = []
    assert find_batched_bench() is None
    package = pack(tmp_path, SOURCES)
    (made,) = build_peers(1, told.append, package)
    assert made == find_batched_bench()
    assert made.is_relative_to(cache)
    assert os.access(made, os.X_OK)
    assert "OPENMP" in os.popen(str(made)).read(), "it runs, and the library answers"
    before = made.stat().st_mtime_ns
    assert build_peers(1, told.append, tmp_path / "missing.tar.gz") == [made], "once is enough"
    assert find_server() is None
    _, server = build_peers(1, told.append, package, (BATCHED, SERVER))
    assert server == find_server()
    assert "OPENMP" in os.popen(str(server)).read()
    assert made.stat().st_mtime_ns == before


def test_what_goes_wrong_is_said_in_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError, match=r"missing\.tar\.gz"):
        build_peers(1, lambda _: None, tmp_path / "missing.tar.gz")
    broken = SOURCES | {"tools/batched-bench/main.cpp": "int main( { }"}
    with pytest.raises(SetupError, match=r"cmake failed: .*error: "):
        build_peers(1, lambda _: None, pack(tmp_path, broken))
    assert find_batched_bench() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="cmake and c"):
        build_peers(1, lambda _: None, tmp_path / "missing.tar.gz")


def test_the_recipe_is_shipped_with_the_checkout() -> None:
    assert BATCHED.removeprefix("llama-") in (RECIPE / "CMakeLists.txt").read_text(encoding="utf-8")


def test_its_lines_are_read_and_its_failure_told(tmp_path: Path, cache: Path) -> None:
    program = write_program(cache, """echo log; echo '{"pp": 1, "pl": 4, "speed_tg": 85.5, "t": 1}'""")
    assert run_program(program, tmp_path / "m.gguf", 1, (4,), 8) == {4: 85.5}
    program.write_text("#!/bin/sh\necho no such model >&2\nexit 3\n", encoding="utf-8")
    with pytest.raises(EngineUnusable, match="status 3: no such model"):
        run_program(program, tmp_path / "m.gguf", 1, (4,), 8)


async def test_both_are_measured(tmp_path: Path, cache: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf")
    (alone,) = await compare(model, 1, (3,), lambda _: None, tokens=12)
    assert (alone.texts, alone.bare) == (3, None)
    assert alone.agora > 0.0
    assert "agora bench build-peers" in build_report([alone])[-1]
    write_program(cache, """echo '{"pl": 3, "speed_tg": 200.0}'""")
    (pair,) = await compare(model, 1, (3,), lambda _: None, tokens=12)
    assert pair.bare == 200.0
    assert build_report([Pair(3, 190.0, 200.0)])[-1].split() == ["3", "190.0", "200.0", "95%"]


def test_the_commands_say_what_they_do(tmp_path: Path) -> None:
    for words in (["bench", "build-peers", "--help"], ["bench", "batched", "--help"]):
        shown = CliRunner().invoke(build_cli(), words)
        assert shown.exit_code == 0
        assert "Example" in shown.output
