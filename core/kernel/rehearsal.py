"""Trying the migrations of a plugin on a copy of the data: up, down, up again. The real database is only read."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

from core.data.tools import run_tool
from core.types.tracing import place

from .migrations import Chain, downgrade
from .upgrade import MigrationFault, move

_NAMES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a rehearsal; `fault` is empty when it went well."""

    name: str
    seconds: float
    fault: str = ""


@dataclass(slots=True)
class Rehearsal:
    """What a rehearsal found."""

    plugin: str
    acts: list[Act] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(not act.fault for act in self.acts)


def rehearse(owner_url: str, chain: Chain, *, maker_url: str = "") -> Rehearsal:
    """Copy the database, run the plugin's pending migrations on the copy, take them back, run them again, drop it.

    Args:
        owner_url: of the owner of the tables.
        maker_url: of who may create databases, if that is somebody else.

    Returns:
        each act with its time; the first fault ends the rehearsal.
    """
    report = Rehearsal(chain.name)
    with _copy(owner_url, maker_url or owner_url, report) as engine:
        if engine is not None:
            _play(engine, chain, report)
    return report


def rounds(engine: Engine, chain: Chain) -> list[Act]:
    """Up, down and up again on a database that nobody needs; as far as it goes well."""
    report = Rehearsal(chain.name)
    _play(engine, chain, report)
    return report.acts


def _play(engine: Engine, chain: Chain, report: Rehearsal) -> None:
    with engine.connect() as connection:
        before = _revision(connection, chain)
        rows = _rows(connection, chain)
    shape = _shape(engine)

    def back() -> None:
        with engine.begin() as connection:
            downgrade(connection, chain, before or "base")
        if _shape(engine) != shape:
            raise MigrationFault("going down does not restore the tables as they were")

    def forward() -> None:
        with engine.begin() as connection:
            move(connection, chain)
            changed = {name for name, count in _rows(connection, chain).items() if rows.get(name) != count}
        if changed:
            raise MigrationFault(f"rows of other tables came or went: {', '.join(sorted(changed))}")

    for name, step in (("up", forward), ("down", back), ("up again", forward)):
        if not _act(report, name, step):
            return


def _act(report: Rehearsal, name: str, step: Callable[[], None]) -> bool:
    began = time.perf_counter()
    fault = ""
    try:
        step()
    except Exception as error:
        fault = str(error) if isinstance(error, MigrationFault) else place(error)
    report.acts.append(Act(name, time.perf_counter() - began, fault))
    return not fault


@contextmanager
def _copy(owner_url: str, maker_url: str, report: Rehearsal) -> Iterator[Engine | None]:
    """A copy of the database, dropped at the end whatever happens."""
    name = f"{make_url(owner_url).database}_rehearsal_{os.getpid()}"
    owner = make_url(owner_url).username
    keeper = create_engine(maker_url, isolation_level="AUTOCOMMIT")
    engine = create_engine(make_url(owner_url).set(database=name))

    def make() -> None:
        with keeper.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE template0')
        with tempfile.TemporaryDirectory(prefix="truong-rehearsal-") as folder:
            dump = Path(folder) / "data"
            run_tool("pg_dump", "--format=directory", "--jobs=2", f"--file={dump}", url=maker_url)
            run_tool("pg_restore", "--jobs=2", "--exit-on-error", f"--dbname={name}", str(dump), url=maker_url)

    try:
        yield engine if _act(report, "copy", make) else None
    finally:
        engine.dispose()
        with keeper.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        keeper.dispose()


def _revision(connection: Connection, chain: Chain) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": chain.version_table}).get_current_revision()


def _rows(connection: Connection, chain: Chain) -> dict[str, int]:
    """Rows of every table that is not the plugin's."""
    names = [name for name in connection.execute(_NAMES).scalars() if not name.startswith(f"{chain.name}_")]
    return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}  # noqa: S608


def _shape(engine: Engine) -> str:
    """The tables as text, without what pg_dump draws anew each time."""
    url = engine.url.render_as_string(hide_password=False)
    dump = run_tool("pg_dump", "--schema-only", "--exclude-table=*_version", url=url).decode()
    return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
