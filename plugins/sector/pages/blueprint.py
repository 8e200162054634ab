"""The blueprint that all page modules share, and what several of them need."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, url_for

from core.sdk import Message, _

from ..rules.checks import FINDINGS
from ..rules.shapes import Field, kind_of
from ..words import spoken

blueprint = Blueprint("sector", __name__, url_prefix="/sector")
WHY = {
    "unknown": _("No row of the batch belongs to it."),
    "unclear": _("The word for its result is not known."),
    "double": _("It says two different things of one row."),
    "code_taken": _("The code belongs to another pupil already."),
}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {**spoken(), "why": WHY, "found_in": found_in, "record_url": record_url}


def found_in(kind: str, findings: Sequence[Sequence[str]]) -> list[tuple[str, Message]]:
    """Findings in words: header of the field, and what is wrong with it."""
    fields = kind_of(kind).fields
    return [(fields[name].headers[0], FINDINGS[code]) for code, name in findings if name in fields]


def record_url(
    kind: str, learner_id: UUID | None, class_id: UUID | None, findings: Sequence[Sequence[str]] = ()
) -> str | None:
    """Where a row is mended: the field of the form, or the page that fills it; None where there is none."""
    fields = kind_of(kind).fields
    first = next((fields[name] for _code, name in findings if name in fields), None)
    if learner_id is None:
        return url_for("curriculum.class_plan", class_id=class_id) if class_id else None
    if first is not None and class_id is not None and (url := _of_class(first, class_id)):
        return url
    if first is not None and first.jump and first.page in ("edit", "more"):
        return url_for(f"learners.{first.page}", learner_id=learner_id, _anchor=f"f-{first.jump}")
    if first is not None and first.page in ("family", "policies"):
        return url_for("learners.show", learner_id=learner_id, tab=first.page)
    return url_for("learners.show", learner_id=learner_id)


def _of_class(field: Field, class_id: UUID) -> str | None:
    """Results and absences are mended for a class."""
    if field.page == "results":
        return url_for("assessment.results_of", class_id=class_id)
    if field.page == "attendance":
        return url_for("attendance.class_totals", class_id=class_id)
    return None
