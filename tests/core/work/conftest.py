"""Jobs of this folder's tests leave their traces in a small table of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from core.data.embedded import database_url
from core.data.session import Database
from core.types.actor import Actor

from .processes import Processes


@pytest.fixture
def traces(server: str, db: Database) -> Callable[[], list[str]]:
    """Makes the table `trace` and reads it: what handlers have committed, in order."""
    engine = create_engine(database_url(server, db.engine.url.database or "", "truong_owner"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE trace (id bigserial, note text)"))
        connection.execute(text("GRANT ALL ON trace, trace_id_seq TO truong_app, truong_system"))
    engine.dispose()

    def read() -> list[str]:
        with db.engine.begin() as connection:
            return list(connection.execute(text("SELECT note FROM trace ORDER BY id")).scalars())

    return read


@pytest.fixture
def processes(db: Database) -> Iterator[Processes]:
    """Starts worker processes and kills those that are left at the end."""
    running = Processes(db.url)
    yield running
    running.kill_all()


class FakeClock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 5, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def teacher() -> Actor:
    """Somebody with an account and no permission."""
    return Actor(kind="account", name="Cô Lan", account_id=UUID(int=7))
