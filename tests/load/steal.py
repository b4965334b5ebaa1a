"""CPU time that the machine under us gave to others: what no program on it can make up for.

On a virtual machine the kernel counts how long a virtual CPU was ready to run and was not run ("steal", proc(5), /proc/stat).
A real-time thread that only sleeps for a millisecond is late by just as much, so a delay within such a time says nothing of
the program that was measured.
"""

from __future__ import annotations

from pathlib import Path

import psutil

_STAT = Path("/proc/stat")
_TICK_MS = 10.0  # USER_HZ is 100 on every Linux


def stolen_ms() -> float:
    """Milliseconds stolen since the machine started, all CPUs together; 0 where the system does not count them."""
    if not _STAT.exists():
        return 0.0
    cpu = _STAT.read_text().splitlines()[0].split()
    return int(cpu[8]) * _TICK_MS if len(cpu) > 8 else 0.0


def waited_ms(pid: int) -> float:
    """Milliseconds for which the threads of a process were ready to run while the CPUs ran other processes (schedstat)."""
    total = 0
    for thread in psutil.Process(pid).threads():
        path = Path(f"/proc/{pid}/task/{thread.id}/schedstat")
        if path.exists():
            total += int(path.read_text().split()[1])
    return total / 1e6
