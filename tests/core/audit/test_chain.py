"""The chain is complete and gapless, and every tampering is found, even a superuser's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from core import audit
from core.audit.chain import FaultKind
from core.data.session import Database
from core.data.types import new_id
from core.types.actor import Actor

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def superuser(server: str, db: Database) -> Iterator[psycopg.Connection]:
    name = make_url(db.url).database
    with psycopg.connect(server, dbname=name, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # what a superuser can do: no triggers
        yield connection


@pytest.fixture
def chain(db: Database, school: UUID, system: Actor) -> UUID:
    """A school whose chain has five linked entries."""
    with db.context(system, school) as ctx:
        for number in range(5):
            audit.record(ctx, "thing.changed", target=("thing", str(number)), detail={"n": number})
    with db.context(system, school) as ctx:
        assert audit.link(ctx) == 5
    return school


def _faults(db: Database, school: UUID, system: Actor) -> set[FaultKind]:
    with db.context(system, school) as ctx:
        (report,) = audit.verify(ctx)
    return {fault.kind for fault in report.faults}


def test_chains_of_schools_and_of_the_installation_are_apart(
    db: Database, chain: UUID, other_school: UUID, system: Actor
) -> None:
    with db.context(system, other_school) as ctx:
        audit.record(ctx, "thing.changed", target=("thing", "1"))
    with db.all_schools(system) as ctx:
        audit.record(ctx, "school.created", target=("school", other_school))
        audit.record(ctx, "identity.signed_in", target=("account", new_id()), school_id=other_school)
    with db.all_schools(system) as ctx:
        reports = {report.school_id: report for report in audit.verify(ctx)}
    assert {school: report.entries for school, report in reports.items()} == {
        chain: 5,
        other_school: 2,
        None: 1,
    }
    assert all(report.ok for report in reports.values())
    with db.context(system, other_school) as ctx:
        (report,) = audit.verify(ctx)
        assert (report.school_id, report.entries) == (other_school, 2)
        assert ctx.session.execute(text("SELECT count(*) FROM core_audit")).scalar_one() == 2


def test_an_entry_lives_and_dies_with_its_transaction(db: Database, school: UUID, system: Actor) -> None:
    with pytest.raises(ZeroDivisionError), db.context(system, school) as ctx:
        audit.record(ctx, "thing.changed", target=("thing", "1"))
        raise ZeroDivisionError
    with db.context(system, school) as ctx:
        assert audit.history(ctx, ("thing", "1")) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE core_audit SET detail = '{\"n\": 7}' WHERE seq = 3", {"changed"}),
        ("UPDATE core_audit SET actor_name = 'somebody else' WHERE seq = 1", {"changed"}),
        ("UPDATE core_audit SET at = at + interval '1 microsecond' WHERE seq = 5", {"changed"}),
        ("UPDATE core_audit SET entry_hash = sha256('x') WHERE seq = 2", {"changed", "broken"}),
        ("DELETE FROM core_audit WHERE seq = 3", {"missing"}),
        ("DELETE FROM core_audit WHERE seq = 1", {"missing"}),
        ("DELETE FROM core_audit WHERE seq = 5", {"tail"}),
        ("DELETE FROM core_audit", {"tail"}),
        (
            "WITH a AS (SELECT * FROM core_audit WHERE seq = 2), "
            "b AS (SELECT * FROM core_audit WHERE seq = 3) "
            "UPDATE core_audit c SET id = s.id, at = s.at, target_id = s.target_id, detail = s.detail, "
            "entry_hash = s.entry_hash FROM (SELECT 3 AS place, a.* FROM a UNION ALL SELECT 2, b.* FROM b) s "
            "WHERE c.seq = s.place",
            {"broken"},
        ),
        (
            "INSERT INTO core_audit (seq, prev_hash, hash, id, school_id, at, actor_kind, actor_name, action,"
            " target_type, target_id, detail, entry_hash) SELECT 6, hash, sha256('x'), uuidv7(), school_id,"
            " at, 'system', 'x', 'x', 'x', 'x', '{}', entry_hash FROM core_audit WHERE seq = 5",
            {"changed", "broken", "tail"},
        ),
        ("UPDATE core_audit_head SET seq = 4", {"tail"}),
    ],
)
def test_a_superusers_tampering_is_found(
    db: Database, chain: UUID, system: Actor, superuser: psycopg.Connection, statement: str, found: set[str]
) -> None:
    assert _faults(db, chain, system) == set()
    if "WITH a AS" in statement:
        superuser.execute("ALTER TABLE core_audit DROP CONSTRAINT uq_core_audit_id")
    superuser.execute(statement.encode())
    assert _faults(db, chain, system) == found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_audit SET action = 'nothing'",
        "DELETE FROM core_audit",
        "TRUNCATE core_audit",
        "UPDATE core_audit_pending SET action = 'nothing'",
        "DELETE FROM core_audit_pending",
        "TRUNCATE core_audit_pending",
    ],
)
def test_neither_program_nor_owner_can_rewrite(
    server: str, db: Database, chain: UUID, system: Actor, statement: str
) -> None:
    with db.context(system, chain) as ctx:
        audit.record(ctx, "thing.changed", target=("thing", "waiting"))
    with pytest.raises(DBAPIError, match="permission denied"), db.context(system, chain) as ctx:
        ctx.session.execute(text(statement))
    with pytest.raises(DBAPIError, match="permission denied"), db.all_schools(system) as ctx:
        ctx.session.execute(text(statement))
    with (
        psycopg.connect(server, dbname=make_url(db.url).database, user="truong_owner") as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"append-only|into its chain"),
    ):
        owner.execute(statement.encode())
    assert _faults(db, chain, system) == set()


def test_the_program_cannot_write_into_the_chain_itself(db: Database, chain: UUID, system: Actor) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), db.all_schools(system) as ctx:
        ctx.session.execute(
            text("INSERT INTO core_audit (id, seq) SELECT id, seq FROM core_audit LIMIT 0"),
        )
    with pytest.raises(DBAPIError, match="permission denied"), db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_audit_head SET seq = 0"))


def test_recording_and_linking_never_wait_for_a_verification(db: Database, chain: UUID, system: Actor) -> None:
    with db.context(system, chain) as verifying:
        audit.verify(verifying)  # holds the linker's lock until its end
        with db.context(system, chain) as ctx:
            ctx.session.execute(text("SET LOCAL lock_timeout = '1s'"))
            audit.record(ctx, "thing.changed", target=("thing", "6"))
            assert audit.link(ctx) == 0
    with db.context(system, chain) as ctx:
        assert audit.link(ctx) == 1


_WRITER = """
import sys
from uuid import UUID
from core import audit
from core.data.session import Database
from core.types.actor import system_actor
url, school, name, many = sys.argv[1:]
db = Database(url, pool_size=2)
for number in range(int(many)):
    with db.context(system_actor(name), UUID(school)) as ctx:
        audit.record(ctx, "thing.changed", target=("thing", f"{name}-{number}"), detail={"n": number})
    if number % 7 == 0:
        with db.context(system_actor(name), UUID(school)) as ctx:
            audit.link(ctx)
db.close()
"""


def test_two_processes_write_and_link_one_chain(db: Database, school: UUID, system: Actor) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, db.url, str(school), name, "120"],
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        for name in ("first", "second")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with db.context(system, school) as ctx:
        (report,) = audit.verify(ctx)
        assert (report.entries, report.faults) == (240, [])
        rows = ctx.session.execute(
            text("SELECT seq, actor_name, (detail->>'n')::int FROM core_audit ORDER BY seq")
        ).all()
        assert ctx.session.execute(text("SELECT count(*) FROM core_audit_pending")).scalar_one() == 0
    assert [row[0] for row in rows] == list(range(1, 241))
    for name in ("system:first", "system:second"):  # each writer's acts keep their order
        assert [row[2] for row in rows if row[1] == name] == list(range(120))
