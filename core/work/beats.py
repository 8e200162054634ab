"""Which worker processes run: each says so every few seconds."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

EVERY = 5.0
"""Seconds between two beats."""
SILENT = timedelta(seconds=30)
"""A worker that has not been heard of for so long counts as gone."""

_BEAT = text("""
    INSERT INTO core_worker (id, host, threads) VALUES (:id, :host, :threads)
    ON CONFLICT (id) DO UPDATE SET seen_at = now()
""")
_LEAVE = text("DELETE FROM core_worker WHERE id = :id OR seen_at < now() - interval '1 day'")
_ALIVE = text("""
    SELECT id, host, threads, started_at, seen_at FROM core_worker
    WHERE seen_at > now() - make_interval(secs => :silent) ORDER BY started_at, id
""")


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker that was heard of lately."""

    id: UUID
    host: str
    """Machine and process, `hn-1:4711`."""
    threads: int
    started_at: datetime
    seen_at: datetime


def beat(connection: Connection, worker: UUID, threads: int) -> None:
    """Say that the worker runs."""
    values = {"id": worker, "host": f"{socket.gethostname()}:{os.getpid()}", "threads": threads}
    connection.execute(_BEAT, values)


def leave(connection: Connection, worker: UUID) -> None:
    """Say that it stops; what others left behind a day ago goes too."""
    connection.execute(_LEAVE, {"id": worker})


def alive(connection: Connection) -> list[WorkerSeen]:
    """Workers that were heard of within `SILENT`."""
    rows = connection.execute(_ALIVE, {"silent": SILENT.total_seconds()})
    return [WorkerSeen(*row) for row in rows]
