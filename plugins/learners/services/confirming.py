"""Confirming a plan: classes are opened, pupils, parents and enrolments written, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from core.sdk import Context, Progress
from core.sdk.audit import record
from core.sdk.data import in_memory, local_date, new_id, refresh_statistics
from core.sdk.errors import Conflict, Invalid
from core.sdk.events import emit
from core.sdk.school import SchoolYear
from core.sdk.text import _

from ..events import IMPORTED
from ..models import Import, SchoolClass
from ..rules.classes import class_order, grade_of
from ..rules.merging import merge
from ._staging import PORTION, Record, waves
from ._upserting import TABLES, upsert
from .planning import get_import

_ROWS = text(
    "SELECT number, action, learner_id, value::text, before FROM learners_import_row WHERE school_id = :school"
    " AND import_id = :import AND action IN ('new', 'changed') AND number > :after AND class_name = ANY(:classes)"
    " ORDER BY number LIMIT :limit"
)
_STALE = text(
    "SELECT count(*) FROM learners_import_row r LEFT JOIN learners_learner l ON l.id = r.learner_id"
    " WHERE r.school_id = :school AND r.import_id = :import AND r.action IN ('changed', 'unchanged')"
    " AND l.version IS DISTINCT FROM r.version"
)
_TAKEN = text(
    "SELECT EXISTS (SELECT FROM learners_import_row r JOIN learners_learner l ON l.school_id = :school"
    " AND l.code = r.value->>'mahocsinh' WHERE r.school_id = :school AND r.import_id = :import AND r.action = 'new')"
    " OR EXISTS (SELECT FROM learners_import_row r JOIN learners_learner l ON l.school_id = :school"
    " AND l.personal_id = r.value->>'sodinhdanh'"
    " WHERE r.school_id = :school AND r.import_id = :import AND r.action = 'new')"
)
_LEFT_OUT = text(
    "UPDATE learners_import_row SET action = 'refused', status = 'refuse', findings = findings ||"
    " jsonb_build_array(jsonb_build_array('E_CLASS_UNKNOWN', 'lop', class_name, ''))"
    " WHERE school_id = :school AND import_id = :import AND action IN ('new', 'changed')"
    " AND NOT class_name = ANY(:classes)"
)
_COUNTS = text(
    "SELECT action, count(*) AS n FROM learners_import_row WHERE school_id = :school AND import_id = :import"
    " GROUP BY action"
)


class PlanOutdated(Conflict):
    """Records have changed since the plan was made; it has to be read again and looked at again."""

    default_code = "plan_outdated"


@dataclass(frozen=True, slots=True)
class Result:
    """What a confirmed import did, in rows."""

    new: int
    changed: int
    unchanged: int
    refused: int


def confirm_import(
    ctx: Context, import_id: UUID, *, classes: Collection[str] | None = None, progress: Progress | None = None
) -> Result:
    """Take over the accepted and warned rows of a plan.

    Args:
        classes: the proposed classes that are opened, when the school has none yet; None opens all of them.
        progress: called with the number of rows written.

    Raises:
        Conflict: the import is already finished.
        PlanOutdated: records have changed since the plan was made.
    """
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id, lock=True)
    if batch.state == "confirmed":
        raise Conflict(_("This import was confirmed already."))
    if batch.state != "planned":
        raise Conflict(_("This import is already finished."))
    in_memory(ctx)
    parameters: dict[str, Any] = {"school": ctx.school_id, "import": import_id}
    _check_fresh(ctx, parameters)
    now = ctx.now()
    parameters["classes"] = _open_classes(ctx, batch, classes)
    ctx.session.execute(_LEFT_OUT, parameters)
    year = ctx.session.execute(select(SchoolYear).where(SchoolYear.id == batch.year_id)).scalar_one()
    counted = _Counted(progress, sum(batch.summary["actions"].get(action, 0) for action in ("new", "changed")))
    for count in waves(ctx.session, _portions(ctx, parameters, batch, counted)):
        upsert(
            ctx,
            year=batch.year_id,
            starts_on=year.starts_on,
            today=local_date(now),
            now=now,
            import_id=import_id,
        )
        counted.add(count)
    batch.state, batch.confirmed_at = "confirmed", now
    result = _finish(ctx, batch, parameters)
    refresh_statistics(ctx, *TABLES, rows=result.new + result.changed)
    record(
        ctx,
        "learners.import.confirmed",
        target=("learners_import", import_id),
        detail={"new": result.new, "changed": result.changed, "refused": result.refused},
    )
    emit(
        ctx,
        IMPORTED,
        {"import_id": str(import_id), "new": result.new, "changed": result.changed},
    )
    return result


def _check_fresh(ctx: Context, parameters: dict[str, Any]) -> None:
    changed = ctx.session.execute(_STALE, parameters).scalar_one()
    taken = 0
    known = "SELECT 1 FROM learners_learner WHERE school_id = :school LIMIT 1"
    if ctx.session.execute(text(known), parameters).first():
        taken = ctx.session.execute(_TAKEN, parameters).scalar_one()
    if changed or taken:
        raise PlanOutdated(
            _("Records have changed since this plan was made. It was read again; please look once more.")
        )


def _open_classes(ctx: Context, batch: Import, chosen: Collection[str] | None) -> list[str]:
    """The classes whose pupils are taken over; proposed ones are opened now."""
    mine = SchoolClass.school_id == ctx.school_id, SchoolClass.year_id == batch.year_id
    existing = set(ctx.session.execute(select(SchoolClass.name).where(*mine)).scalars())
    if not batch.summary["classes_proposed"]:
        return sorted(existing)
    proposed: list[str] = batch.summary["classes"]
    wanted = proposed if chosen is None else [name for name in proposed if name in set(chosen)]
    if not wanted:
        raise Invalid(_("Choose at least one class to open."), fields={"classes": _("Choose at least one class.")})
    for position, name in enumerate(sorted(wanted, key=class_order)):
        if name not in existing:
            ctx.session.add(
                SchoolClass(
                    id=new_id(),
                    school_id=ctx.school_id,
                    year_id=batch.year_id,
                    name=name,
                    grade=grade_of(name) or 0,
                    position=position,
                    import_id=batch.id,
                )
            )
    ctx.session.flush()
    return sorted(existing | set(wanted))


@dataclass(slots=True)
class _Counted:
    """Progress of a confirmation: each row counts half when it is prepared and half when it is written."""

    progress: Progress | None
    rows: int
    halves: int = 0

    def add(self, count: int) -> None:
        self.halves += count
        if self.progress:
            self.progress(self.halves // 2, max(self.rows, self.halves // 2))


def _portions(ctx: Context, parameters: dict[str, Any], batch: Import, counted: _Counted) -> Iterator[list[Record]]:
    with_nationality = any("quoctich" in layout["fields"] for layout in batch.summary["layouts"])
    after = -1
    while rows := ctx.session.execute(_ROWS, {**parameters, "after": after, "limit": PORTION}).all():
        after = rows[-1].number
        yield [
            Record(number, learner_id, action == "new", _value(value, before, with_nationality=with_nationality))
            for number, action, learner_id, value, before in rows
        ]
        counted.add(len(rows))


def _value(value: str, before: dict[str, Any] | None, *, with_nationality: bool) -> bytes:
    """The whole record after the row: of a new pupil the row itself, as it is stored."""
    if before is None:
        return value.encode()
    return msgspec.json.encode(merge(before, msgspec.json.decode(value), with_nationality=with_nationality))


def _finish(ctx: Context, batch: Import, parameters: dict[str, Any]) -> Result:
    counts = {row.action: row.n for row in ctx.session.execute(_COUNTS, parameters)}
    batch.summary = {**batch.summary, "actions": counts}
    ctx.session.flush()
    return Result(*(counts.get(action, 0) for action in ("new", "changed", "unchanged", "refused")))
