"""One contender in a process of its own, so that its memory is its own: `python -m …bench.child NAME MODEL < plan.json`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec

from agora.domains.operations.bench.contenders import build_contender
from agora.domains.operations.bench.drive import Drive
from agora.domains.operations.bench.room import Plan


def main() -> None:
    """Writes the outcome to standard output, as JSON."""
    name, model = sys.argv[1], Path(sys.argv[2])
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    outcome = asyncio.run(Drive(build_contender(name, model, plan), plan).run(name))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
