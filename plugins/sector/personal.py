"""What this module holds on a pupil: that data were sent to the sector's database, and copies of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Context, Erasure, Held, Kept, PersonalData, _
from core.sdk.data import local_date

from .models import Batch, Known, Line
from .words import KIND_WORDS

_TITLE = _("Data sent to the sector's database")
_KEPT = Kept(_TITLE, _("That data were sent, and when, is proof of the school's duty to report."))


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """What was handed over, by kind and day."""
    query = (
        select(Batch.kind, Batch.handed_at)
        .join(Line, (Line.school_id == Batch.school_id) & (Line.batch_id == Batch.id))
        .where(Batch.school_id == ctx.school_id, Line.learner_id == person_id, Batch.handed_at.is_not(None))
        .where(Line.file_number.is_not(None))
        .group_by(Batch.id, Batch.kind, Batch.handed_at)
        .order_by(Batch.handed_at)
    )
    facts = [(KIND_WORDS[kind], local_date(at)) for kind, at in ctx.session.execute(query) if at]
    return [Held(_TITLE, facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """The copies of values go; which batch a row was in, and what the sector said of it, stays."""
    mine = Line.school_id == ctx.school_id, Line.learner_id == person_id
    held = ctx.session.scalar(select(func.count()).select_from(Line).where(*mine)) or 0
    if really and held:
        ctx.session.execute(update(Line).where(*mine).values(values={}, message=""))
    known = ctx.session.scalar(
        select(func.count()).select_from(Known).where(Known.school_id == ctx.school_id, Known.learner_id == person_id)
    )
    return Erasure([_("Copies of what was sent")] if held else [], [_KEPT] if held or known else [])


PERSONAL = [
    PersonalData(
        "sector.rows",
        _TITLE,
        purpose=_("To report to the sector's database, and to know what it has taken."),
        basis=_("Duty of the school to report under Decree 88/2026/ND-CP"),
        retention=_("With the records of the pupils"),
        data_classes=("identity", "address", "family", "policy", "origin", "health", "results"),
        show=show,
        erase=erase,
        order=170,
    )
]
