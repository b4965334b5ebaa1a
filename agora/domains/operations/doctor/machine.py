"""Checks of the machine and of the port."""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from agora.domains.operations.doctor.finding import Finding, failed, ok, warning

OLDEST_PYTHON = (3, 11)
# Five agents with model and embeddings take up to 1.2 GB; less than half of it free means swapping.
LITTLE_MEMORY = 600 << 20
LITTLE_DISK = 512 << 20
NO_DISK = 64 << 20


def check_machine(data: Path) -> Iterator[Finding]:
    """Python, memory, cores and the disk of the data folder."""
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        yield failed("python", f"Python {version} is too old.", "Install Python 3.11 or newer and run make serve again.")
    else:
        yield ok("python", f"Python {version} on {platform.system()} {platform.machine()}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = psutil.virtual_memory()
    what = f"{memory.available >> 20} MiB of {memory.total >> 20} MiB memory free, {cores} cores"
    if memory.available < LITTLE_MEMORY:
        yield warning("memory", what, "Close other programs, or choose a smaller model with agora model use.")
    else:
        yield ok("memory", what)
    yield _check_disk(data)


def _check_disk(data: Path) -> Finding:
    folder = data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    what = f"{free >> 20} MiB free for the data folder"
    if free < NO_DISK:
        return failed("disk", what, "Free some space, or move the data folder with --data.")
    if free < LITTLE_DISK:
        return warning("disk", what, "Free some space soon.")
    return ok("disk", what)


def check_port(host: str, port: int, data: Path) -> Finding:
    """Whether ``agora serve`` could listen; a running Agora on this data folder may hold the port."""
    if port == 0:
        return ok("port", f"any free port of {host}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and is_serving(data):
            return ok("port", f"Agora is serving this data folder (port {port} is taken)")
        cure = f"Stop what uses it, or take another: agora config set server.port {port + 1}."
        return failed("port", f"Port {port} of {host} cannot be used ({error.strerror or error}).", cure)
    return ok("port", f"{host} port {port} is free")


def is_serving(data: Path) -> bool:
    """Whether a server holds the lock of this data folder."""
    try:
        with (data / "agora.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
