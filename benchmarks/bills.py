"""100,000 bills of five lines, meals among them: publishing against a bare INSERT ... SELECT of the same rows.

The floor inserts the same bills, lines and charges from staged pupils into tables with the same indexes, and one
balance a pupil: no rules, references, journal, audit or row-level security. Publishing does all that in one
transaction, here with the check that a second run adds nothing. Closing the meals of the month afterwards gives back
what pupils did not eat: two of five were away, one of them in time only.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import create_engine, text

from core.data.embedded import database_url
from core.data.session import Database
from core.sdk import Context
from core.sdk.ledger import trial_balance
from core.types.actor import Actor, system_actor
from plugins.finance.services import meals, publish, rounds
from plugins.finance.services.items import ItemInput, save_item
from plugins.finance.services.prices import PriceInput, set_prices

from .common import Bench, Row, private_memory, processor

PUPILS = 100_000
GOAL, SECONDS, MEMORY = 3.0, 12, 300
NAME = "bills"
SCHOOL = UUID("01920000-0000-7000-8000-000000000001")
MONTH = date(2026, 9, 1)
_LIST = "NQ 20/2026/NQ-HĐND"
ITEMS = (
    (ItemInput("meals", "Tiền ăn", "Meals", "meal", "day", _LIST), 35_000, 18),
    (ItemInput("lessons", "Hai buổi", "Two sessions", "service", "month", _LIST), 150_000, 1),
    (ItemInput("boarding", "Bán trú", "Boarding", "service", "month", _LIST), 200_000, 1),
    (ItemInput("water", "Nước uống", "Water", "service", "month", _LIST), 12_000, 1),
    (ItemInput("bhyt", "Bảo hiểm y tế", "Insurance", "insurance", "year", "Nghị định 188/2025/NĐ-CP"), 631_800, 1),
)
_AWAY = text(
    """
INSERT INTO finance_absence (school_id, person_id, day, known_at, in_time, source, note)
SELECT p.school_id, p.id, CAST('2026-09-07' AS date) + d, now(), d < 2, 'register', ''
  FROM (SELECT id, school_id, row_number() OVER (ORDER BY id) AS n FROM floor_pupil) p, generate_series(0, 2) d
 WHERE p.n % 5 < 2
"""
)
_PUPILS = text(
    """
WITH person AS (
  INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
                           created_at, updated_at)
  SELECT uuidv7(), :school, 'Nguyễn Văn ' || n, 'nguyen van ' || lpad(n::text, 7, '0'), 'nguyen van ' || n,
         0, '{}', '', false, now(), now()
    FROM generate_series(1, CAST(:pupils AS int)) n RETURNING id),
learner AS (
  INSERT INTO learners_learner (id, school_id, code, address_former, version, created_at, updated_at)
  SELECT id, :school, 'P' || row_number() OVER (ORDER BY id), false, 1, now(), now() FROM person RETURNING id)
INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, created_at, updated_at)
SELECT uuidv7(), :school, l.id, y.id, c.id, y.starts_on, now(), now()
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM learner) l
  JOIN core_school_year y ON y.school_id = :school AND y.current
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS classes FROM learners_class
         WHERE school_id = :school) c ON c.n = l.n % c.classes + 1
"""
)
_CLASSES = text(
    """
INSERT INTO learners_class (id, school_id, year_id, name, grade, position, created_at, updated_at)
SELECT uuidv7(), :school, y.id, n::text, 1 + n % 5, n, now(), now()
  FROM generate_series(1, greatest(1, CAST(:pupils AS int) / 35)) n JOIN core_school_year y ON y.school_id = :school
"""
)
_SCHOOL = text(
    """
INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
                         updated_at)
VALUES (:school, 'BENCH', 'Bench', 'primary', 'public', '48', '', '', 'TRG', now(), now())
"""
)
_YEAR = text(
    """
INSERT INTO core_school_year (id, school_id, name, starts_on, ends_on, current, created_at, updated_at)
VALUES (uuidv7(), :school, '2026-2027', '2026-08-01', '2027-07-31', true, now(), now())
"""
)
_FLOOR = [
    "CREATE TABLE floor_pupil AS SELECT p.id, p.full_name, p.sort_key, p.search_text, l.code, c.id AS class_id, "
    "c.name AS class_name, p.school_id FROM core_person p JOIN learners_learner l ON l.id = p.id "
    "JOIN learners_enrolment e ON e.learner_id = l.id JOIN learners_class c ON c.id = e.class_id",
    "CREATE TABLE floor_bill (LIKE finance_bill INCLUDING ALL)",
    "CREATE TABLE floor_line (LIKE finance_bill_line INCLUDING ALL)",
    "CREATE TABLE floor_charge (LIKE core_charge INCLUDING ALL)",
    "CREATE TABLE floor_balance (person_id uuid PRIMARY KEY, amount bigint NOT NULL)",
    "ANALYZE floor_pupil",
]
_INSERT = text(
    """
WITH bill AS (
  INSERT INTO floor_bill (id, school_id, round_id, person_id, code, full_name, sort_key, search_text, class_id,
                          class_name, total, state, issued_at, cancel_reason)
  SELECT uuidv7(), school_id, :round, id, code, full_name, sort_key, search_text, class_id, class_name, 1623800,
         'published', now(), '' FROM floor_pupil
  RETURNING id, person_id, school_id, total),
line AS (
  INSERT INTO floor_line (school_id, bill_id, item_id, part, position, quantity, unit_price, gross, reduction, amount,
                          percent, exemption_id, reason, scope)
  SELECT b.school_id, b.id, i.item_id, 0, i.position, i.quantity, i.price, i.price * i.quantity, 0,
         i.price * i.quantity, 0, NULL, '', 'school'
    FROM bill b, (VALUES (uuidv7(), 0, 18, 35000), (uuidv7(), 1, 1, 150000), (uuidv7(), 2, 1, 200000),
                   (uuidv7(), 3, 1, 12000), (uuidv7(), 4, 1, 631800)) i(item_id, position, quantity, price)),
charge AS (
  INSERT INTO floor_charge (id, school_id, person_id, origin, origin_id, reference, due, allocated, currency, due_on,
                            label, credits, hints, state, opened_at)
  SELECT uuidv7(), school_id, person_id, 'finance', id, id::text, total, 0, 'VND', '2026-10-15', 'x', '{}', '{}',
         'open', now() FROM bill)
INSERT INTO floor_balance SELECT person_id, total FROM bill
"""
)


def _fill(server: str, pupils: int) -> None:
    engine = create_engine(database_url(server, NAME, "postgres"))
    with engine.begin() as connection:
        for statement in (_SCHOOL, _YEAR, _CLASSES, _PUPILS):
            connection.execute(statement, {"school": SCHOOL, "pupils": pupils})
        for table in _FLOOR:
            connection.exec_driver_sql(table)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _round(ctx: Context) -> UUID:
    items = [save_item(ctx, entry).id for entry, _price, _days in ITEMS]
    row = rounds.open_round(ctx, title="Thu", period=MONTH, due_on=date(2026, 10, 15), item_ids=items)
    prices = [PriceInput(item, price, days) for item, (_entry, price, days) in zip(items, ITEMS, strict=True)]
    set_prices(ctx, row.id, prices)
    return row.id


def _floor(server: str) -> float:
    engine = create_engine(database_url(server, NAME, "postgres"))
    started = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(_INSERT, {"round": UUID(int=7)})
    seconds = time.perf_counter() - started
    engine.dispose()
    return seconds


def rows(run: Bench) -> list[Row]:
    """Publishing and the floor, measured one after the other."""
    pupils = max(100, int(PUPILS * run.scale))
    actor = system_actor("bench")
    db = Database(run.database(NAME))
    _fill(run.server, pupils)
    with db.context(actor, SCHOOL) as ctx:
        round_id = _round(ctx)
    bare = _floor(run.server)
    with db.context(actor, SCHOOL) as ctx:
        server = int(ctx.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    used, started = processor(server) + time.process_time(), time.perf_counter()
    with private_memory(os.getpid()) as own, private_memory(server) as held, db.context(actor, SCHOOL) as ctx:
        added = publish.publish(ctx, round_id)
    seconds, cost = time.perf_counter() - started, processor(server) + time.process_time() - used
    with db.context(actor, SCHOOL) as ctx:
        again = publish.publish(ctx, round_id)
    meals_row = _meals(run, db, actor, pupils, seconds)
    db.close()
    if (added.bills, again.bills) != (pupils, 0):
        raise AssertionError(f"{added.bills} bills, {again.bills} by repeating, for {pupils} pupils")
    ratio, program, most = seconds / bare, max(own), max(held)
    name = f"{pupils:,} bills x {len(ITEMS)} lines"
    note = f"{seconds:.1f} s against {bare:.1f} s"
    return [
        Row(f"{name}, published and booked in one transaction, seconds", seconds, f"< {SECONDS}", seconds < SECONDS,
            f"{cost:.1f} s of the processor"),
        Row(f"{name}: memory, MB", max(program, most), f"< {MEMORY}", max(program, most) < MEMORY,
            f"the program {program:.0f}, its side of the database {most:.0f}"),
        Row(f"{name}, one transaction / INSERT...SELECT", ratio, f"<= {GOAL:g} x", ratio <= GOAL, note),
        meals_row,
    ]  # fmt: skip


def _meals(run: Bench, db: Database, actor: Actor, pupils: int, published: float) -> Row:
    """Closing the month: what was not eaten, for the whole school in one transaction, against publishing."""
    engine = create_engine(database_url(run.server, NAME, "postgres"))
    with engine.begin() as connection:
        connection.execute(_AWAY)
    engine.dispose()
    started = time.perf_counter()
    with db.context(actor, SCHOOL, clock=lambda: datetime(2026, 10, 2, 3, tzinfo=UTC)) as ctx:
        done = meals.close_month(ctx, MONTH)
        books = sum(trial_balance(ctx).values())
    seconds = time.perf_counter() - started
    if books or done.credited != done.lines * 2 * 35_000:
        raise AssertionError(f"{done} leaves the books at {books}")
    ratio = seconds / published
    name = f"closing the meals of {pupils:,} pupils, {done.lines:,} credits / publishing"
    return Row(name, ratio, "<= 1 x", ratio <= 1, f"{seconds:.1f} s against {published:.1f} s")
