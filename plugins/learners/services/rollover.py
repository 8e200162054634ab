"""The turn of the school year: who goes to which class, shown first, done in sets, and undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context
from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.school import Year, years
from core.sdk.text import Message, _

from ..models import SchoolClass
from ..rules.classes import class_key, class_order, grade_of
from ..rules.moves import FINAL_GRADES, next_class
from .batches import ROLL, begin, finish


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """What becomes of one class."""

    id: UUID
    name: str
    grade: int
    pupils: int
    promoted: int
    repeats: int
    completed: int
    undecided: int
    moved: int
    """Pupils who have a class in the new year already."""
    target: str
    """The class of those who are promoted; empty in the last grade."""
    repeat_target: str
    """The class of those who repeat."""

    @property
    def final(self) -> bool:
        """Whether it is the last grade of a level."""
        return self.grade in FINAL_GRADES


@dataclass(frozen=True, slots=True)
class RolloverPlan:
    """What rolling a year over would do."""

    from_year: Year
    to_year: Year
    classes: list[ClassPlan]
    new_classes: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Sum of a column of the classes."""
        return sum(getattr(line, name) for line in self.classes)

    @property
    def to_move(self) -> int:
        """Pupils for whom something will be written."""
        return self.total("promoted") + self.total("repeats") + self.total("completed")


# A pupil who has a class in the new year, or has completed the level already, is done and left alone.
_DONE = """(EXISTS (SELECT FROM learners_enrolment n WHERE n.learner_id = e.learner_id AND n.year_id = :to_year)
         OR EXISTS (SELECT FROM learners_movement m WHERE m.learner_id = e.learner_id AND m.year_id = :to_year
                    AND m.kind = 'complete'))"""
_OUTCOME = """CASE WHEN o.outcome = 'promoted' AND k.grade IN (5, 9, 12) THEN 'completed'
              ELSE coalesce(o.outcome, 'undecided') END"""
_PUPILS = f"""
    SELECT e.learner_id, e.class_id, k.name, k.grade, k.position, {_OUTCOME} AS outcome, {_DONE} AS done
    FROM learners_class k
    JOIN learners_enrolment e ON e.class_id = k.id AND e.ends_on IS NULL
    LEFT JOIN learners_outcome o ON o.learner_id = e.learner_id AND o.year_id = k.year_id
    WHERE k.school_id = :school AND k.year_id = :from_year"""  # noqa: S608
_COUNTS = text(f"""
    SELECT class_id AS id, name, grade, count(*) AS pupils,
           count(*) FILTER (WHERE NOT done AND outcome = 'promoted') AS promoted,
           count(*) FILTER (WHERE NOT done AND outcome = 'repeats') AS repeats,
           count(*) FILTER (WHERE NOT done AND outcome = 'completed') AS completed,
           count(*) FILTER (WHERE NOT done AND outcome = 'undecided') AS undecided,
           count(*) FILTER (WHERE done) AS moved
    FROM ({_PUPILS}) p GROUP BY class_id, name, grade, position ORDER BY grade, position, name""")  # noqa: S608


def plan(
    ctx: Context,
    from_year: UUID,
    to_year: UUID,
    targets: Mapping[UUID, str] | None = None,
    repeat_targets: Mapping[UUID, str] | None = None,
) -> RolloverPlan:
    """What rolling a year over into another would do.

    Args:
        targets: names of classes by the present class of those who are promoted; without it one grade up.
        repeat_targets: the same for those who repeat; without it the class of that name in the new year.

    Raises:
        NotFound: no such year. Invalid: the new year does not follow, or a class has a wrong grade, by field
            `target:<class>` or `repeat:<class>`.
    """
    ctx.require(ROLL)
    known = {year.id: year for year in years(ctx)}
    if from_year not in known or to_year not in known:
        raise NotFound
    if known[to_year].starts_on <= known[from_year].starts_on:
        raise Invalid(_("The new year must follow the old one."), fields={"to": _("Choose a later year.")})
    problems: dict[str, Message] = {}
    lines: list[ClassPlan] = []
    wanted: set[str] = set()
    rows = ctx.session.execute(_COUNTS, {"school": ctx.school_id, "from_year": from_year, "to_year": to_year})
    for row in rows:
        target = class_key((targets or {}).get(row.id, "") or next_class(row.name, row.grade))
        again = class_key((repeat_targets or {}).get(row.id, "") or row.name)
        final = row.grade in FINAL_GRADES
        if not final and grade_of(target) != row.grade + 1:
            problems[f"target:{row.id}"] = _("Choose a class of grade %(grade)s.", grade=row.grade + 1)
        if grade_of(again) != row.grade:
            problems[f"repeat:{row.id}"] = _("Choose a class of grade %(grade)s.", grade=row.grade)
        if row.promoted:
            wanted.add(target)
        if row.repeats:
            wanted.add(again)
        lines.append(ClassPlan(**row._mapping, target="" if final else target, repeat_target=again))
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    new = sorted(wanted - _names(ctx, to_year).keys(), key=class_order)
    return RolloverPlan(known[from_year], known[to_year], lines, new)


_INTO = f"""
    FROM ({_PUPILS}) p JOIN unnest(:classes ::uuid[], :targets ::text[], :again ::text[]) g (id, target, again)
      ON g.id = p.class_id
    JOIN learners_class k ON k.school_id = :school AND k.year_id = :to_year
         AND k.name = CASE p.outcome WHEN 'promoted' THEN g.target ELSE g.again END
    WHERE NOT p.done AND p.outcome IN ('promoted', 'repeats')"""
_MOVE = text(f"""
    CREATE TEMP TABLE learners_rollover ON COMMIT DROP AS
    SELECT uuidv7() AS began, p.learner_id, k.id AS class_id,
           CASE p.outcome WHEN 'promoted' THEN 'promote' ELSE 'repeat' END AS kind {_INTO}
    UNION ALL SELECT NULL, p.learner_id, NULL, 'complete' FROM ({_PUPILS}) p
    WHERE NOT p.done AND p.outcome = 'completed'""")  # noqa: S608
_ENROL = text("""
    INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, created_at, updated_at)
    SELECT began, :school, learner_id, :to_year, class_id, :on, :now, :now FROM learners_rollover
    WHERE began IS NOT NULL""")
_STEPS = text("""
    INSERT INTO learners_movement (id, school_id, learner_id, kind, happened_on, year_id, began, reason, other_school,
                                   document, note, author, batch_id, created_at, updated_at)
    SELECT uuidv7(), :school, learner_id, kind, :on, :to_year, began, '', '', '', '', :author, :batch, :now, :now
    FROM learners_rollover""")


def apply(
    ctx: Context,
    from_year: UUID,
    to_year: UUID,
    targets: Mapping[UUID, str] | None = None,
    repeat_targets: Mapping[UUID, str] | None = None,
) -> UUID:
    """Do what `plan` says: open the classes, enrol everybody from the first day of the new year; returns the batch.

    Pupils of whom nothing is decided stay where they are; the same call takes them along once it is.

    Raises:
        as `plan`; Invalid also when there is nobody to move.
    """
    planned = plan(ctx, from_year, to_year, targets, repeat_targets)
    if not planned.to_move:
        raise Invalid(_("There is nobody to move: decide first who is promoted."))
    opened = _open(ctx, to_year, planned.new_classes)
    counts = {name: planned.total(name) for name in ("promoted", "repeats", "completed", "undecided")}
    summary: dict[str, Any] = {
        "from": planned.from_year.name, "to": planned.to_year.name, **counts, "opened": [str(one) for one in opened]
    }  # fmt: skip
    batch_id = begin(ctx, "rollover", to_year, planned.to_year.starts_on, summary)
    values = {
        "school": ctx.school_id, "from_year": from_year, "to_year": to_year, "on": planned.to_year.starts_on,
        "now": ctx.now(), "author": ctx.actor.name, "batch": batch_id,
        "classes": [line.id for line in planned.classes], "targets": [line.target for line in planned.classes],
        "again": [line.repeat_target for line in planned.classes],
    }  # fmt: skip
    connection = ctx.session.connection()
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.learners_rollover"))
    connection.execute(_MOVE, values)
    connection.execute(_ENROL, values)
    moved = connection.execute(_STEPS, values).rowcount
    ctx.session.expire_all()
    finish(ctx, batch_id, "rollover", moved)
    return batch_id


def _names(ctx: Context, year_id: UUID) -> dict[str, UUID]:
    known = text("SELECT name, id FROM learners_class WHERE school_id = :school AND year_id = :year")
    return {row.name: row.id for row in ctx.session.execute(known, {"school": ctx.school_id, "year": year_id})}


def _open(ctx: Context, year_id: UUID, names: list[str]) -> list[UUID]:
    ordered = sorted([*_names(ctx, year_id), *names], key=class_order)
    made = [
        SchoolClass(
            id=new_id(), school_id=ctx.school_id, year_id=year_id, name=name, grade=grade_of(name) or 0,
            position=ordered.index(name),
        )
        for name in names
    ]  # fmt: skip
    ctx.session.add_all(made)
    ctx.session.flush()
    return [one.id for one in made]
