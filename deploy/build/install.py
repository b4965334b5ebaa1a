"""Makes `.venv` and installs what Agora needs, pinned by constraints.txt; does nothing when that is already done.

Run by the Makefile with any Python from 3.11 on. A stamp inside `.venv` remembers the hash of everything the
installation depends on, so that a second `make serve` starts at once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "agora-installed.json"
PINS = ROOT / "constraints.txt"
BUILD_PINS = ROOT / "deploy" / "build" / "constraints.txt"
INPUTS = (
    ROOT / "pyproject.toml",
    PINS,
    BUILD_PINS,
    ROOT / "deploy" / "build" / "llama_wheel.py",
    ROOT / "deploy" / "build" / "llama_unity.cmake",
)


def main() -> None:
    """Installs for serving, or with `--extra NAME` for what that extra of pyproject.toml adds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--extra", action="append", default=[], help="an extra of pyproject.toml, such as test")
    wanted = frozenset(parser.parse_args().extra)
    check_python()
    digest = hash_inputs()
    done = find_installed(digest)
    if done is not None and wanted <= done:
        return
    make_venv()
    install_everything(wanted | (done or frozenset()))
    STAMP.write_text(json.dumps({"inputs": digest, "extras": sorted(wanted | (done or frozenset()))}), encoding="utf-8")
    print("== installed", flush=True)


def check_python() -> None:
    """Ends the program when this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Agora needs Python 3.11 or newer, this is {found}: run make PYTHON=/path/to/python3.11 serve.")


def hash_inputs() -> str:
    """One hash over the pins, the build scripts, this Python and where the checkout lies (the install is editable)."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {ROOT}".encode())
    for path in INPUTS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find_installed(digest: str) -> frozenset[str] | None:
    """The extras installed from exactly these inputs, or None when something has to be installed."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(stamp, dict) or stamp.get("inputs") != digest or not PYTHON.exists():
        return None
    return frozenset(stamp.get("extras", ()))


def make_venv() -> None:
    """Creates `.venv`, or makes it anew when its Python no longer starts."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0:
        return
    print("== making the virtual environment .venv", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode != 0:
        sys.exit("No virtual environment: install Python's venv module (Debian: python3-venv), then make again.")


def install_everything(extras: frozenset[str]) -> None:
    """torch first and alone, or another package's wish for it pulls gigabytes of CUDA; then llama.cpp; then Agora."""
    pins = read_pins()
    print("== pip", flush=True)
    run_pip([f"{name}=={pins[name]}" for name in ("pip",) if name in pins] or ["pip"])
    if "torch" in pins:
        print(f"== torch {pins['torch']}", flush=True)
        run_pip([f"torch=={pins['torch']}"])
    if "llama-cpp-python" in pins:
        print(f"== llama.cpp (llama-cpp-python {pins['llama-cpp-python']})", flush=True)
        install_llama(pins["llama-cpp-python"])
    names = f"[{','.join(sorted(extras))}]" if extras else ""
    print(f"== Agora and its libraries{f' with {names}' if names else ''}", flush=True)
    run_pip(["--build-constraint", str(BUILD_PINS), "--editable", f"{ROOT}{names}"])
    # an editable install compiles nothing, and where Python may not write bytecode each start would compile all of it again
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "agora")], check=False)


def install_llama(version: str) -> None:
    """Installs the wheel made for this machine; replaces one of the same version that was built otherwise."""
    from llama_wheel import build_wheel

    wheel = build_wheel(PYTHON, version)
    mark = VENV / "agora-llama-wheel.txt"
    if not (mark.is_file() and mark.read_text(encoding="utf-8") == str(wheel)):
        run_pip(["--force-reinstall", "--no-deps", str(wheel)])
        mark.write_text(str(wheel), encoding="utf-8")
    run_pip([str(wheel)])  # what it needs besides


def read_pins() -> dict[str, str]:
    """Package name (normalised) -> version, from constraints.txt."""
    rows = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;#]+)", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in rows}


def run_pip(arguments: list[str]) -> None:
    """`pip install` under the pins, its chatter about what is already there left out. Ends the program on failure."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--constraint", str(PINS), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(("Requirement already satisfied", "Looking in")):
                print(f"   {line.rstrip()}", flush=True)
    if process.returncode != 0:
        sys.exit("pip could not install what Agora needs: the lines above say why. Mend it and run make again.")


if __name__ == "__main__":
    main()
