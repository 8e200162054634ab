"""What this module holds on a person: the transcript, which the law keeps for good, and a signer's certificate."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, Erasure, Held, Kept, PersonalData, _
from core.sdk.school import SchoolYear

from .models import Signer, Slot, Transcript, YearRecord
from .words import STATES

_TITLE = _("Digital transcript")
_KEPT = Kept(_TITLE, _("Transcripts are kept for good (Decree 88/2026/ND-CP, article 8)."))


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Each version of each year with its state; of a signer the certificate and how many places are signed."""
    rows = ctx.session.execute(
        select(SchoolYear.name, YearRecord.class_name, YearRecord.version, YearRecord.state)
        .join(SchoolYear, SchoolYear.id == YearRecord.year_id)
        .where(YearRecord.school_id == ctx.school_id, YearRecord.learner_id == person_id)
        .order_by(SchoolYear.starts_on, YearRecord.version)
    ).all()
    facts = [
        (
            _("%(year)s, class %(name)s, version %(version)s", year=row[0], name=row[1], version=row[2]),
            STATES[row[3]][1],
        )
        for row in rows
    ]
    held = [Held(_TITLE, facts)] if facts else []
    certificates = ctx.session.execute(
        select(Signer.subject, Signer.valid_to).where(Signer.school_id == ctx.school_id, Signer.person_id == person_id)
    ).all()
    if certificates:
        signed = ctx.session.scalar(
            select(func.count()).where(
                Slot.school_id == ctx.school_id, Slot.person_id == person_id, Slot.state == "signed"
            )
        )
        lines = [(_("Certificate"), f"{row[0]} ({row[1]:%d/%m/%Y})") for row in certificates]
        held.append(Held(_("Signatures on transcripts"), [*lines, (_("Places signed"), str(signed or 0))]))
    return held


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: the record is kept for good, and who signed it is part of it."""
    held = any(
        ctx.session.scalar(select(func.count()).where(table.school_id == ctx.school_id, column == person_id))
        for table, column in ((Transcript, Transcript.learner_id), (Signer, Signer.person_id))
    )
    return Erasure([], [_KEPT]) if held else Erasure()


PERSONAL = [
    PersonalData(
        "transcripts.record",
        _TITLE,
        purpose=_("To issue the transcript that the law asks for."),
        basis=_("Decree 88/2026/ND-CP, articles 8 and 12"),
        retention=_("For good"),
        data_classes=("identity", "results"),
        show=show,
        erase=erase,
        order=155,
    )
]
