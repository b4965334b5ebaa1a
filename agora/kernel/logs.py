"""Logs: one JSON object a line, or a readable line on a terminal. The loop only enqueues; a thread formats and writes.

Code logs through the standard library (``logging.getLogger(__name__)``); facts beside the sentence go in ``extra``
or, for a whole request, through ``bind``.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from agora.kernel.metrics import LOG_DROPPED, LOG_LINES
from agora.kernel.settings import Logging

if TYPE_CHECKING:
    import structlog

MAX_QUEUED = 10_000
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "bound", "taskName"}
_bound: ContextVar[dict[str, Any] | None] = ContextVar("agora_log_facts", default=None)


@contextlib.contextmanager
def bind(**facts: Any) -> Iterator[None]:
    """Add facts, such as ``request_id``, to every line logged inside, also from tasks started inside."""
    token = _bound.set({**(_bound.get() or {}), **facts})
    try:
        yield
    finally:
        _bound.reset(token)


class Logs:
    """The running log output. ``start`` once per process, ``stop`` writes what is queued."""

    def __init__(self, settings: Logging, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._level = settings.level.upper()
        self._as_json = settings.format == "json" or (settings.format == "auto" and not self._stream.isatty())
        self._handler = _Enqueue()
        self._thread = threading.Thread(target=self._run, name="agora-logs", daemon=True)
        self._before: list[logging.Handler] = []

    def start(self) -> None:
        """Take over the root logger."""
        root = logging.getLogger()
        self._before = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]
        for handler in self._before:
            root.removeHandler(handler)
        root.addHandler(self._handler)
        root.setLevel(self._level)
        for chatty in ("alembic", "asyncio"):  # they tell at each start what kind of database and selector they use
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued and give the root logger back."""
        root = logging.getLogger()
        root.removeHandler(self._handler)
        for handler in self._before:
            root.addHandler(handler)
        self._handler.lines.put(None)
        self._thread.join()

    @cached_property
    def _formatter(self) -> structlog.stdlib.ProcessorFormatter:
        # made by the thread for the first line: the library brings so much along that the start would wait for it
        return build_formatter(as_json=self._as_json)

    def _run(self) -> None:
        while (record := self._handler.lines.get()) is not None:
            try:
                self._stream.write(self._formatter.format(record) + "\n")
                if self._handler.lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):
                LOG_DROPPED.inc()  # the terminal or pipe is gone; there is nowhere left to say so
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


class _Enqueue(logging.Handler):
    """Hands records to the thread; drops and counts them when the output is too slow."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        LOG_LINES.labels(record.levelname.lower()).inc()
        if self.lines.qsize() >= MAX_QUEUED:
            LOG_DROPPED.inc()
            return
        record.bound = _bound.get()
        record.msg, record.args = record.getMessage(), None  # arguments may change before the thread comes to it
        self.lines.put(record)

    def createLock(self) -> None:
        """No lock: the queue has its own, and a writer thread must not wait for the loop."""
        self.lock = None


def build_formatter(*, as_json: bool) -> structlog.stdlib.ProcessorFormatter:
    """structlog's formatter for records of the standard library."""
    import structlog

    ending: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        ending += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        ending.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            _take_time,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _take_facts,
        ],
        processors=ending,
    )


def _take_time(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The moment of logging, not of writing."""
    from datetime import UTC, datetime

    record: logging.LogRecord = event["_record"]
    event["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return event


def _take_facts(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = event["_record"]
    event.update(getattr(record, "bound", None) or {})
    event.update({key: value for key, value in record.__dict__.items() if key not in _PLAIN})
    return event
