"""How the machine and this process are doing."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from pathlib import Path

import msgspec
import psutil

from agora import __version__
from agora.kernel.app import App
from agora.kernel.files import Files
from agora.kernel.job_store import count_jobs

# Measured against the call before: the first one after the start tells of the time since then.
_PROCESS = psutil.Process()


class Cpu(msgspec.Struct, frozen=True):
    """Cores this process may use; percent of the whole machine and of one core; load over 1, 5 and 15 minutes."""

    cores: int
    machine_percent: float
    process_percent: float
    load: tuple[float, float, float]


class Memory(msgspec.Struct, frozen=True):
    """In bytes; ``process`` is what this process holds in memory."""

    total: int
    available: int
    process: int


class Disk(msgspec.Struct, frozen=True):
    """The disk of the data folder and what lies in it, in bytes; ``files`` are uploads, ``rest`` indexes and keys."""

    total: int
    free: int
    database: int
    files: int
    backups: int
    rest: int


class Overview(msgspec.Struct, frozen=True):
    """``uptime_s`` since the process began; ``jobs`` by state; ``files_key`` names the key that new files are encrypted with."""

    version: str
    python: str
    platform: str
    uptime_s: float
    cpu: Cpu
    memory: Memory
    disk: Disk
    writes_waiting: int
    ledger_position: int
    jobs: dict[str, int]
    files_key: str | None


async def build_overview(app: App) -> Overview:
    """Measure now."""
    machine, vault = psutil.virtual_memory(), app.get(Files).vault
    return Overview(
        version=__version__,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        uptime_s=round(time.time() - _PROCESS.create_time(), 1),
        cpu=Cpu(
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            machine_percent=psutil.cpu_percent(),
            process_percent=_PROCESS.cpu_percent(),
            load=psutil.getloadavg(),
        ),
        memory=Memory(machine.total, machine.available, _PROCESS.memory_info().rss),
        disk=await asyncio.to_thread(measure_disk, app.data),
        writes_waiting=app.db.waiting(),
        ledger_position=app.ledger.last_seq,
        jobs=await app.db.read(count_jobs),
        files_key=None if vault is None else vault.id,
    )


def measure_disk(data: Path) -> Disk:
    """Walks the data folder; blocks."""
    usage = shutil.disk_usage(data)
    sizes = {"database": 0, "files": 0, "backups": 0, "rest": 0}
    for folder, _, names in os.walk(data):
        part = _part(Path(folder).relative_to(data))
        for name in names:
            kind = "database" if part == "" and name.startswith("agora.db") else part or "rest"
            sizes[kind] += _size(Path(folder) / name)
    return Disk(usage.total, usage.free, **sizes)


def _part(path: Path) -> str:
    """Empty for the data folder itself."""
    if not path.parts:
        return ""
    return path.parts[0] if path.parts[0] in ("files", "backups") else "rest"


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:  # a draft or a write-ahead log that went away meanwhile
        return 0
