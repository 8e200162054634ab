# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Attendance of a whole school year: 100,000 pupils in 2,500 classes, a register a day, one absence in 33 sessions.

Totals as promotion and statistics ask for them, against the same counts in bare SQL; who was away in a month, as meals
ask for it, against the bare marks of these days. Seconds are those of the processor, here and in the database.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import psycopg
from sqlalchemy import Engine, event, text

from core.data.context import Context
from core.data.session import Database
from core.kernel.registry import Registry
from core.school.calendar import set_terms
from core.school.services import current_year
from core.settings import services as settings
from core.types.actor import system_actor
from plugins.attendance.figures import ABSENCES
from plugins.attendance.services.overview import today
from plugins.attendance.services.rates import rates_by_class
from plugins.attendance.services.totals import totals

from .common import Bench, Row, peak_memory_mb, processor
from .filling import as_owner
from .many_pupils import id_of, sql_of

NAME = "attendance"
PUPILS, IN_CLASS, ABSENT_ONE_IN = 100_000, 40, 33
TERMS = [(date(2026, 9, 7), date(2027, 1, 15)), (date(2027, 1, 18), date(2027, 5, 28))]
NOW = datetime(2027, 6, 10, 3, tzinfo=UTC)
MONTH = date(2026, 10, 1), date(2026, 10, 31)
SECONDS, MEGABYTES = 10.0, 500.0
_FLOOR = """SELECT learner_id, count(*) FILTER (WHERE kind = 'excused'), count(*) FILTER (WHERE kind = 'unexcused')
FROM attendance_mark WHERE school_id = :school GROUP BY learner_id"""
_MONTH = """SELECT learner_id, day, min(marked_at) FROM attendance_mark
WHERE school_id = :school AND day BETWEEN :first AND :last AND kind IN ('excused', 'unexcused') GROUP BY 1, 2"""


def rows(run: Bench) -> list[Row]:
    """Totals, a month of meals, today's page."""
    pupils = max(400, int(PUPILS * run.scale))
    address = run.database(NAME)
    with as_owner(run.server, NAME) as owner:
        marks = _fill(owner, pupils)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(measure, (address,))
    note = f"{marks:,} absences in {pupils // IN_CLASS * _days():,} registers; bare SQL {found['floor']:.2f} s"
    ratio, month = found["totals"] / found["floor"], found["month"] / found["month floor"]
    return [
        Row(f"attendance: totals of a year, {pupils:,} pupils, seconds", found["totals"], f"< {SECONDS:g}",
            found["totals"] < SECONDS, note),
        Row("attendance: the same / bare SQL", ratio, "", True,
            "with the calendar, missing registers, moves between classes, typed and former totals"),
        Row("attendance: memory of the process, MB", found["memory"], f"< {MEGABYTES:g}", found["memory"] < MEGABYTES),
        Row("attendance: statements of these totals", found["statements"], "< 25", found["statements"] < 25),
        Row("attendance: who was away in a month, for meals, seconds", found["month"], "< 10", found["month"] < 10,
            f"{month:.1f} times the bare marks"),
        Row("attendance: today's page of the school, seconds", found["today"], "< 2", found["today"] < 2,
            f"{found['today statements']:.0f} statements; {pupils // IN_CLASS:,} classes"),
    ]  # fmt: skip


def _days() -> int:
    return sum(
        1
        for first, last in TERMS
        for day in range((last - first).days + 1)
        if date.fromordinal(first.toordinal() + day).weekday() < 5
    )


def measure(address: str) -> dict[str, float]:
    """All figures, in a process of its own whose memory is measured."""
    from core.settings.instance import InstanceSettings
    from core.web.app import bind, load_registry

    settings_ = InstanceSettings(secret_keys=("for-benchmarks-only-" * 3,), base_url="http://localhost")
    registry: Registry = load_registry(settings_)
    bind(settings_, registry)
    settings.bind(registry)
    db, found = Database(address, pool_size=1), dict[str, float]()
    with db.context(system_actor("benchmark"), id_of("school", 0), clock=lambda: NOW) as ctx:
        set_terms(ctx, current_year(ctx).id, TERMS)
        server = int(ctx.session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        values: dict[str, object] = {"school": ctx.school_id, "first": MONTH[0], "last": MONTH[1]}
        spent = partial(_spent, server)
        found["floor"] = spent(lambda: ctx.session.execute(text(_FLOOR), values).all())
        found["statements"] = _statements(lambda: found.update(totals=spent(lambda: totals(ctx))))
        found["memory"] = peak_memory_mb()
        found["month floor"] = spent(lambda: ctx.session.execute(text(_MONTH), values).all())
        found["month"] = spent(lambda: list(ABSENCES[0].days(ctx, *MONTH)))
        found["today statements"] = _statements(lambda: found.update(today=spent(lambda: _today(ctx))))
    db.close()
    return found


def _today(ctx: Context) -> None:
    today(ctx, date(2027, 5, 20))
    rates_by_class(ctx, date(2027, 5, 20))


def _spent(server: int, work: Callable[[], object]) -> float:
    began = time.process_time() + processor(server)
    work()
    return time.process_time() + processor(server) - began


def _statements(work: Callable[[], object]) -> int:
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return sent


def _fill(owner: psycopg.Connection, pupils: int) -> int:
    """One school with everything; how many absences."""
    school, year, made = sql_of("school", "0"), sql_of("year", "0"), "now(), now()"
    classes, person = pupils // IN_CLASS, sql_of("pupil", "i")
    every = f"generate_series(0, {pupils - 1}) i"
    days = f"""(SELECT d::date AS day, row_number() OVER (ORDER BY d) AS n FROM generate_series('{TERMS[0][0]}'::date,
        '{TERMS[1][1]}'::date, '1 day') d WHERE extract(isodow FROM d) < 6 AND d::date NOT BETWEEN '2027-01-16' AND '2027-01-17') d"""
    register = "('01900000-0000-7000-9' || lpad(to_hex(d.n), 3, '0') || '-' || lpad(to_hex({}), 12, '0'))::uuid"
    for statement in (
        f"""INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
        updated_at) VALUES ({school}, 'B0', 'Trường đo', 'lower_secondary', 'public', '48', '', '', 'AAA', {made})""",
        f"""INSERT INTO core_school_year (id, school_id, name, starts_on, ends_on, current, created_at, updated_at)
        VALUES ({year}, {school}, '2026-2027', '2026-08-01', '2027-07-31', true, {made})""",
        f"""INSERT INTO learners_class (id, school_id, year_id, name, grade, position, created_at, updated_at)
        SELECT {sql_of("class", "c")}, {school}, {year}, (6 + c % 4) || 'A' || c, 6 + c % 4, c % 50, {made}
        FROM generate_series(0, {classes - 1}) c""",
        f"""INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
        created_at, updated_at) SELECT {person}, {school}, 'Nguyễn Văn An', 'an', 'nguyen van an', 1, '{{}}', '', false,
        {made} FROM {every}""",
        f"""INSERT INTO learners_learner (id, school_id, code, address_former, version, created_at, updated_at)
        SELECT {person}, {school}, (2500000000 + i)::text, false, 1, {made} FROM {every}""",
        f"""INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, created_at, updated_at)
        SELECT uuidv7(), {school}, {person}, {year}, {sql_of("class", f"i / {IN_CLASS}")}, '2026-08-01', {made}
        FROM {every}""",
        f"""INSERT INTO attendance_register (id, school_id, year_id, class_id, day, session, period, size, version, author,
        taken_at, created_at, updated_at) SELECT {register.format("c")}, {school}, {year}, {sql_of("class", "c")}, d.day, 1,
        0, {IN_CLASS}, 1, '', d.day, {made} FROM generate_series(0, {classes - 1}) c, {days}""",
        f"""INSERT INTO attendance_mark (register_id, school_id, learner_id, class_id, day, session, period, kind, minutes,
        version, marked_at) SELECT {register.format(f"i / {IN_CLASS}")}, {school}, {person},
        {sql_of("class", f"i / {IN_CLASS}")}, d.day, 1, 0, (ARRAY['excused', 'unexcused', 'excused', 'late'])[1 + i % 4], 0, 1,
        d.day FROM {every}, {days} WHERE (i * 7 + d.n * 13) % {ABSENT_ONE_IN} = 0""",
        "VACUUM ANALYZE",
    ):  # fmt: skip
        owner.execute(statement.encode())
    row = owner.execute("SELECT count(*) FROM attendance_mark").fetchone()
    return int(row[0]) if row else 0
