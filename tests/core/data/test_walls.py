# ruff: noqa: S608  (names of tables from the catalogue)
"""The second wall alone: raw connections of the application, without the guard of its sessions, against every table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from core.data.embedded import create_database, database_url, drop_database
from core.data.types import new_id
from core.data.walls import gaps

from .walls import Connection, Table, attempts, fill, rows_of, tables

PLANTED = """
CREATE TABLE core_bare (id uuid PRIMARY KEY, school_id uuid NOT NULL);
CREATE TABLE core_wide (id uuid PRIMARY KEY, school_id uuid NOT NULL);
ALTER TABLE core_wide ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON core_wide TO truong_app USING (true) WITH CHECK (school_id = core_current_school());
CREATE POLICY everything ON core_wide TO truong_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON core_bare, core_wide TO truong_app, truong_system;
CREATE VIEW core_window AS SELECT full_name FROM core_person;
GRANT SELECT ON core_window TO truong_app;
"""
UPROOT = "DROP VIEW core_window; DROP TABLE core_bare, core_wide"


@dataclass(frozen=True, slots=True)
class Walled:
    """A database with rows of two schools in every table."""

    url: str
    owner: Connection
    app: Connection
    school: UUID
    other: UUID


@pytest.fixture(scope="module")
def walled(server: str, template: str) -> Iterator[Walled]:
    name = "test_walls"
    create_database(server, name, template=template)
    url = database_url(server, name, "postgres")
    host = str(make_url(url).query["host"])
    with (
        psycopg.connect(host=host, dbname=name, user="postgres", autocommit=True) as owner,
        psycopg.connect(host=host, dbname=name, user="truong_app", autocommit=True) as app,
    ):
        school, other = new_id(), new_id()
        fill(owner, (school, other))
        yield Walled(url, owner, app, school, other)
    drop_database(server, name)


def _through(walled: Walled, mine: UUID | None) -> set[tuple[str, str]]:
    tried = attempts(walled.app, walled.owner, mine, walled.other)
    return {(attempt.kind, attempt.table) for attempt in tried if attempt.went_through}


def test_no_table_is_empty_while_it_is_tested(walled: Walled) -> None:
    found = tables(walled.owner)
    assert len(found) > 40
    assert {table.name.partition("_")[0] for table in found} >= {"core", "learners", "finance"}
    assert [t.name for t in found if not rows_of(walled.owner, t, walled.school)] == []


def test_inside_a_school_nothing_of_another_comes_out_or_goes_in(walled: Walled) -> None:
    assert _through(walled, walled.school) == set()


def test_one_bit_comes_out_of_who_an_account_is_elsewhere(walled: Walled) -> None:
    """What the policies of grants and persons of accounts do not show, a function of the owner answers by yes or no."""
    (account,) = walled.owner.execute(
        "SELECT account_id FROM core_grant WHERE school_id = %s LIMIT 1", [walled.other]
    ).fetchone() or ("",)
    cases = ((account, walled.school, True), (account, walled.other, False), (new_id(), walled.school, False))
    for account, school, expected in cases:
        walled.app.execute("BEGIN")
        walled.app.execute(f"SET LOCAL app.school_id = '{school}'".encode())
        found = walled.app.execute("SELECT core_reaches_further(%s, '-infinity')", [account]).fetchone()
        walled.app.execute("ROLLBACK")
        assert found == (expected,)


def test_outside_of_all_schools_nothing_comes_out_or_goes_in(walled: Walled) -> None:
    assert _through(walled, None) == set()


def test_a_school_reaches_its_own_rows(walled: Walled) -> None:
    """The counter-proof: an application that reached nothing at all would pass the tests above."""
    unseen = []
    for table in tables(walled.owner):
        if not _may_read(walled.app, table):
            continue
        walled.app.execute("BEGIN")
        walled.app.execute(f"SET LOCAL app.school_id = '{walled.school}'".encode())
        seen = walled.app.execute(f"SELECT count(*) FROM {table.name} WHERE {table.key} = '{walled.school}'".encode())
        if seen.fetchone() != (len(rows_of(walled.owner, table, walled.school)),):
            unseen.append(table.name)
        walled.app.execute("ROLLBACK")
    assert unseen == []


def _may_read(app: Connection, table: Table) -> bool:
    return app.execute("SELECT has_table_privilege(%s, 'SELECT')", [table.name]).fetchone() == (True,)


def test_a_table_without_its_wall_is_found(walled: Walled) -> None:
    """Planted faults: a table without policy, one with a policy that lets everybody read, a view of the owner."""
    engine = create_engine(walled.url)
    walled.owner.execute(PLANTED.encode())
    try:
        for table in ("core_bare", "core_wide"):
            for school in (walled.school, walled.other):
                walled.owner.execute(f"INSERT INTO {table} VALUES (uuidv7(), '{school}')".encode())
        through = _through(walled, walled.school)
        with engine.connect() as connection:
            found = gaps(connection)
    finally:
        walled.owner.execute(UPROOT.encode())
        engine.dispose()
    assert {("read", "core_bare"), ("change", "core_bare"), ("bring in", "core_bare"), ("read", "core_wide")} <= through
    assert {gap.partition(":")[0] for gap in found} == {"core_bare", "core_wide", "core_window"}
