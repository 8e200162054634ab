"""Numbers for Prometheus: requests counted by every process, the rest read from the database when somebody asks.

The library decides at its import whether several processes share their numbers (`PROMETHEUS_MULTIPROC_DIR`), so it is
imported when the first number is needed, after `truong web` has said so.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from core.data.session import Database
from core.kernel.registry import Registry
from core.kernel.states import PluginState
from core.types.actor import system_actor
from core.work import beats

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.core import Metric

SHARED = "PROMETHEUS_MULTIPROC_DIR"
FRESH = 10.0
"""Seconds for which what was read from the database is given again, however many ask."""
_ACTOR = system_actor("metrics")
_JOBS = text("""
    SELECT task, state, count(*) AS n,
           COALESCE(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'waiting' AND run_at <= now())), 0)
               AS oldest
    FROM (SELECT task, state, run_at FROM core_job WHERE state = 'waiting'
          UNION ALL SELECT task, state, run_at FROM core_job WHERE state = 'running'
          UNION ALL SELECT task, state, run_at FROM core_job WHERE state = 'failed') AS job
    GROUP BY task, state
""")
# Ids are made in the order of time, so a day of them is a range of the primary key.
_PAYMENTS = text("""
    SELECT status, count(*) AS n FROM core_payment_attempt
    WHERE id >= (SELECT uuidv7(interval '-1 day')) GROUP BY status
""")
_WEBHOOKS = text("""
    SELECT state, count(*) AS n FROM core_webhook_message
    WHERE id >= (SELECT uuidv7(interval '-1 day')) GROUP BY state
""")


class Requests:
    """What this process, or all processes together, have answered."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._registry = CollectorRegistry()
        self._count: Counter = Counter(
            "truong_requests",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds: Histogram = Histogram(
            "truong_request_seconds",
            "Seconds that requests took, by route.",
            ("route",),
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
            registry=self._registry,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one. `route` is the template, `/learners/<uuid:id>`, never the address itself."""
        key = (method, route, status)
        known = self._known.get(key)
        if known is None:  # finding a number by its labels costs more than counting
            known = self._known[key] = (self._count.labels(method, route, str(status)), self._seconds.labels(route))
        count, taken = known
        count.inc()
        taken.observe(seconds)

    def registry(self) -> CollectorRegistry:
        """A registry with the numbers of all processes."""
        if SHARED not in os.environ:
            return self._registry
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared


@cache
def requests() -> Requests:
    """The counters of this process."""
    return Requests()


class Installation:
    """Jobs, workers, plugins, payments and the pool, for one scrape."""

    def __init__(self, db: Database, registry: Registry) -> None:
        self._db, self._registry = db, registry
        self._lock = threading.Lock()
        self._read_at = -FRESH
        self._kept: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """The interface of prometheus_client's collectors."""
        yield from self._program()
        with self._lock:
            if time.monotonic() >= self._read_at + FRESH or not self._kept:
                self._kept, self._read_at = list(self._database()), time.monotonic()
            yield from self._kept

    def _program(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        states = ("plugin", "state")
        plugins = GaugeMetricFamily("truong_plugin_state", "1 for the state of each plugin.", labels=states)
        degraded = self._registry.containment.degraded()
        for plugin in self._registry.plugins:
            lame = plugin.usable and plugin.name in degraded
            plugins.add_metric((plugin.name, (PluginState.DEGRADED if lame else plugin.state).value), 1)
        yield plugins
        pool = self._db.engine.pool
        if isinstance(pool, QueuePool):
            connections = GaugeMetricFamily(
                "truong_database_connections", "Connections of the process that answers.", labels=("state",)
            )
            connections.add_metric(("in_use",), pool.checkedout())
            connections.add_metric(("idle",), pool.checkedin())
            yield connections

    def _database(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        up = GaugeMetricFamily("truong_database_up", "1 when the database answers.")
        try:
            with self._db.all_schools(_ACTOR) as ctx:
                found = list(self._rows(ctx.session.connection()))
        except SQLAlchemyError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from found

    def _rows(self, connection: Connection) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        jobs = GaugeMetricFamily(
            "truong_jobs", "Jobs that are not over; failed ones wait for a person.", labels=("task", "state")
        )
        oldest = GaugeMetricFamily(
            "truong_job_oldest_seconds", "How long the oldest job that is due has waited.", labels=("task",)
        )
        for row in connection.execute(_JOBS):
            jobs.add_metric((row.task, row.state), row.n)
            if row.state == "waiting":
                oldest.add_metric((row.task,), float(row.oldest))
        yield jobs
        yield oldest
        workers = GaugeMetricFamily("truong_workers", "Workers that were heard of lately.")
        workers.add_metric((), len(beats.alive(connection)))
        yield workers
        payments = GaugeMetricFamily(
            "truong_payments_day", "Payment attempts of the last 24 hours.", labels=("status",)
        )
        for row in connection.execute(_PAYMENTS):
            payments.add_metric((row.status,), row.n)
        yield payments
        webhooks = GaugeMetricFamily("truong_webhooks_day", "Webhook messages of the last 24 hours.", labels=("state",))
        for row in connection.execute(_WEBHOOKS):
            webhooks.add_metric((row.state,), row.n)
        yield webhooks
        if self._db.replica:
            standing = self._db.replica.standing(connection)
            read = GaugeMetricFamily("truong_replica_up", "1 when reports are read on the replica.")
            read.add_metric((), float(standing.state == "ok"))
            yield read
            if standing.seconds is not None:
                lag = GaugeMetricFamily("truong_replica_lag_seconds", "How far the replica is behind the primary.")
                lag.add_metric((), standing.seconds)
                yield lag


def exposition(installation: Installation) -> bytes:
    """Everything in Prometheus' text format, version 0.0.4."""
    from prometheus_client import CollectorRegistry, generate_latest

    own = CollectorRegistry()
    own.register(installation)
    return generate_latest(requests().registry()) + generate_latest(own)
