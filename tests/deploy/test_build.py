"""The set-up scripts: right options for the processor, one compile per build, clear ends."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BUILD = Path(__file__).resolve().parents[2] / "deploy" / "build"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"agora_build_{name}", BUILD / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return load("llama_wheel")


def test_amx_is_never_built(wheels: ModuleType) -> None:
    words = frozenset(
        ["sse4_2", "avx", "avx2", "fma", "f16c", "bmi2", "amx_int8", "amx_tile", "amx_bf16", "avx512f", "avx512_vnni"]
    )
    flags = wheels.list_cmake_flags("x86_64", words)
    assert {flag for flag in flags if "AMX" in flag} == {f"-DGGML_AMX_{kind}=OFF" for kind in ("TILE", "INT8", "BF16")}
    assert "-DGGML_NATIVE=OFF" in flags
    assert "-DGGML_AVX512_VNNI=ON" in flags
    assert "-DGGML_AVX512=OFF" in flags, "all of its parts must be there"


def test_an_option_needs_every_word_it_stands_for(wheels: ModuleType) -> None:
    none = wheels.list_cmake_flags("x86_64", frozenset())
    assert all(f"-D{option}=OFF" in none for option in wheels.X86_OPTIONS)
    every = frozenset(word for words in wheels.X86_OPTIONS.values() for word in words)
    assert all(f"-D{option}=ON" in wheels.list_cmake_flags("x86_64", every) for option in wheels.X86_OPTIONS)
    assert not any("AVX" in flag for flag in wheels.list_cmake_flags("aarch64", frozenset({"asimd"})))


def test_the_folder_is_named_after_everything_that_shapes_the_wheel(wheels: ModuleType) -> None:
    names = {
        wheels.build_folder_name("1.0", ["-DA=ON"], "cp311", "g++ 12"),
        wheels.build_folder_name("1.1", ["-DA=ON"], "cp311", "g++ 12"),
        wheels.build_folder_name("1.0", ["-DA=OFF"], "cp311", "g++ 12"),
        wheels.build_folder_name("1.0", ["-DA=ON"], "cp312", "g++ 12"),
        wheels.build_folder_name("1.0", ["-DA=ON"], "cp311", "g++ 13"),
    }
    assert len(names) == 5


def fake_python(tmp_path: Path, body: str) -> Path:
    """Stands for the environment's Python: tells its ABI, and runs `body` for `pip wheel`."""
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\nimport sys\nif sys.argv[1] == '-c':\n    print('cp311')\n    sys.exit()\n{body}\n")
    script.chmod(0o755)
    return script


def test_a_wheel_is_built_once_and_kept(wheels: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = (
        "from pathlib import Path\n"
        "folder = Path(sys.argv[sys.argv.index('--wheel-dir') + 1])\n"
        "(folder / 'llama_cpp_python-9.9-py3-none-any.whl').write_text('wheel')\n"
        f"log = Path({str(tmp_path)!r}) / 'runs'\n"
        "log.write_text(log.read_text() + 'x' if log.exists() else 'x')"
    )
    python = fake_python(tmp_path, body)
    first, second = wheels.build_wheel(python, "9.9"), wheels.build_wheel(python, "9.9")
    assert first == second
    assert first.read_text() == "wheel"
    assert (tmp_path / "runs").read_text() == "x"
    said = capsys.readouterr().out
    assert "the one long step" in said
    assert "compiled in" in said
    assert "built earlier" in said


def test_a_failed_compile_names_the_log_and_leaves_no_wheel(wheels: ModuleType, tmp_path: Path) -> None:
    python = fake_python(tmp_path, "print('fatal: no such header')\nsys.exit(1)")
    with pytest.raises(SystemExit, match=r"no such header[\s\S]*did not compile; the whole log is .*build\.log"):
        wheels.build_wheel(python, "9.9")
    assert not list((tmp_path / "cache").rglob("*.whl*"))


def test_a_missing_compiler_is_named(wheels: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"Missing: cmake, c\+\+"):
        wheels.describe_compiler()


def test_the_stamp_skips_only_what_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install = load("install")
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setattr(install, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(install, "PYTHON", python)
    assert install.find_installed("abc") is None
    install.STAMP.write_text("{ broken")
    assert install.find_installed("abc") is None
    install.STAMP.write_text(json.dumps({"inputs": "abc", "extras": ["test"]}))
    assert install.find_installed("abc") == {"test"}
    assert install.find_installed("other inputs") is None
    python.unlink()
    assert install.find_installed("abc") is None


def test_all_that_is_installed_is_pinned() -> None:
    pins = load("install").read_pins()
    assert {"torch", "pip", "llama-cpp-python", "aiohttp", "pytest"} <= set(pins)
    assert pins["torch"] == "2.13.0"
