"""Builds the llama-cpp-python wheel that fits this machine, once, and keeps it.

pip's own wheel cache ignores CMAKE_ARGS and would hand back a wheel built with other flags, so the wheel lives in a
folder named after everything that shapes it. Only the standard library is used: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNITY = HERE / "llama_unity.cmake"
BUILD_PINS = HERE / "constraints.txt"
REPORT_SECONDS = 15.0
BYTES_PER_JOB = 1_500_000_000  # a unity batch of llama.cpp peaks a little above 1 GB in g++ 12

# llama.cpp option -> words of /proc/cpuinfo that must all be present. AMX is left out on purpose: with it the first
# quantised decode dies in ggml_backend_amx_mul_mat (ggml-org/llama.cpp#20824), and GGML_NATIVE would switch it on.
X86_OPTIONS: dict[str, tuple[str, ...]] = {
    "GGML_SSE42": ("sse4_2",),
    "GGML_AVX": ("avx",),
    "GGML_AVX2": ("avx2",),
    "GGML_BMI2": ("bmi2",),
    "GGML_FMA": ("fma",),
    "GGML_F16C": ("f16c",),
    "GGML_AVX_VNNI": ("avx_vnni",),
    "GGML_AVX512": ("avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"),
    "GGML_AVX512_VBMI": ("avx512f", "avx512vbmi"),
    "GGML_AVX512_VNNI": ("avx512f", "avx512_vnni"),
    "GGML_AVX512_BF16": ("avx512f", "avx512_bf16"),
}
NEVER = ("GGML_AMX_TILE", "GGML_AMX_INT8", "GGML_AMX_BF16")
CUT = (
    "LLAVA_BUILD",
    "LLAMA_BUILD_TOOLS",
    "LLAMA_BUILD_EXAMPLES",
    "LLAMA_BUILD_TESTS",
    "LLAMA_BUILD_SERVER",
    "LLAMA_BUILD_APP",
    "LLAMA_BUILD_MTMD",
    "LLAMA_OPENSSL",
    "LLAMA_CURL",
)


def list_cmake_flags(machine: str, cpu_words: frozenset[str]) -> list[str]:
    """The CMake definitions for a processor, sorted by topic; the unity file is named relative to this folder."""
    flags = [f"-D{name}=OFF" for name in CUT]
    flags += ["-DCMAKE_BUILD_TYPE=Release", "-DGGML_OPENMP=ON"]
    if machine in ("x86_64", "AMD64"):
        flags.append("-DGGML_NATIVE=OFF")
        for option, words in X86_OPTIONS.items():
            flags.append(f"-D{option}={'ON' if cpu_words.issuperset(words) else 'OFF'}")
        flags += [f"-D{option}=OFF" for option in NEVER]
    return flags


def find_cpu_words() -> frozenset[str]:
    """Feature words that every processor of this machine has; empty where there is no /proc/cpuinfo."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    rows = [frozenset(row.split()) for row in re.findall(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)]
    return frozenset.intersection(*rows) if rows else frozenset()


def build_folder_name(version: str, flags: list[str], abi: str, compiler: str) -> str:
    """`<version>-<hash>`, the hash over everything that changes the compiled code."""
    parts = [version, platform.machine(), sys.platform, abi, compiler, UNITY.read_text(encoding="utf-8"), *flags]
    return f"{version}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


def find_cache_root() -> Path:
    """`$XDG_CACHE_HOME/agora/wheels`, by default under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "agora" / "wheels"


def count_jobs() -> int:
    """Parallel compilers: every core this process may use, fewer when memory is short."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = find_free_memory()
    return cores if free is None else max(1, min(cores, free // BYTES_PER_JOB))


def find_free_memory() -> int | None:
    """Bytes that programs can have, pages of the file cache included; None where Linux does not say."""
    try:
        found = re.search(r"^MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return int(found.group(1)) * 1024 if found else None


def describe_compiler() -> str:
    """First line of `c++ --version`, or a clear end when a tool is missing."""
    missing = [name for name in ("cmake", "c++") if shutil.which(name) is None]
    if missing:
        sys.exit(f"llama.cpp needs a C++ compiler and cmake. Missing: {', '.join(missing)}. Install, make again.")
    out = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=True).stdout
    return out.splitlines()[0].strip()


def build_wheel(python: Path, version: str) -> Path:
    """The cached wheel for this machine, compiled first when there is none. Ends the program when that fails."""
    flags = list_cmake_flags(platform.machine(), find_cpu_words())
    abi = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_config_var('SOABI'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    folder = find_cache_root() / build_folder_name(version, flags, abi, describe_compiler())
    kept = sorted(folder.glob("llama_cpp_python-*.whl"))
    if kept:
        print(f"llama.cpp: using the wheel built earlier, {kept[0]}", flush=True)
        return kept[0]
    folder.mkdir(parents=True, exist_ok=True)
    return compile_wheel(python, version, flags, folder)


def compile_wheel(python: Path, version: str, flags: list[str], folder: Path) -> Path:
    """Compiles into a temporary folder and moves the wheel in place last, so a broken run leaves nothing usable."""
    jobs = count_jobs()
    on = " ".join(flag[7:-3] for flag in flags if flag.startswith("-DGGML_") and flag.endswith("=ON"))
    print(f"llama.cpp: compiling llama-cpp-python {version} with {jobs} compilers at once ({on}).", flush=True)
    print("llama.cpp: this is the one long step, about 4 minutes on two cores; it happens once.", flush=True)
    log = folder / "build.log"
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="agora-wheel-") as scratch:
        env = dict(os.environ)
        env["CMAKE_ARGS"] = " ".join([*flags, f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={UNITY}"])
        env["CMAKE_BUILD_PARALLEL_LEVEL"] = str(jobs)
        command = [str(python), "-m", "pip", "wheel", "--verbose", "--no-deps", "--no-cache-dir"]
        command += ["--no-binary", "llama-cpp-python", "--wheel-dir", scratch]
        command += ["--build-constraint", str(BUILD_PINS), f"llama-cpp-python=={version}"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=env
        ) as process:
            assert process.stdout is not None
            with log.open("w", encoding="utf-8") as sink:
                report_progress(process.stdout, sink.write, started)
        built = sorted(Path(scratch).glob("llama_cpp_python-*.whl"))
        if process.returncode != 0 or not built:
            tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-25:])
            sys.exit(f"{tail}\nllama.cpp did not compile; the whole log is {log}. Mend that and run make again.")
        wheel = folder / built[0].name
        shutil.move(built[0], folder / (built[0].name + ".part"))
        (folder / (built[0].name + ".part")).rename(wheel)
    print(f"llama.cpp: compiled in {time.monotonic() - started:.0f} s, kept as {wheel}", flush=True)
    return wheel


def report_progress(lines: Iterable[str], write: Callable[[str], object], started: float) -> None:
    """Copies the build's output to the log and says every few seconds how far it is."""
    said = time.monotonic()
    for line in lines:
        write(line)
        step = re.search(r"\[\s*(\d+/\d+|\d+%)\]", line)
        if step and time.monotonic() - said >= REPORT_SECONDS:
            said = time.monotonic()
            print(f"llama.cpp: {step.group(1)} after {said - started:.0f} s", flush=True)
