"""Second chances after the year: re-assessed subjects and training in the holidays."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.errors import Invalid
from plugins.learners import public as learners

from ...access import APPROVE
from ...grid import cells
from ...models import SummerRow
from ..books import rules_for
from .reading import pupil_result, require_class


def enter_summer(
    ctx: Context,
    class_id: UUID,
    learner_id: UUID,
    retests: Mapping[str, str],
    training: str = "",
    *,
    closed: bool = False,
) -> None:
    """Keep the results of re-assessment by subject, and of training after the holidays; the originals stay.

    Args:
        retests: what was typed, by code of a subject that may be assessed again; empty takes it back.
        closed: nothing more can come.

    Raises:
        NotFound: not in this class. Forbidden. Invalid: a subject that may not be assessed again, or no mark.
    """
    ctx.require(APPROVE)
    _member, result = pupil_result(ctx, class_id, learner_id)
    kinds = {line.code: "score" if line.scored else "passed" for line in result.subjects if line.code in result.again}
    kept, faults = {}, {}
    for code, typed in retests.items():
        if not typed.strip():
            continue
        if code not in kinds:
            raise Invalid(
                _("This subject is not assessed again."), fields={code: _("This subject is not assessed again.")}
            )
        try:
            kept[code] = cells.stored(cells.read(typed, kinds[code]))
        except cells.Unreadable as error:
            faults[code] = error.reason
    klass = learners.class_of(ctx, class_id)
    rules = rules_for(ctx, klass).secondary
    if training and (rules is None or training.upper() not in rules.training.levels):
        levels = rules.training.levels if rules is not None else ()
        faults["training"] = cells.allowed(cells.ONE_OF + ",".join(levels))
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    row = {
        "school_id": ctx.school_id, "year_id": klass.year_id, "learner_id": learner_id,
        "retests": kept, "training": training.upper(), "closed": closed, "created_at": ctx.now(),
        "updated_at": ctx.now(),
    }  # fmt: skip
    changed = {name: row[name] for name in ("retests", "training", "closed", "updated_at")}
    ctx.session.execute(
        insert(SummerRow)
        .values(row)
        .on_conflict_do_update(index_elements=["school_id", "year_id", "learner_id"], set_=changed)
    )
    detail = {"subjects": sorted(kept), "training": bool(training), "closed": closed}
    record(ctx, "assessment.summer.entered", target=("learner", learner_id), detail=detail)


def entered_summer(ctx: Context, class_id: UUID, learner_id: UUID) -> tuple[str, bool]:
    """What was entered of training after the holidays, and whether nothing more can come.

    Raises:
        NotFound, Forbidden: a class whose results the actor may not see.
    """
    key = ctx.school_id, require_class(ctx, class_id).year_id, learner_id
    row = ctx.session.get(SummerRow, key)
    return (row.training, row.closed) if row is not None else ("", False)
