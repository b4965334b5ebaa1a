"""Tries llama.cpp in a child process before this one depends on it, once per build and once per model file.

On processors with AMX a llama.cpp that was built with the compiler's native flags dies at its first quantised decode
(ggml-org/llama.cpp#20824), and a model file can pass every check of its head and still crash the loader.
"""

import hashlib
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from agora.inference.errors import EngineUnusable, ModelRefused
from agora.inference.llama import find_library_files
from agora.inference.tiny import write_tiny_model
from agora.inference.trial import DONE

LIBRARY_SECONDS = 60
MODEL_SECONDS = 600
"""A model of many gigabytes on a slow disk takes minutes to be read for the first time."""

GOOD = "good"


def find_wheel_folder() -> Path:
    """Where `make` keeps the compiled wheels: `$XDG_CACHE_HOME/agora/wheels`, by default under `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agora" / "wheels"


def check_library(cache: Path) -> None:
    """Raises EngineUnusable, with what to do, when the compiled library crashes here. The result is kept in `cache`."""
    files = find_library_files()
    if not files:
        raise EngineUnusable("llama.cpp is not installed in this environment; run `make serve` once.")
    mark = cache / f"library-{hash_library(files)}"
    if _read(mark) == GOOD:
        return
    with tempfile.TemporaryDirectory(prefix="agora-probe-") as folder:
        problem = try_decode(write_tiny_model(Path(folder) / "probe.gguf"), LIBRARY_SECONDS)
    if problem is not None:
        raise EngineUnusable(
            f"The compiled llama.cpp does not run on this processor ({problem}). "
            f"Delete the folders {find_wheel_folder()} and .venv, then run `make serve`: it is compiled anew for this machine."
        )
    _write(mark, GOOD)


def check_model_runs(path: Path, digest: str, cache: Path) -> None:
    """Raises ModelRefused when the file (of that SHA-256) cannot be run. Only good results are kept."""
    mark = cache / f"model-{digest[:32]}-{hash_library(find_library_files())[:16]}"
    if _read(mark) == GOOD:
        return
    problem = try_decode(path, MODEL_SECONDS)
    if problem is not None:
        raise ModelRefused(f"{path.name}: llama.cpp cannot run it ({problem}).")
    _write(mark, GOOD)


def try_decode(path: Path, seconds: float) -> str | None:
    """Decodes one token of a model in a child process. Returns None, or what went wrong in a few words."""
    environment = dict(os.environ, GGML_NO_BACKTRACE="1", OMP_NUM_THREADS="1")
    command = [sys.executable, "-m", "agora.inference.trial", str(path)]
    try:
        child = subprocess.run(command, capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {seconds:g} s"
    except OSError as error:
        return str(error)
    if child.returncode == 0 and DONE in child.stdout.decode("utf-8", "replace"):
        return None
    if child.returncode < 0:
        return f"the trial ended with {_name_signal(-child.returncode)}"
    lines = [line for line in child.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else f"the trial ended with status {child.returncode}"


def hash_library(files: list[Path]) -> str:
    """Hash over the compiled libraries and the processor's features: another build or machine is tried anew."""
    digest = hashlib.sha256(platform.machine().encode())
    for path in files:
        digest.update(path.read_bytes())
    digest.update(_read_processor().encode())
    return digest.hexdigest()


def _read_processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return " ".join(sorted(found.group(1).split())) if found else ""


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    """A cache that cannot be written only costs the next start a second try."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        return
