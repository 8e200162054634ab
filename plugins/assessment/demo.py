"""A demo school has marks of the running term: most of them entered, some missing, a few pupils to make up a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from core.sdk import Context, Demo
from core.sdk.data import refresh_statistics
from core.sdk.school import current_year
from plugins.learners import public as learners

_BOOKS = """
INSERT INTO assessment_gradebook (id, school_id, year_id, class_id, course_id, term, state, version, revision,
  created_at, updated_at)
SELECT uuidv7(), c.school_id, c.year_id, c.class_id, c.id, 1, 'open', 1, 1, :now, :now
FROM curriculum_course c WHERE c.school_id = :school AND c.year_id = :year
ON CONFLICT DO NOTHING
"""
_MARKS = """
WITH places AS (
  SELECT b.id AS book, c.assessed, e.learner_id, s.slot, hashtext(e.learner_id::text) AS pupil,
    hashtext(b.id::text || e.learner_id::text || s.slot || :seed) AS dice
  FROM assessment_gradebook b
  JOIN curriculum_course c ON c.school_id = b.school_id AND c.id = b.course_id
  JOIN learners_enrolment e ON e.school_id = b.school_id AND e.class_id = b.class_id AND e.ends_on IS NULL
  CROSS JOIN LATERAL (
    SELECT 'tx' || n FROM generate_series(1, CASE WHEN c.assessed = 'comment' THEN 2 WHEN c.periods <= 35 THEN 2
      WHEN c.periods <= 70 THEN 3 ELSE 4 END) n WHERE c.assessed <> 'level'
    UNION ALL SELECT 'gk' WHERE c.assessed <> 'level' UNION ALL SELECT 'ghk1' WHERE c.assessed = 'level'
  ) s(slot)
  WHERE b.school_id = :school AND b.year_id = :year AND b.term = 1
), made AS (
  INSERT INTO assessment_mark (school_id, gradebook_id, learner_id, slot, state, tenths, text)
  SELECT :school, book, learner_id, slot, CASE WHEN dice % 150 = 0 AND assessed <> 'level' THEN 2 ELSE 1 END,
    CASE WHEN assessed = 'score' AND dice % 150 <> 0
      THEN greatest(20, least(100, 55 + abs(pupil) % 35 + abs(dice / 7) % 5 * 5 - 10)) / 5 * 5 END,
    CASE assessed WHEN 'comment' THEN CASE WHEN dice % 150 = 0 THEN NULL WHEN dice % 40 = 0 THEN 'CD' ELSE 'D' END
      WHEN 'level' THEN CASE WHEN abs(pupil) % 10 < 5 THEN 'T' WHEN dice % 30 = 0 THEN 'C' ELSE 'H' END END
  FROM places WHERE dice % 12 <> 1
  ON CONFLICT DO NOTHING
  RETURNING gradebook_id, learner_id, slot, state, tenths, text
)
INSERT INTO assessment_change (school_id, gradebook_id, learner_id, slot, id, revision, at, old, new, actor_name, door,
  reason)
SELECT :school, gradebook_id, learner_id, slot, uuidv7(), 1, :now, '',
  CASE state WHEN 2 THEN 'v' ELSE coalesce(text, trim_scale(tenths / 10.0)::text) END, :name, 'demo', '' FROM made
"""


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Enter the marks of term I, in two statements for the whole school."""
    year = current_year(ctx)
    classes = [row.class_id for row in ctx.session.execute(learners.classes(ctx)) if 1 <= row.grade <= 12]
    if not classes:
        return
    values = {
        "school": ctx.school_id, "year": year.id, "now": ctx.now(), "name": ctx.actor.name,
        "seed": str(options.get("seed", 2026)),
    }  # fmt: skip
    ctx.session.execute(text(_BOOKS), values)
    ctx.session.execute(text(_MARKS), values)
    refresh_statistics(ctx, "assessment_gradebook", "assessment_mark", "assessment_change")


DEMO = [Demo("assessment", 30, fill)]
