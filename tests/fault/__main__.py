"""The long form of all fault suites: ``python -m tests.fault``."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ.setdefault("AGORA_FAULT_ROUNDS", "20")
    sys.exit(pytest.main(["-m", "fault", "tests/fault", "-s", "-q"]))
