"""What this module holds on a pupil, and what of it can be erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, _

from .models import Enrolment, Learner, PolicyGroup, SchoolClass
from .rules import ethnic, provinces

Fact = str | date | Message | None
_FREE = {"remark": _("Remark"), "insurance": _("Health insurance"), "disability": _("Disability")}
"""Facts that no duty keeps once the family asks."""
_KEPT = Kept(
    _("Record of the pupil"),
    _("Records of pupils are kept for good (Decree 88/2026/ND-CP, article 8.3)."),
)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The record, the classes, and policy groups with their papers."""
    row = ctx.session.execute(select(Learner).where(Learner.id == person_id)).scalar_one_or_none()
    if row is None:
        return []
    address = ", ".join(filter(None, (row.address_detail, row.address_commune or row.address_original,
                                      provinces.NAMES.get(row.address_province or ""))))  # fmt: skip
    facts: list[tuple[Message, Fact]] = [
        (_("Pupil code"), row.code), (_("Personal ID"), row.personal_id), (_("Other paper"), row.paper_number),
        (_("Date of birth"), _day(row.birth)), (_("Ethnic group"), ethnic.NAMES.get(row.ethnic or "")),
        (_("Nationality"), row.nationality), (_("Place of birth"), provinces.NAMES.get(row.birth_province or "")),
        (_("Address"), address), *((label, getattr(row, name)) for name, label in _FREE.items()),
    ]  # fmt: skip
    classes = (
        select(SchoolClass.name, Enrolment.starts_on)
        .join(Enrolment, Enrolment.class_id == SchoolClass.id)
        .where(Enrolment.school_id == ctx.school_id, Enrolment.learner_id == person_id)
        .order_by(Enrolment.starts_on)
    )
    facts += [(_("Class %(name)s", name=line.name), line.starts_on) for line in ctx.session.execute(classes)]
    policies = select(PolicyGroup.name, PolicyGroup.valid_from).where(
        PolicyGroup.school_id == ctx.school_id, PolicyGroup.learner_id == person_id
    )
    facts += [(_("Policy group"), line.name) for line in ctx.session.execute(policies)]
    return [Held(_("Record of the pupil"), [(label, value) for label, value in facts if value])]


def _day(birth: str | None) -> Fact:
    """A whole date as a date; one of which only a part is known stays as it is."""
    return date.fromisoformat(birth) if birth and len(birth) == len("2014-09-05") else birth


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Free remarks and facts of health go; the record that the law keeps for good stays."""
    row = ctx.session.execute(select(Learner).where(Learner.id == person_id)).scalar_one_or_none()
    if row is None:
        return Erasure()
    given = [name for name in _FREE if getattr(row, name)]
    if really and given:
        gone = dict.fromkeys(given)
        ctx.session.execute(update(Learner).where(Learner.id == person_id).values(**gone, version=Learner.version + 1))
    return Erasure([_FREE[name] for name in given], [_KEPT])


PERSONAL = [
    PersonalData(
        "learners.record",
        _("Record of the pupil"),
        purpose=_("Teaching, and the record that schools keep of each pupil."),
        basis=_("Duty of the school under the Law on Education and Decree 88/2026/ND-CP"),
        retention=_("For good, as Decree 88/2026/ND-CP wants"),
        data_classes=("identity", "address", "policy", "origin", "health"),
        show=show,
        erase=erase,
        order=100,
    )
]
