"""What this module holds on a pupil: marks that the law keeps for good."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, Erasure, Held, Kept, PersonalData, _
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from .grid.cells import Cell, stored
from .grid.words import TERMS
from .models import Brought, Gradebook, MarkCell

_TITLE = _("Marks, levels and comments")
_KEPT = Kept(_TITLE, _("Marks belong to the school report, which is kept for good (Decree 88/2026/ND-CP)."))


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Every book of the pupil in one line: the class, the subject, the term, and what stands there."""
    rows = ctx.session.execute(
        select(Gradebook.class_id, Gradebook.course_id, Gradebook.term, MarkCell.state, MarkCell.tenths, MarkCell.text)
        .join(MarkCell, (MarkCell.school_id == Gradebook.school_id) & (MarkCell.gradebook_id == Gradebook.id))
        .where(Gradebook.school_id == ctx.school_id, MarkCell.learner_id == person_id)
        .order_by(Gradebook.class_id, Gradebook.term, Gradebook.course_id, MarkCell.slot)
    ).all()
    papers = [*ctx.session.scalars(
        select(Brought).where(Brought.school_id == ctx.school_id, Brought.learner_id == person_id).order_by(Brought.id)
    )]  # fmt: skip
    if not rows and not papers:
        return []
    classes = {row.class_id: learners.class_of(ctx, row.class_id) for row in rows}
    subjects = {
        line.id: line.name_vi
        for info in classes.values()
        for line in curriculum.courses(ctx, class_id=info.id, year_id=info.year_id)
    }
    held: dict[tuple[UUID, UUID | None, int], list[str]] = {}
    for row in rows:
        cell = stored(Cell(row.state, row.tenths, row.text))
        held.setdefault((row.class_id, row.course_id, row.term), []).append(cell)
    facts = [
        (
            _("%(name)s, %(subject)s, %(term)s", name=classes[one].name, subject=subjects.get(course or one, "–"),
              term=TERMS[term]),
            " · ".join(cells),
        )
        for (one, course, term), cells in held.items()
    ]  # fmt: skip
    facts += [
        (
            _("%(term)s, from %(school)s", term=TERMS[paper.term], school=paper.from_school),
            " · ".join(text for row in paper.cells.values() for text in row.values()),
        )
        for paper in papers
    ]
    return [Held(_TITLE, facts)]


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: it belongs to the school report."""
    held = any(
        ctx.session.scalar(select(func.count()).where(one.school_id == ctx.school_id, one.learner_id == person_id))
        for one in (MarkCell, Brought)
    )
    return Erasure([], [_KEPT]) if held else Erasure()


PERSONAL = [
    PersonalData(
        "assessment.marks",
        _TITLE,
        purpose=_("To assess pupils, and to write their school reports."),
        basis=_("Circulars 27/2020/TT-BGDDT and 22/2021/TT-BGDDT"),
        retention=_("For good, with the school report"),
        data_classes=("results",),
        show=show,
        erase=erase,
        order=150,
    )
]
