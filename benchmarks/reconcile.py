"""A statement of 100,000 lines over 50,000 open bills: read, matched, booked, and every line compared with its truth.

Seconds are those of the processor, ours and the database's one after the other, as on a machine of our own.

The floor reads the same workbook with the bare reader and writes the rows that the import has written, evidence, entries,
postings, jobs, cases and lines, into tables with the same indexes: no rules, no triggers, no allocation, no row-level
security. Run it alone: the peak of memory is that of the process.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.engine import make_url

from core.data.embedded import database_url
from core.data.session import Database
from core.data.types import new_id
from core.payments import channels, charges, ledger, statements
from core.payments.charges import NewCharge
from core.payments.matching import Decision
from core.sdk import Context
from core.types.actor import system_actor
from integrations.bank_notices.statement import read_statement

from .common import Bench, Row, peak_memory_mb, processor
from .reconcile_file import ACCOUNT, Answer, Dealer, Pupil, pupils, write

LINES, PUPILS = 100_000, 50_000
NAME = "reconcile"
SCHOOL = UUID("01920000-0000-7000-8000-000000000001")
_WRITTEN = (
    "core_evidence",
    "core_journal_entry",
    "core_posting",
    "core_exception_case",
    "core_job",
    "core_settlement_line",
)
_PEOPLE = text(
    """
INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased, created_at,
                         updated_at)
SELECT p.id, :school, p.name, p.name, lower(p.name), 0, '{}', '', false, now(), now()
  FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) AS p(id, name)
"""
)
_SCHOOL = text(
    """
INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
                         updated_at)
VALUES (:school, 'BENCH', 'Bench', 'primary', 'public', '48', '', '', 'TRG', now(), now())
"""
)


def rows(run: Bench) -> list[Row]:
    url = run.database(NAME)
    db = Database(url)
    chance = random.Random(20261001)
    roll = pupils(max(1000, int(PUPILS * run.scale)), chance)
    channel = _school(db, roll)
    made = Dealer(roll, max(1190, int(LINES * run.scale)), chance).deal()
    target = run.folder / "statement.xlsx"
    write(made, target)
    before = peak_memory_mb()
    actor = system_actor("benchmark")

    with db.context(actor, SCHOOL) as ctx:
        server = ctx.session.scalar(text("SELECT pg_backend_pid()")) or 0
    begin = _used(server)
    statement = read_statement(target.read_bytes())
    read = _used(server) - begin
    with db.context(actor, SCHOOL) as ctx:
        done = statements.import_statement(ctx, channel, statement, name=target.name)
    took = _used(server) - begin
    peak = peak_memory_mb()
    wrong = _wrong(done.plan.result.decisions, made.answers)
    with db.context(actor, SCHOOL) as ctx:
        faults = ledger.verify(ctx)
        expected = sum(amount for answer in made.answers for _ref, amount in answer[2])
        wrong += len(faults) + (done.credited != expected)
        begin = _used(server)
        again = statements.import_statement(ctx, channel, statement, name=target.name)
        second = _used(server) - begin
    floor = _floor(run, target)
    count = len(made.rows)
    note = f"read {read:.1f} s, matched and booked {took - read:.1f} s; the same file again {second:.1f} s"
    return [
        Row(f"statement of {count:,} lines over {len(roll):,} bills, seconds", took, "< 30", took < 30, note),
        Row("the same / bare reader and bare INSERT of the same rows", took / floor, "<= 4 x", took / floor <= 4,
            f"{took:.1f} s against {floor:.1f} s"),
        Row("lines that are not as their truth, faults in the books", wrong, "0", wrong == 0),
        Row("lines that the second import books", again.booked, "0", again.booked == 0),
        Row("peak memory of the import, MB", peak, "< 1,000", peak < 1000, f"{before:.0f} MB before"),
    ]  # fmt: skip


def _used(server: int) -> float:
    """Seconds of the processor so far, here and at the database's side: whoever else uses the machine is no part."""
    return time.process_time() + processor(server)


def _school(db: Database, roll: Sequence[Pupil]) -> UUID:
    """The pupils with a bill each, and the school's account."""
    ids = [new_id() for _pupil in roll]
    with db.all_schools(system_actor("benchmark")) as ctx:
        ctx.session.execute(_SCHOOL, {"school": SCHOOL})
    with db.context(system_actor("benchmark"), SCHOOL) as ctx:
        ctx.session.execute(_PEOPLE, {"school": SCHOOL, "ids": ids, "names": [pupil.name for pupil in roll]})
        bills = [
            NewCharge(one, new_id(), p.due, _due_on(ctx), reference=p.reference, hints=_hints(p))
            for one, p in zip(ids, roll, strict=True)
        ]
        charges.open_many(ctx, "finance", bills)
        config = {"bank_bin": "970436", "account_number": ACCOUNT, "account_name": "TRUONG TIEU HOC"}
        return channels.configure(ctx, "vietqr", config)


def _due_on(ctx: Context) -> date:
    return ctx.now().date()


def _hints(pupil: Pupil) -> dict[str, str]:
    return {"code": pupil.code, "class_name": pupil.class_name}


def _wrong(decisions: Sequence[Decision], answers: Sequence[Answer]) -> int:
    """How many lines are not as they must be; the first of each sort is printed."""
    shown: Counter[str] = Counter()
    for decision, answer in zip(decisions, answers, strict=True):
        found = _answer(decision)
        if found != answer:
            shown[answer[0]] += 1
            if shown[answer[0]] == 1:
                print(f"wrong: {decision.line.text!r}: {found} instead of {answer}")
    return sum(shown.values())


def _answer(decision: Decision) -> Answer:
    named: tuple[tuple[str | None, int], ...] = tuple((m.reference, m.amount) for m in decision.matches)
    named = named or tuple((c.reference, 0) for c in decision.candidates)
    return decision.outcome.value, str(decision.how or decision.reason or ""), named


def _floor(run: Bench, target: Path) -> float:
    """Seconds of the bare reader and the bare inserts, in a copy of the tables with the same indexes."""
    began = time.process_time()
    CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
    took = time.process_time() - began
    address = make_url(database_url(run.server, NAME, "postgres"))
    with psycopg.connect(host=str(address.query["host"]), dbname=NAME, user="postgres", autocommit=True) as owner:
        for table in _WRITTEN:
            owner.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING INDEXES INCLUDING DEFAULTS)".encode())
        began = _used(owner.info.backend_pid)
        with owner.transaction():
            for table in _WRITTEN:
                owner.execute(f"INSERT INTO floor_{table} SELECT * FROM {table}".encode())  # noqa: S608  (names of ours)
        took += _used(owner.info.backend_pid) - began
    return took
