"""Sessions with both walls of tenancy up (design, section 4).

The first wall is here: each ORM statement on a school's table is limited to the school of the session, and a new row
takes that school or is refused. The second is the database's: `app.school_id` is set for the transaction and row-level
security compares it. A context over all schools has to be asked for by name and switches to another database role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.rows import TupleRow
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.pool import QueuePool

from core.types.actor import Actor
from core.types.clock import Clock, utc_now

from .base import SchoolOwned
from .context import Context
from .replica import Replica

SYSTEM_ROLE = "truong_system"
_SET_SYSTEM = f"SET LOCAL ROLE {SYSTEM_ROLE}"


class ScopedSession(Session):
    """A session that belongs to one school, or to the system."""

    def __init__(
        self, bind: Engine | Connection, school: UUID | None, *, walled: bool = False, replica: Replica | None = None
    ) -> None:
        super().__init__(bind, expire_on_commit=False, autoflush=True)
        self.school = school
        self.walled = walled
        """Whether the transaction that is about to begin stands behind its wall already."""
        self.replica = replica
        """Where `core.data.replica.reading` may go."""

    def on_replica(self, found: Replica) -> ScopedSession:
        """A session of the same school on the replica; both walls stand there too."""
        return ScopedSession(found.engine, self.school)


@event.listens_for(ScopedSession, "after_begin")
def _raise_second_wall(session: ScopedSession, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    if session.walled:
        session.walled = False
        return
    wall = _SET_SYSTEM if session.school is None else f"SET LOCAL app.school_id = '{UUID(int=session.school.int)}'"
    # Straight on the library and in one round trip: it runs in every transaction, and SQLAlchemy's way costs five times
    # as much.
    library = cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection).pgconn
    if library.transaction_status == TransactionStatus.IDLE:
        if library.exec_(f"BEGIN;{wall}".encode()).status == ExecStatus.COMMAND_OK:
            return
        library.exec_(b"ROLLBACK")
    # A lost server: let SQLAlchemy meet it too, so that it empties the pool and raises its own error.
    connection.exec_driver_sql(wall)


@event.listens_for(ScopedSession, "do_orm_execute")
def _limit_to_school(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, ScopedSession) or session.school is None:
        return
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        school = session.school
        state.statement = state.statement.options(
            with_loader_criteria(SchoolOwned, lambda cls: cls.school_id == school, include_aliases=True)
        )


@event.listens_for(ScopedSession, "before_flush")
def _stamp_school(session: ScopedSession, context: UOWTransaction, instances: object) -> None:
    if session.school is None:
        return
    for row in session.new:
        if isinstance(row, SchoolOwned):
            if row.school_id is None:  # pyright: ignore[reportUnnecessaryComparison]  (unset before the flush)
                row.school_id = session.school
            elif row.school_id != session.school:
                raise PermissionError(f"a {type(row).__name__} of another school in this session")


class Database:
    """The pool of one installation and the only way to open a context."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        max_overflow: int = 8,
        pooler: bool = False,
        replica: Replica | None = None,
        **options: Any,
    ) -> None:
        """Open nothing yet.

        Args:
            pooler: the address is a pooler's in transaction mode. It gives each transaction to another connection of
                the server, so nothing may live longer: no prepared statements, no settings of the connection (the role
                has them, `core.data.ddl`). Tenancy holds anyway: both walls are `SET LOCAL`.
            replica: where `core.data.replica.reading` may go.
        """
        self.url, self.pooler, self.replica = url, pooler, replica
        plain: dict[str, Any] = {"options": "-c timezone=UTC -c lock_timeout=10s", "prepare_threshold": 3}
        self.engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_pre_ping=False,
            hide_parameters=True,  # values of persons never reach a log
            connect_args={"prepare_threshold": None} if pooler else plain,
            **options,
        )

    @contextmanager
    def context(self, actor: Actor, school_id: UUID, *, clock: Clock = utc_now) -> Iterator[Context]:
        """One transaction inside a school: committed at the end, rolled back on any error."""
        with ScopedSession(self.engine, school_id, replica=self.replica) as session, session.begin():
            yield Context(session, actor, school_id, clock)

    @contextmanager
    def all_schools(self, actor: Actor, *, clock: Clock = utc_now) -> Iterator[Context]:
        """One transaction over all schools, for sign-in, the worker and the operator's commands."""
        with ScopedSession(self.engine, None, replica=self.replica) as session, session.begin():
            yield Context(session, actor, None, clock)

    def enter(self, question: str) -> tuple[Connection, bytes | None]:
        """Begin a transaction with a question that also raises its wall, in one round trip.

        Args:
            question: a SELECT of one value, complete in itself; never made of anything that a person has typed.

        Returns:
            the connection inside its transaction, for `entered` or to be closed; and the value.

        Raises:
            sqlalchemy.exc.OperationalError: when the server is lost.
        """
        connection = self.engine.connect()
        library = cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection).pgconn
        answer = library.exec_(f"BEGIN;{question}".encode())
        if answer.status == ExecStatus.TUPLES_OK:
            return connection, answer.get_value(0, 0)
        try:
            library.exec_(b"ROLLBACK")
            connection.exec_driver_sql(question)  # SQLAlchemy meets the error and raises its own
        finally:
            connection.close()
        raise AssertionError("a question that failed and then did not")

    @contextmanager
    def entered(
        self, connection: Connection, actor: Actor, school_id: UUID, *, clock: Clock = utc_now
    ) -> Iterator[Context]:
        """The transaction that `enter` has begun, inside the school whose wall it has raised."""
        try:
            with self._walled(connection, school_id) as session, session.begin():
                yield Context(session, actor, school_id, clock)
        finally:
            connection.close()

    def _walled(self, connection: Connection, school_id: UUID) -> ScopedSession:
        return ScopedSession(connection, school_id, walled=True, replica=self.replica)

    def close(self) -> None:
        self.engine.dispose()
        if self.replica is not None:
            self.replica.close()
