"""Closing the meals of a month, and late corrections: one statement for the whole school.

What was asked (the snapshot of the bills) and the days that were reported in time say what must have been given back;
the difference to what was given back before is a new line. So a second run does nothing, a closed month never
changes, and what a late notice changes is a line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.data import by_sets, local_date, new_id
from core.sdk.errors import Conflict
from core.sdk.ledger import charges
from plugins.finance.events import MEALS_CLOSED
from plugins.finance.models import Credit, Item, MealMonth
from plugins.finance.rules.exemptions import last_day

from .._trail import note
from .absences import month_id

# Days and credits of the month are added up once, then joined as sets (`by_sets`): asked pupil by pupil, the database
# reads the whole month for each of them while nobody has counted what has just been written.
_PLAN = """
WITH planned AS MATERIALIZED (
  SELECT b.person_id, l.item_id, b.id AS bill_id, l.unit_price, l.percent, l.quantity,
         coalesce(sum(l.quantity) OVER (PARTITION BY b.person_id, l.item_id ORDER BY b.id
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS before
    FROM finance_round r
    JOIN finance_bill b ON b.round_id = r.id AND b.school_id = r.school_id AND b.state = 'published'
    JOIN finance_bill_line l ON l.bill_id = b.id AND l.part = 0 AND l.scope <> 'exception'
    JOIN finance_item i ON i.id = l.item_id AND i.kind = 'meal' AND i.unit = 'day'
   WHERE r.school_id = :school AND r.period = :month),
away AS MATERIALIZED (
  SELECT x.person_id, count(*) FILTER (WHERE x.in_time) AS in_time, count(*) FILTER (WHERE NOT x.in_time) AS late,
         array_agg(x.day ORDER BY x.day) FILTER (WHERE x.in_time) AS days
    FROM finance_absence x WHERE x.school_id = :school AND x.day BETWEEN :month AND :last GROUP BY x.person_id),
given AS MATERIALIZED (
  SELECT c.person_id, c.item_id, max(c.unit_price) AS unit_price, sum(c.amount)::bigint AS amount,
         sum(c.quantity)::bigint AS days
    FROM finance_credit c WHERE c.school_id = :school AND c.month = :month GROUP BY c.person_id, c.item_id),
asked AS (
  SELECT p.*, least(greatest(coalesce(a.in_time, 0) - p.before, 0), p.quantity) AS not_eaten,
         coalesce(a.late, 0) AS late, coalesce(a.days, '{}') AS days
    FROM planned p LEFT JOIN away a ON a.person_id = p.person_id),
owed AS (
  SELECT person_id, item_id, max(unit_price) AS unit_price, sum(quantity)::bigint AS planned,
         sum((unit_price * quantity * (100 - percent) + 50) / 100)::bigint AS asked,
         sum(not_eaten)::bigint AS counted, max(late)::bigint AS late, max(days) AS days,
         sum((unit_price * quantity * (100 - percent) + 50) / 100
             - (unit_price * (quantity - not_eaten) * (100 - percent) + 50) / 100)::bigint AS target
    FROM asked GROUP BY person_id, item_id),
plan AS (
  SELECT o.person_id, o.item_id, o.unit_price, o.planned, o.asked, o.counted, o.late, o.days, o.target,
         coalesce(g.amount, 0) AS given, o.counted - coalesce(g.days, 0) AS more
    FROM owed o LEFT JOIN given g ON g.person_id = o.person_id AND g.item_id = o.item_id
  UNION ALL
  SELECT g.person_id, g.item_id, g.unit_price, 0, 0, 0, 0, '{}', 0, g.amount, -g.days
    FROM given g LEFT JOIN owed o ON o.person_id = g.person_id AND o.item_id = g.item_id
   WHERE o.person_id IS NULL AND NOT EXISTS (
     SELECT FROM finance_bill b JOIN finance_round r ON r.id = b.round_id AND r.period = :month
       JOIN finance_bill_line l ON l.bill_id = b.id AND l.part = 0 AND l.scope <> 'exception'
      WHERE b.school_id = :school AND b.state = 'published' AND b.person_id = g.person_id AND l.item_id = g.item_id))
"""
_WRITE = text(
    _PLAN
    + """
INSERT INTO finance_credit (id, school_id, person_id, item_id, month, kind, days, quantity, unit_price, amount,
                            batch_id, created_at, created_by)
SELECT uuidv7(), :school, person_id, item_id, :month, :kind, days, more, unit_price, target - given, :batch, :now,
       :who
  FROM plan WHERE target <> given
"""
)
_READ = text(
    _PLAN
    + """
SELECT p.person_id, q.full_name, q.sort_key, i.code AS item_code, i.label_vi, i.label_en, p.planned, p.unit_price,
       p.asked, p.counted, p.late, p.days, p.target, p.given
  FROM plan p JOIN core_person q ON q.id = p.person_id JOIN finance_item i ON i.id = p.item_id
 WHERE (NOT :changed OR p.target <> p.given) AND (CAST(:after AS text) IS NULL
       OR (q.sort_key, q.id) > (CAST(:after AS text), CAST(:after_id AS uuid)))
   AND (CAST(:words AS text) = '' OR q.search_text LIKE '%' || CAST(:words AS text) || '%')
   AND (CAST(:person AS uuid) IS NULL OR q.id = CAST(:person AS uuid))
   AND (p.counted > 0 OR p.late > 0 OR p.given <> 0 OR CAST(:person AS uuid) IS NOT NULL)
 ORDER BY q.sort_key, q.id, i.position LIMIT :limit
"""
)
_SUM = text(
    _PLAN
    + """
SELECT count(*) AS pupils, coalesce(sum(asked), 0)::bigint AS asked, coalesce(sum(counted), 0)::bigint AS days,
       coalesce(sum(late), 0)::bigint AS late, coalesce(sum(target), 0)::bigint AS target,
       coalesce(sum(given), 0)::bigint AS given, count(*) FILTER (WHERE target <> given) AS changes,
       coalesce(sum(target - given) FILTER (WHERE target > given), 0)::bigint AS more,
       coalesce(sum(given - target) FILTER (WHERE target < given), 0)::bigint AS less
  FROM plan
"""
)


@dataclass(frozen=True, slots=True)
class MealLine:
    """A pupil's meals of a month: what was planned, what was not eaten, what that gives back. Amounts in dong."""

    person_id: UUID
    full_name: str
    sort_key: str
    item_code: str
    label_vi: str
    label_en: str
    planned: int
    unit_price: int
    asked: int
    counted: int
    """Days that were reported in time."""
    late: int
    """Days that were reported too late, or not at all: they are paid."""
    days: list[date]
    target: int
    given: int
    """Of `target`, what was given back already."""

    @property
    def change(self) -> int:
        return self.target - self.given


@dataclass(frozen=True, slots=True)
class Sums:
    """A month of the whole school. `more` and `less` are what closing or correcting would write now."""

    pupils: int
    asked: int
    days: int
    late: int
    target: int
    given: int
    changes: int
    more: int
    less: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What a step wrote: lines, what went to balances, what the next bills ask again."""

    lines: int
    credited: int
    asked_again: int


def _values(ctx: Context, month: date) -> dict[str, Any]:
    first = month.replace(day=1)
    return {"school": ctx.school_id, "month": first, "last": last_day(first)}


def sums(ctx: Context, month: date) -> Sums:
    """The month at a glance."""
    ctx.require("finance.round.read")
    with by_sets(ctx):
        return Sums(*ctx.session.execute(_SUM, _values(ctx, month)).one())


def month_lines(
    ctx: Context,
    month: date,
    *,
    changed: bool = False,
    words: str = "",
    person_id: UUID | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[MealLine]:
    """Pupils who were away in a month, by name.

    Args:
        changed: only those for whom closing or correcting would write something.
        words: folded text to find in the name.
        person_id: one pupil, also one who was never away.
        after: sort key and id of the last line of the page before.
    """
    ctx.require("finance.round.read")
    values = _values(ctx, month) | {"changed": changed, "words": words, "limit": limit, "person": person_id}
    values |= {"after": after[0] if after else None, "after_id": after[1] if after else None}
    with by_sets(ctx):
        return [MealLine(*row) for row in ctx.session.execute(_READ, values)]


def close_month(ctx: Context, month: date) -> Closed:
    """Close the meals of a month: what was not eaten becomes balance and pays what is owed.

    Raises:
        Conflict: the month is closed, or has not ended.
    """
    ctx.require("finance.round.publish")
    first = month.replace(day=1)
    if local_date(ctx.now()) <= last_day(first):
        raise Conflict(_("The month has not ended yet."))
    made = ctx.session.execute(
        insert(MealMonth)
        .values(school_id=ctx.school_id, month=first, closed_at=ctx.now(), closed_by=ctx.actor.name)
        .on_conflict_do_nothing()
        .returning(MealMonth.month)
    ).one_or_none()
    if made is None:
        raise Conflict(_("The meals of this month are closed already."))
    return _write(ctx, first, "month")


def correct_month(ctx: Context, month: date) -> Closed:
    """Write what has changed since a month was closed, as lines of their own. The closed lines stay.

    Raises:
        Conflict: the month is not closed.
    """
    ctx.require("finance.round.publish")
    first = month.replace(day=1)
    mine = MealMonth.school_id == ctx.school_id, MealMonth.month == first
    if ctx.session.scalar(select(MealMonth.month).where(*mine).with_for_update()) is None:
        raise Conflict(_("Close the meals of this month first."))
    return _write(ctx, first, "correction")


def _write(ctx: Context, month: date, kind: str) -> Closed:
    batch = new_id()
    values = _values(ctx, month) | {"kind": kind, "batch": batch, "now": ctx.now(), "who": ctx.actor.name}
    with by_sets(ctx):
        ctx.session.execute(_WRITE, values)
    mine = Credit.school_id == ctx.school_id, Credit.batch_id == batch
    lines, again = ctx.session.execute(
        select(func.count(), func.coalesce(-func.sum(Credit.amount).filter(Credit.amount < 0), 0)).where(*mine)
    ).one()
    memo = f"{month:%m/%Y}"
    credited = charges.credit_many(ctx, _credits(mine), source=f"meals:{batch}", kind="finance.meals", memo=memo)
    facts = {"month": month.isoformat(), "lines": lines, "credited": credited, "asked_again": int(again)}
    note(ctx, MEALS_CLOSED, ("finance_meals", month_id(month)), facts, event=True)
    return Closed(lines, credited, int(again))


def _credits(mine: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(Credit.person_id, Item.account, Credit.amount)
        .join(Item, Item.id == Credit.item_id)
        .where(*mine, Credit.amount > 0)
    )
