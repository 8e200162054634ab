"""What this module holds on a pupil, and what of it can be erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update

from core.sdk import Context, Erasure, Held, Kept, Message, PersonalData, _

from .models import (
    Change,
    ContactRight,
    Enrolment,
    GuardianDetail,
    Identifier,
    Learner,
    Movement,
    PolicyGroup,
    Profile,
    SchoolClass,
)
from .rules import ethnic, provinces
from .rules.fields import FIELDS, word
from .rules.moves import KINDS
from .services.profiles import SCHEME_NAMES

Fact = str | date | Message | None
_FREE = {"remark": _("Remark"), "insurance": _("Health insurance"), "disability": _("Disability")}
"""Facts that no duty keeps once the family asks."""
_KEPT = Kept(
    _("Record of the pupil"),
    _("Records of pupils are kept for good (Decree 88/2026/ND-CP, article 8.3)."),
)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The record, the classes and steps, policy groups with their papers, numbers; of a guardian what they may do."""
    row = ctx.session.execute(select(Learner).where(Learner.id == person_id)).scalar_one_or_none()
    if row is None:
        return _guardian(ctx, person_id)
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
    facts += _further(ctx, person_id)
    return [Held(_("Record of the pupil"), [(label, value) for label, value in facts if value])]


def _further(ctx: Context, person_id: UUID) -> list[tuple[Message, Fact]]:
    """Further fields, numbers, and the steps at this school."""
    held = ctx.session.execute(select(Profile).where(Profile.learner_id == person_id)).scalar_one_or_none()
    facts: list[tuple[Message, Fact]] = []
    if held is not None:
        facts += [(one.label, word(one, getattr(held, one.name))) for one in FIELDS]
    numbers = select(Identifier.scheme, Identifier.value).where(
        Identifier.school_id == ctx.school_id, Identifier.learner_id == person_id
    )
    facts += [(SCHEME_NAMES[line.scheme], line.value) for line in ctx.session.execute(numbers)]
    steps = select(Movement.kind, Movement.happened_on).where(
        Movement.school_id == ctx.school_id, Movement.learner_id == person_id
    )
    facts += [(KINDS[line.kind], line.happened_on) for line in ctx.session.execute(steps.order_by(Movement.id))]
    return facts


def _guardian(ctx: Context, person_id: UUID) -> list[Held]:
    """What is held on father, mother or guardian beside the person: ID, occupation, remarks on their rights."""
    detail = ctx.session.execute(
        select(GuardianDetail).where(GuardianDetail.person_id == person_id)
    ).scalar_one_or_none()
    facts: list[tuple[Message, Fact]] = []
    if detail is not None:
        facts += [(_("Personal ID"), detail.personal_id), (_("Occupation"), detail.occupation)]
    rights = select(ContactRight.note).where(
        ContactRight.school_id == ctx.school_id, ContactRight.person_id == person_id
    )
    facts += [(_("Rights of the family"), note) for note in ctx.session.execute(rights).scalars()]
    shown = [(label, value) for label, value in facts if value]
    return [Held(_("Rights of the family"), shown)] if shown else []


def _day(birth: str | None) -> Fact:
    """A whole date as a date; one of which only a part is known stays as it is."""
    return date.fromisoformat(birth) if birth and len(birth) == len("2014-09-05") else birth


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Free remarks and facts of health go, also out of the history; the record that the law keeps for good stays."""
    row = ctx.session.execute(select(Learner).where(Learner.id == person_id)).scalar_one_or_none()
    if row is None:
        return _erase_guardian(ctx, person_id, really)
    given = [name for name in _FREE if getattr(row, name)]
    if really and given:
        gone = dict.fromkeys(given)
        ctx.session.execute(update(Learner).where(Learner.id == person_id).values(**gone, version=Learner.version + 1))
        # The history holds what the fields held before.
        ctx.session.execute(delete(Change).where(Change.school_id == ctx.school_id, Change.learner_id == person_id))
    return Erasure([_FREE[name] for name in given], [_KEPT])


def _erase_guardian(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Occupation and personal ID of a guardian go; who may do what for the child stays with the child's record."""
    mine = GuardianDetail.school_id == ctx.school_id, GuardianDetail.person_id == person_id
    if ctx.session.execute(select(GuardianDetail.person_id).where(*mine)).one_or_none() is None:
        return Erasure()
    if really:
        ctx.session.execute(delete(GuardianDetail).where(*mine))
    return Erasure([_("Personal ID"), _("Occupation")], [_KEPT])


PERSONAL = [
    PersonalData(
        "learners.record",
        _("Record of the pupil"),
        purpose=_("Teaching, and the record that schools keep of each pupil."),
        basis=_("Duty of the school under the Law on Education and Decree 88/2026/ND-CP"),
        retention=_("For good, as Decree 88/2026/ND-CP wants"),
        data_classes=("identity", "address", "family", "policy", "origin", "health"),
        show=show,
        erase=erase,
        order=100,
    )
]
