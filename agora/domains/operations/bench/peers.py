"""llama.cpp's own measuring program and server, compiled from llama-cpp-python's source package over the libraries that Agora uses.

Whoever compares with it compares the engine around the computation, not two builds of the computation.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from agora.inference.llama import find_library_files
from agora.kernel.errors import SetupError
from agora.kernel.sources import ROOT

BATCHED, SERVER = "llama-batched-bench", "llama-server"
RECIPE = ROOT / "deploy" / "build" / "peers"
PACKAGE = "llama-cpp-python"
TOOLS = ("cmake", "c++")
NICE = 19
Tell = Callable[[str], None]


def find_peer_folder() -> Path:
    """Where it is kept: a folder below the user's cache for each version of the libraries and of the recipe."""
    digest = hashlib.sha256((RECIPE / "CMakeLists.txt").read_bytes())
    for path in find_library_files():
        digest.update(path.read_bytes())
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "agora" / "peers" / f"{version(PACKAGE)}-{digest.hexdigest()[:16]}"


def find_batched_bench() -> Path | None:
    """The measuring program, when it was built for these libraries."""
    return _find(BATCHED)


def find_server() -> Path | None:
    """The server, when it was built for these libraries."""
    return _find(SERVER)


def _find(program: str) -> Path | None:
    path = find_peer_folder() / program
    return path if path.is_file() else None


def build_peers(jobs: int, tell: Tell, source: Path | None = None, programs: Sequence[str] = (BATCHED,)) -> list[Path]:
    """Compiles behind everything else what is not there yet: some ten minutes of one core, twenty more for the server.

    ``source``: a source package that is here already; else pip fetches the one of the installed version. Raises SetupError.
    """
    wanted = [program for program in programs if _find(program) is None]
    if wanted:
        _build(wanted, jobs, tell, source)
    return [find_peer_folder() / program for program in programs]


def _build(programs: Sequence[str], jobs: int, tell: Tell, source: Path | None) -> None:
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        raise SetupError(f"{' and '.join(missing)} must be installed to compile llama.cpp's programs.")
    libraries = find_library_files()
    if not libraries:
        raise SetupError("llama.cpp is not installed in this environment; run `make serve` once.")
    with tempfile.TemporaryDirectory(prefix="agora-peers-") as name:
        folder = Path(name)
        package = source or _fetch(folder, tell)
        tell(f"{package.name}: unpacking …")
        llama = _unpack(package, folder / "source")
        build = folder / "build"
        tell(f"{' and '.join(programs)}: compiling with {jobs} at a time …")
        definitions = {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_FLAGS_RELEASE": "-O1", "LLAMA_SOURCE": llama}
        definitions |= {"WITH_SERVER": "ON" if SERVER in programs else "OFF"}
        words = [f"-D{key}={value}" for key, value in (definitions | {"LLAMA_LIBRARIES": libraries[0].parent}).items()]
        _run(["cmake", "-S", str(RECIPE), "-B", str(build), *words])
        for program in programs:
            _run(["cmake", "--build", str(build), "--parallel", str(jobs), "--target", program])
            _keep(build, program)


def _keep(build: Path, program: str) -> None:
    made = next((path for path in build.rglob(program) if path.is_file() and os.access(path, os.X_OK)), None)
    if made is None:
        raise SetupError(f"the build of {PACKAGE} {version(PACKAGE)} made no {program}.")
    target = find_peer_folder() / program
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(made, target.with_suffix(".part"))
    target.with_suffix(".part").replace(target)


def _fetch(folder: Path, tell: Tell) -> Path:
    wanted = f"{PACKAGE}=={version(PACKAGE)}"
    tell(f"{wanted}: fetching the source package …")
    _run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", PACKAGE, "--dest", str(folder), wanted])
    return next(folder.glob("*.tar.gz"))


def _unpack(package: Path, folder: Path) -> Path:
    """Only llama.cpp. Raises SetupError when it is not in the package."""
    try:
        with tarfile.open(package) as archive:
            parts = [member for member in archive.getmembers() if "/vendor/llama.cpp/" in member.name]
            archive.extractall(folder, members=parts, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise SetupError(f"{package}: {error}") from error
    found = next(folder.glob("*/vendor/llama.cpp"), None)
    if found is None:
        raise SetupError(f"{package.name} holds no vendor/llama.cpp.")
    return found


def _run(command: Sequence[str]) -> None:
    """Raises SetupError with the last lines of what it said."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", preexec_fn=_be_nice)
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        wrong = [line for line in lines if "error: " in line.lower()][:2] or lines[-2:]
        raise SetupError(f"{Path(command[0]).name} failed: {' / '.join(wrong)[:600]}")


def _be_nice() -> None:
    os.nice(NICE)
