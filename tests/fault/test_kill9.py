"""The short form of ``python -m tests.fault.kill9``."""

import os
from pathlib import Path

import pytest

from tests.fault.kill9 import run, table

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]


async def test_kill_9_under_load_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    report = await run(tmp_path, rounds=int(os.environ.get("AGORA_FAULT_ROUNDS", "3")))
    print(table(report))
    assert not report.failures(), table(report)
    assert report.acknowledged > 100
    assert report.resumed + report.identified_again >= report.rounds
    assert report.identified_again == 0, "the client had to identify again: it may have missed events"
