"""A demo school has kept its registers since the year began: in one statement each for registers, marks, requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core.sdk import Context, Demo
from core.sdk.data import local_date, refresh_statistics
from core.sdk.school import current_year, school_days
from plugins.learners import public as learners

from .settings import rules as rules_of

# Chance comes from hashes of ids and days, so that a second run says the same. Some 2.6 % are absent, more on Mondays
# and in the cold months; one in five of them without leave; a little more than 1 % are late.
_REGISTERS = text("""
INSERT INTO attendance_register (id, school_id, year_id, class_id, day, session, period, size, version, author,
  taken_at, created_at, updated_at)
SELECT uuidv7(), :school, :year, c.id, d.day, 1, 0, 0, 1, :author, m.at, m.at, m.at
  FROM unnest(CAST(:classes AS uuid[])) AS c(id) CROSS JOIN unnest(CAST(:days AS date[])) AS d(day),
       LATERAL (SELECT LEAST(:now, (d.day + time '07:05') AT TIME ZONE 'Asia/Ho_Chi_Minh'
         + make_interval(secs => abs(hashtext(c.id::text || d.day)) % 900)) AS at) m
 WHERE NOT (d.day = :today AND abs(hashtext(c.id::text)) % 5 = 0)
""")
_SIZES = text("""
UPDATE attendance_register r SET size = n.size
  FROM (SELECT class_id, count(*) AS size FROM unnest(CAST(:of AS uuid[])) AS class_id GROUP BY class_id) n
 WHERE r.school_id = :school AND r.class_id = n.class_id
""")
_MARKS = text("""
INSERT INTO attendance_mark (school_id, register_id, learner_id, class_id, day, session, period, kind, minutes, version,
  marked_at)
SELECT :school, r.id, p.learner, r.class_id, r.day, r.session, 0, k.kind,
       CASE WHEN k.kind = 'late' THEN 5 + 5 * (c.chance % 4) ELSE 0 END, 1, r.taken_at
  FROM attendance_register r
  JOIN unnest(CAST(:people AS uuid[]), CAST(:of AS uuid[])) AS p(learner, class_id) ON p.class_id = r.class_id,
       LATERAL (SELECT abs(hashtext(p.learner::text || r.day)) % 10000 AS chance) c,
       LATERAL (SELECT CASE
         WHEN c.chance < 180 + 60 * (extract(isodow FROM r.day) = 1)::int
                       + 80 * (extract(month FROM r.day) IN (11, 12, 1))::int THEN 'excused'
         WHEN c.chance BETWEEN 9000 AND 9050 THEN 'unexcused'
         WHEN c.chance BETWEEN 9100 AND 9215 THEN 'late'
         WHEN c.chance BETWEEN 9300 AND 9312 THEN 'left' END AS kind) k
 WHERE r.school_id = :school AND k.kind IS NOT NULL
""")
_REQUESTS = text("""
INSERT INTO attendance_request (id, school_id, learner_id, first_day, last_day, session, reason, state, author,
  decided_by, decided_at, answer, created_at, updated_at)
SELECT uuidv7(), :school, m.learner_id, m.day, m.day, 0,
       (ARRAY['Cháu bị sốt', 'Gia đình có việc', 'Cháu đi khám răng', 'Cháu đau bụng'])
         [1 + abs(hashtext(m.learner_id::text)) % 4],
       'accepted', 'Phụ huynh', :author, m.marked_at, '', m.marked_at - interval '50 minutes', m.marked_at
  FROM attendance_mark m WHERE m.school_id = :school AND m.kind = 'excused' AND m.day > CAST(:today AS date) - 30
""")
_WAITING = text("""
INSERT INTO attendance_request (id, school_id, learner_id, first_day, last_day, session, reason, state, author,
  decided_by, answer, created_at, updated_at)
SELECT uuidv7(), :school, learner, CAST(:today AS date) + 1, CAST(:today AS date) + 1 + (n % 2)::int, 0,
       'Gia đình xin phép cho cháu về quê', 'new', 'Phụ huynh', '', '', :now, :now
  FROM unnest(CAST(:some AS uuid[])) WITH ORDINALITY AS p(learner, n)
""")
_AUTHOR = "Giáo viên chủ nhiệm"


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Give the school registers of all school days up to today, marks, and leave that families asked for."""
    year, today, now = current_year(ctx), local_date(ctx.now()), ctx.now()
    last = min(today, year.ends_on)
    days = school_days(ctx, year.id, year.starts_on, last, saturdays=rules_of(ctx).saturdays)
    days = days or _weekdays(max(year.starts_on, date(year.starts_on.year, 9, 5)), last)
    pupils = ctx.session.execute(learners.enrolments_in(ctx, year.id)).all()
    values = {
        "school": ctx.school_id, "year": year.id, "author": _AUTHOR, "now": now, "today": today, "days": days,
        "classes": list({row.class_id for row in pupils}), "people": [row.person_id for row in pupils],
        "of": [row.class_id for row in pupils], "some": [row.person_id for row in pupils[::97]],
    }  # fmt: skip
    for statement in (_REGISTERS, _SIZES, _MARKS, _REQUESTS, _WAITING):
        ctx.session.execute(statement, values)
    refresh_statistics(ctx, "attendance_register", "attendance_mark", "attendance_request")


def _weekdays(first: date, last: date) -> list[date]:
    """Where no calendar is kept, every weekday since school began."""
    span = range(max(0, (last - first).days + 1))
    return [day for offset in span if (day := first + timedelta(days=offset)).weekday() < 5]


DEMO = [Demo("attendance", 17, fill)]
