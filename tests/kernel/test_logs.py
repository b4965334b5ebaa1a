"""Log lines: JSON for machines, readable for people, never waiting on the loop."""

import io
import json
import logging
import threading
import time

import pytest

from agora.kernel import logs as module
from agora.kernel.logs import Logs, bind
from agora.kernel.metrics import LOG_DROPPED
from agora.kernel.settings import Logging

log = logging.getLogger("agora.test")


def test_json_lines_carry_time_level_facts_and_errors() -> None:
    out = io.StringIO()
    logs = Logs(Logging(level="info", format="json"), out)
    logs.start()
    log.debug("not this")
    with bind(request_id="r1"):
        log.info("hello %s", "ada", extra={"guild_id": 7})
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("failed")
    logs.stop()
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("hello ada", "info", "agora.test")
    assert (first["request_id"], first["guild_id"]) == ("r1", 7)
    assert first["timestamp"].endswith("+00:00")
    assert "request_id" not in second
    assert "ValueError: broken" in second["exception"]


def test_a_line_break_in_a_message_stays_one_line() -> None:
    out = io.StringIO()
    logs = Logs(Logging(format="json"), out)
    logs.start()
    log.warning("two\nlines")
    logs.stop()
    assert len(out.getvalue().splitlines()) == 1


def test_console_form_is_readable() -> None:
    out = io.StringIO()
    logs = Logs(Logging(format="console"), out)
    logs.start()
    log.warning("careful")
    logs.stop()
    assert "careful" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_logging_never_waits_for_a_slow_output(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            gate.wait(10)
            return super().write(text)

    monkeypatch.setattr(module, "MAX_QUEUED", 100)
    dropped = LOG_DROPPED._value.get()
    logs = Logs(Logging(format="json"), Slow())
    logs.start()
    started = time.perf_counter()
    for number in range(300):
        log.info("line %d", number)
    assert time.perf_counter() - started < 2
    assert LOG_DROPPED._value.get() - dropped >= 199
    gate.set()
    logs.stop()


def test_a_broken_output_does_not_stop_the_program() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    logs = Logs(Logging(format="json"), Gone())
    logs.start()
    log.info("into nothing")
    logs.stop()
