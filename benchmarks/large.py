# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Books and trail at 10,000,000 rows against 100,000: what an entry, a page, a balance and a verification come to.

The same work on the same database before and after it has grown a hundredfold, in seconds of the processor. It says
whether a partition would gain anything: the indexes begin with the school, so a school reads its own few pages of them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from uuid import UUID

import psycopg
from sqlalchemy import text

from core import audit
from core.audit.canonical import Facts, entry_hash, link_hash
from core.audit.trail import latest
from core.data.context import Context
from core.data.session import Database
from core.payments.accounts import CASH, STUDENT_BALANCE
from core.payments.ledger.entries import Entry, Line, post
from core.payments.ledger.read import balance_of, statement
from core.types.actor import system_actor
from core.types.clock import utc_now

from .common import Bench, Row, costs
from .filling import as_owner, without_indexes
from .many_pupils import id_of, sql_of

SMALL, LARGE = 100_000, 10_000_000
SCHOOLS, PEOPLE = 50, 20
"""Schools, and persons with an account at each."""
TABLES = ("core_journal_entry", "core_posting", "core_audit")
MOST = 1.5
ACTOR = system_actor("benchmark")
_LAST = text(
    "SELECT seq, prev_hash, hash, entry_hash, id, school_id, at, actor_kind, actor_id, actor_name, action, target_type,"
    " target_id, detail FROM core_audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1000"
)
_serial = count()


def rows(run: Bench) -> list[Row]:
    """Growth of each piece of work."""
    small, large = (max(2 * SCHOOLS, int(amount * run.scale)) for amount in (SMALL, LARGE))
    db = Database(run.database("large"), pool_size=1)
    with as_owner(run.server, "large") as owner:
        _schools(owner)
        _grow(owner, 0, small)
        owner.execute("VACUUM ANALYZE")
        before = _measured(db)
        with without_indexes(owner, TABLES):
            _grow(owner, small, large)
        owner.execute("VACUUM ANALYZE")
    after = _measured(db)
    db.close()
    return [
        Row(f"{name}: {large:,} rows / {small:,}", after[name] / before[name], f"≤ {MOST}",
            after[name] / before[name] <= MOST, f"{after[name] * 1000:.2f} ms")
        for name in before
    ]  # fmt: skip


def _measured(db: Database) -> dict[str, float]:
    """Seconds of the processor of each piece of work, each time at another school."""
    with db.engine.connect() as connection:
        server = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    work: dict[str, Callable[[Context, UUID], object]] = {
        "ledger entry booked and recorded": _book,
        "page of the newest 50 of the trail": lambda ctx, person: latest(ctx, limit=50),
        "statement of an account": lambda ctx, person: statement(ctx, person, limit=50),
        "balance of an account": balance_of,
        "verification of the last 1,000 of a chain": _verify,
    }

    def asks(step: Callable[[Context, UUID], object]) -> Callable[[], None]:
        turns = count()

        def ask() -> None:
            turn = next(turns)
            school = turn * 37 % SCHOOLS
            with db.context(ACTOR, id_of("school", school)) as ctx:
                step(ctx, id_of("parent", school * PEOPLE + turn % PEOPLE))

        return ask

    found = costs([asks(step) for step in work.values()], [server], rounds=9, calls=30)
    return dict(zip(work, found, strict=True))


def _book(ctx: Context, person: UUID) -> None:
    lines = (Line(CASH, 1000), Line(STUDENT_BALANCE, -1000, person))
    post(ctx, Entry(f"bench:{next(_serial)}", "cash.collected", utc_now(), lines))
    audit.record(ctx, "payments.cash.collected", target=("person", person), detail={"amount": 1000})


def _verify(ctx: Context, person: UUID) -> None:
    """Both hashes of each entry made again; the rows of this benchmark carry others, and nobody minds."""
    for row in ctx.session.connection().execute(_LAST, {"chain": ctx.school_id}):
        entry_hash(Facts._make(row[4:]))
        link_hash(bytes(row.prev_hash), row.seq, bytes(row.entry_hash))


def _schools(owner: psycopg.Connection) -> None:
    school, made = sql_of("school", "s"), "now(), now()"
    for statement_ in (
        f"""INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
            updated_at) SELECT {school}, 'B' || s, 'Trường ' || s, 'primary', 'public', '48', '', '',
            'A' || chr(65 + s / 26) || chr(65 + s % 26), {made} FROM generate_series(0, {SCHOOLS - 1}) s""",
        f"""INSERT INTO core_accounting_period (id, school_id, name, starts_on, state)
            SELECT {sql_of("year", "s")}, {school}, '2026-11', '2026-11-01', 'open' FROM generate_series(0, {SCHOOLS - 1}) s""",
        f"""INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased, created_at,
            updated_at) SELECT {sql_of("parent", "i")}, {sql_of("school", f"i / {PEOPLE}")}, 'Trần Thị Đo', 'do', 'do', 2, '{{}}',
            '', false, {made} FROM generate_series(0, {SCHOOLS * PEOPLE - 1}) i""",
        f"""INSERT INTO core_audit_head (chain, seq, hash) SELECT {school}, 0, sha256('x') FROM
            generate_series(0, {SCHOOLS - 1}) s""",
    ):  # fmt: skip
        owner.execute(statement_.encode())


def _grow(owner: psycopg.Connection, start: int, end: int) -> None:
    """Rows of both from number to number, all schools in turn, as time brings them; each entry has two postings."""
    school, at = sql_of("school", f"n % {SCHOOLS}"), f"now() - interval '1 second' * ({LARGE} - n)"
    person = sql_of("parent", f"n % {SCHOOLS} * {PEOPLE} + n / {SCHOOLS} % {PEOPLE}")
    entries = f"generate_series({start // 2}, {end // 2 - 1}) n"
    for statement_ in (
        f"""INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
            SELECT {sql_of("entry", "n")}, {school}, 'old:' || n, 'cash.collected', {sql_of("year", f"n % {SCHOOLS}")}, {at}, {at},
            '{{"kind": "system", "name": "benchmark", "account": null}}', '' FROM {entries}""",
        f"""INSERT INTO core_posting (entry_id, school_id, account, person_id, amount)
            SELECT {sql_of("entry", "n")}, {school}, a.account, CASE WHEN a.amount < 0 THEN {person} END, a.amount
            FROM {entries}, (VALUES ('{CASH}', 1000), ('{STUDENT_BALANCE}', -1000)) a (account, amount)""",
        f"""INSERT INTO core_ledger_balance AS b (school_id, account, person_id, shard, amount)
            SELECT {school}, '{STUDENT_BALANCE}', {person}, 0, sum(-1000) FROM {entries} GROUP BY 1, 3
            ON CONFLICT (school_id, account, person_id, shard) DO UPDATE SET amount = b.amount + EXCLUDED.amount""",
        f"""INSERT INTO core_audit (seq, prev_hash, hash, id, school_id, at, actor_kind, actor_name, action, target_type,
            target_id, detail, entry_hash)
            SELECT n / {SCHOOLS} + 1, sha256(int8send(n)), sha256(int8send(n + 1)), {sql_of("trail", "n")}, {school}, {at}, 'system',
            'system:benchmark', 'payments.cash.collected', 'person', {person}::text, '{{"amount": 1000}}', sha256(int8send(-n))
            FROM generate_series({start}::bigint, {end - 1}) n""",
        f"UPDATE core_audit_head SET seq = {end // SCHOOLS} + 1",
    ):  # fmt: skip
        owner.execute(statement_.encode())
