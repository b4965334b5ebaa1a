"""Metrics in Prometheus' form (https://prometheus.io/docs/instrumenting/exposition_formats/).

A domain declares its metrics as values made here and lists them in ``Domain.metrics``; nothing is registered by importing.
Names start with ``agora_``, seconds and bytes are base units, counters end in ``_total``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.http import Route
    from agora.kernel.writer import Unit

CONTENT_TYPE = CONTENT_TYPE_LATEST
# From a tenth of a millisecond (a cached read) to half a minute (a long answer of a model), in seconds.
SECONDS = (0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def counter(name: str, text: str, labels: Sequence[str] = ()) -> Counter:
    """Something that only grows."""
    return Counter(name, text, labels, registry=None)


def gauge(name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
    """Something that goes up and down, set by the code that knows it."""
    return Gauge(name, text, labels, registry=None)


def histogram(name: str, text: str, labels: Sequence[str] = (), buckets: Sequence[float] = SECONDS) -> Histogram:
    """How values spread, in seconds unless the name says otherwise."""
    return Histogram(name, text, labels, registry=None, buckets=buckets)


class Reading(msgspec.Struct, frozen=True):
    """A gauge that is read from the running app when somebody asks; ``read`` must be quick and must not wait."""

    name: str
    text: str
    read: Callable[[App], float]


HTTP_SECONDS = histogram("agora_http_seconds", "Time to answer an HTTP request", ("method", "route"))
HTTP_REQUESTS = counter("agora_http_requests_total", "HTTP requests answered", ("method", "route", "status"))
WRITE_SECONDS = histogram("agora_write_seconds", "Time of the commit a write was part of", ("name",))
WRITE_ERRORS = counter("agora_write_errors_total", "Writes that were rolled back", ("name",))
WRITE_BATCH = histogram("agora_write_batch", "Writes in one commit", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256))
EGRESS_REFUSED = counter("agora_egress_refused_total", "Connections and look-ups that were not let out", ("kind",))
LOG_LINES = counter("agora_log_lines_total", "Log lines", ("level",))
LOG_DROPPED = counter("agora_log_dropped_total", "Log lines dropped because the output was too slow")
JOBS = counter("agora_jobs_total", "Runs of jobs", ("name", "outcome"))
JOB_SECONDS = histogram("agora_job_seconds", "Time of one run of a job", ("name",))

KERNEL: tuple[MetricWrapperBase | Reading, ...] = (
    HTTP_SECONDS,
    HTTP_REQUESTS,
    WRITE_SECONDS,
    WRITE_ERRORS,
    WRITE_BATCH,
    EGRESS_REFUSED,
    LOG_LINES,
    LOG_DROPPED,
    JOBS,
    JOB_SECONDS,
    Reading("agora_writes_waiting", "Writes that wait for the writer", lambda app: app.db.waiting()),
    Reading("agora_ledger_position", "Position of the newest published event", lambda app: app.ledger.last_seq),
)


class Metrics:
    """All metrics of one app: the kernel's, the process's and the domains'."""

    def __init__(self, app: App) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(namespace="agora", registry=self._registry)
        GCCollector(registry=self._registry)
        declared = [*KERNEL, *(metric for domain in app.domains for metric in domain.metrics)]
        for metric in declared:
            if not isinstance(metric, Reading):
                self._registry.register(metric)
        self._registry.register(_Readings(app, [metric for metric in declared if isinstance(metric, Reading)]))

    def render(self) -> bytes:
        """Everything as text, with content type ``CONTENT_TYPE``."""
        return generate_latest(self._registry)


class _Readings(Collector):
    """Reads the app's gauges at the moment of asking."""

    def __init__(self, app: App, readings: Sequence[Reading]) -> None:
        self._app = app
        self._readings = readings

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return [GaugeMetricFamily(reading.name, reading.text) for reading in self._readings]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for reading in self._readings:
            yield GaugeMetricFamily(reading.name, reading.text, value=reading.read(self._app))


def observe_batch(units: Sequence[Unit], seconds: float) -> None:
    """Count one commit of the writer; ``Database.on_batch`` calls it."""
    WRITE_BATCH.observe(len(units))
    for unit in units:
        name = unit.fn.__name__
        _of_write(name).observe(seconds)
        if unit.error is not None:
            WRITE_ERRORS.labels(name).inc()


def observe_request(route: Route, status: int, seconds: float) -> None:
    """Count one HTTP answer under the route's pattern, never the path, so that the number of series stays small."""
    took, answered = _of_request(route.method, route.path, status)
    took.observe(seconds)
    answered.inc()


# Looking a series up by its labels costs more than counting in it; there are few routes, statuses and writes.
@cache
def _of_request(method: str, path: str, status: int) -> tuple[Histogram, Counter]:
    return HTTP_SECONDS.labels(method, path), HTTP_REQUESTS.labels(method, path, str(status))


@cache
def _of_write(name: str) -> Histogram:
    return WRITE_SECONDS.labels(name)
