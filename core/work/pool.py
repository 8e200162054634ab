"""The worker's process: threads that run jobs, one that keeps the leases, and the main one that listens.

Threads take jobs in batches, because asking the database for each small job costs as much as the job. What no
thread can start soon is given back: nothing waits behind a long job while another worker is idle.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError

from . import beats, leases
from .leases import Lease
from .queue import CHANNEL

if TYPE_CHECKING:
    from .worker import Worker

log = logging.getLogger(__name__)

BATCH = 50
POLL = 1.0
"""Seconds between two looks for jobs whose moment has come, for lost leases and for schedules."""
PATIENCE = 1.0
"""Seconds that a taken job may wait for a thread before it is given back."""
GRACE = 20.0
"""Seconds that running jobs have to finish after `stop`; then their next report of progress ends them."""
LAST = 25.0
"""Seconds after `stop` when the process goes in any case; the leases of what still runs then run out."""


class Pool:
    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._ready: deque[tuple[float, Lease]] = deque()
        self._held: dict[UUID, timedelta] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._stopped_at: float | None = None
        self._beaten = -beats.EVERY

    def stop(self) -> None:
        """Only an assignment, because a signal handler calls it."""
        self._stopped_at = self._stopped_at or time.monotonic()

    @property
    def interrupting(self) -> bool:
        return self._stopped_at is not None and time.monotonic() > self._stopped_at + GRACE

    def run(self) -> None:
        """Work until `stop()`."""
        threads = [
            threading.Thread(target=self._work, name=f"job-{n}", daemon=True) for n in range(self._worker.threads)
        ]
        keeper = threading.Thread(target=self._keep, name="leases", daemon=True)
        for thread in (*threads, keeper):
            thread.start()
        log.info("worker %s runs with %d threads", self._worker.id, len(threads))
        while self._stopped_at is None:
            try:
                self._watch() if self._worker.db.pooler else self._listen()
            except (DBAPIError, psycopg.Error) as error:
                log.error("the database does not answer (%s); trying again", type(error).__name__)
                time.sleep(POLL)
            except Exception:
                log.exception("looking for work failed; trying again")
                time.sleep(POLL)
        self._give_back(older_than=0)
        for thread in threads:
            thread.join(max(0.0, self._stopped_at + LAST - time.monotonic()))
        self._ended.set()
        self._leave()
        log.info("worker %s has stopped", self._worker.id)

    def _listen(self) -> None:
        """Wake the threads at each notice; look after lost leases and schedules between notices."""
        engine = self._worker.db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            raw = cast("psycopg.Connection[tuple[object, ...]]", connection.connection.driver_connection)
            connection.detach()  # a connection that listens never goes back to the pool
            looked = 0.0
            while self._stopped_at is None:
                if time.monotonic() > looked + POLL:
                    self._look()
                    looked = time.monotonic()
                for _notice in raw.notifies(timeout=POLL, stop_after=1):
                    self._wake.set()

    def _watch(self) -> None:
        """Without notices, which a pooler in transaction mode does not pass on: look again and again."""
        while self._stopped_at is None:
            self._look()
            self._ended.wait(POLL)

    def _look(self) -> None:
        self._take_over()
        self._worker.tick()
        self._beat()
        self._wake.set()

    def _beat(self) -> None:
        if time.monotonic() > self._beaten + beats.EVERY:
            self._beaten = time.monotonic()
            with self._worker.db.engine.begin() as connection:
                beats.beat(connection, self._worker.id, self._worker.threads)

    def _leave(self) -> None:
        try:
            with self._worker.db.engine.begin() as connection:
                beats.leave(connection, self._worker.id)
        except (DBAPIError, psycopg.Error) as error:
            log.warning("the worker could not say goodbye (%s)", type(error).__name__)

    def _take_over(self) -> None:
        """Lease jobs of workers that have gone silent, unless the threads are busy anyway."""
        with self._lock:
            if not self._ready and len(self._held) < self._worker.threads:
                self._hold(self._worker.take(BATCH, expired=True))

    def _work(self) -> None:
        """One thread: run jobs while there are any, sleep until woken otherwise."""
        while self._stopped_at is None:
            try:
                lease = self._next()
                if lease is None:
                    self._wake.wait(POLL)
                    continue
                try:
                    self._worker.runner.run(lease)
                finally:
                    with self._lock:
                        self._held.pop(lease.id, None)
            except (DBAPIError, psycopg.Error) as error:
                log.error("the database does not answer (%s); the job's lease will end", type(error).__name__)
                time.sleep(POLL)
            except Exception:
                log.exception("a job thread met an error of its own")
                time.sleep(POLL)

    def _next(self) -> Lease | None:
        with self._lock:
            if not self._ready and self._wake.is_set():
                # One thread looks for all; when it finds something, there may be more.
                self._wake.clear()
                self._hold(self._worker.take(BATCH))
            return self._ready.popleft()[1] if self._ready else None

    def _hold(self, taken: list[Lease]) -> None:
        moment = time.monotonic()
        for lease in taken:
            self._held[lease.id] = self._worker.leases[lease.task]
            self._ready.append((moment, lease))
        if taken:
            self._wake.set()

    def _keep(self) -> None:
        """Renew leases at a third of the shortest one; give back what waits too long for a thread."""
        renewed = time.monotonic()
        while not self._ended.wait(0.2):
            try:
                if self._stopped_at is None:
                    self._give_back(older_than=PATIENCE)
                with self._lock:
                    held = dict(self._held)
                shortest = min(held.values(), default=leases.DEFAULT_LEASE).total_seconds()
                if held and time.monotonic() > renewed + shortest / 3:
                    renewed = time.monotonic()
                    with self._worker.db.engine.begin() as connection:
                        leases.renew(connection, self._worker.id, held)
            except Exception:
                log.exception("leases could not be renewed; trying again")

    def _give_back(self, *, older_than: float) -> None:
        with self._lock:
            late = [lease for moment, lease in self._ready if time.monotonic() >= moment + older_than]
            if not late:
                return
            self._ready.clear()  # all were taken at once, so all are late
            for lease in late:
                del self._held[lease.id]
            with self._worker.db.engine.begin() as connection:
                leases.release(connection, self._worker.id, [lease.id for lease in late])
