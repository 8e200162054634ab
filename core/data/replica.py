"""A replica for reports, exports and figures: one door, and the primary whenever the replica will not do.

Only what may be a little late and changes nothing goes through the door. It is the same on an installation without a
replica: there too a statement that writes is refused, so that nobody finds out in a province's production.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, cast

from sqlalchemy import Connection, Row, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from .context import Context

log = logging.getLogger(__name__)
REST = 30.0
"""Seconds for which a replica that did not answer is not asked again."""
_CONNECT = 3
_LATE = text(
    "SELECT pg_is_in_recovery() AS follows, pg_last_wal_replay_lsn()::text AS place,"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS late"
)
_PLACE = text("SELECT pg_current_wal_lsn() <= CAST(:place AS pg_lsn)")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a replica stands: for health, metrics and the operator."""

    state: Literal["ok", "late", "down"]
    """`late` and `down` are left out by `reading`."""
    why: str = ""
    """Why it is left out, in words for a log."""
    seconds: float | None = None
    """Since the newest change that it has replayed, 0 when it has replayed everything; None when it cannot say."""


_SILENT = Standing("down", "it does not answer")


class _Source(Protocol):
    """A session that knows its replica (`core.data.session.ScopedSession`)."""

    replica: Replica | None

    def on_replica(self, found: Replica) -> Session:
        """A session of the same school on the replica."""
        ...


class Replica:
    """A server that follows the primary by streaming. Thread-safe."""

    def __init__(self, url: str, longest_lag: float) -> None:
        """Open nothing yet.

        Args:
            url: for the role truong_app, as the primary's; a pooler in transaction mode will do.
            longest_lag: seconds by which it may be behind.
        """
        self.longest_lag = longest_lag
        self._asked_again = 0.0
        self.engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=4,
            pool_pre_ping=True,  # it may be restarted at any time, and nobody should notice
            pool_timeout=_CONNECT,
            hide_parameters=True,
            connect_args={"prepare_threshold": None, "connect_timeout": _CONNECT},
        )

    @property
    def resting(self) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < self._asked_again

    def unfit(self, near: Session, far: Session) -> str:
        """Why the replica cannot be read now; empty when it can.

        Args:
            near: a session on the primary, which says whether there was anything to replay.
        """
        found = far.execute(_LATE).one()
        if found.late is not None and found.follows and found.late <= self.longest_lag:
            return ""
        # Nothing was replayed lately: fine as long as nothing was written.
        return self._judge(found, near.connection()).why

    def standing(self, near: Connection) -> Standing:
        """How far it is now; one that did not answer a moment ago is not waited for again.

        Args:
            near: a connection to the primary.
        """
        if self.resting:
            return _SILENT
        try:
            with self.engine.connect() as far:
                return self._judge(far.execute(_LATE).one(), near)
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and not (error.connection_invalidated or _unreachable(error)):
                raise
            self.rest()
            return _SILENT

    def _judge(self, found: Row[Any], near: Connection) -> Standing:
        if not found.follows:
            return Standing("down", "it follows no primary")
        if found.place and near.execute(_PLACE, {"place": found.place}).scalar_one():
            return Standing("ok", seconds=0.0)
        late = None if found.late is None else max(float(found.late), 0.0)
        if late is None or late > self.longest_lag:
            return Standing("late", f"it is more than {self.longest_lag:.0f} s behind", late)
        return Standing("ok", seconds=late)

    def rest(self) -> None:
        """Leave it alone for a while."""
        self._asked_again = time.monotonic() + REST

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def reading(ctx: Context) -> Iterator[Context]:
    """The same school, actor and clock for a report, an export or a figure: on the replica where there is one.

    What it reads may be a little late, so never use it for a page that must show what was just written. Nothing can be
    written through it, wherever it leads. When the replica is down or too far behind, the primary is read and a
    warning is logged.

    Raises:
        sqlalchemy.exc.InternalError: for a statement that writes.
    """
    far = _far(ctx)
    if far is not None:
        with far:
            yield replace(ctx, session=far)
        return
    # Undone at the end, and with it the prohibition; there is nothing else to undo.
    savepoint = ctx.session.begin_nested()
    try:
        ctx.session.execute(text("SET LOCAL transaction_read_only = on"))
        yield ctx
    finally:
        if savepoint.is_active:
            savepoint.rollback()


def _far(ctx: Context) -> Session | None:
    """A session on the replica, when it is there and near enough."""
    source = cast("_Source", ctx.session)
    found = source.replica
    if found is None or found.resting:
        return None
    session = source.on_replica(found)
    try:
        why = found.unfit(ctx.session, session)
    except OperationalError as error:
        if error.connection_invalidated or _unreachable(error):
            why = "it does not answer"
        else:
            session.close()
            raise
        found.rest()
    except BaseException:
        session.close()
        raise
    if not why:
        return session
    session.close()
    log.warning("the replica is not used, the primary serves reports: %s", why)
    return None


def _unreachable(error: DBAPIError) -> bool:
    """Whether no connection came about: the driver has no SQLSTATE then, or the server says that it is not ready."""
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("57P", "08", "53"))
