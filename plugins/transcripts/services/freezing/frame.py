"""What all records of a class have in common: the school, its department, who signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography import x509
from sqlalchemy import select

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.people import Person
from core.sdk.school import school_of
from core.sdk.settings import get
from plugins.learners import public as learners

from ...record.people import Head, SchoolAddress, Signer
from ...rules.slots import Place, Role
from ...settings import DEPARTMENT, DEPARTMENT_CODE, PLACE
from ...verify.person import numbers
from ..entitlement import Entitled
from ..leaders import leaders
from ..signers import Ready, ready, ready_for
from .composing import Frame
from .results import clean

_ANY, _HEAD = UUID(int=0), Place(Role.PRINCIPAL)
_TITLES = {"principal": "Hiệu trưởng", "deputy": "Phó Hiệu trưởng"}


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may sign on the day: names and certificates, by person."""

    entitled: Entitled
    names: Mapping[UUID, str]
    ready: Mapping[UUID, Ready]

    def person(self, class_id: UUID, place: Place) -> UUID | None:
        """Who has to sign a place: the first of those who may, one with a certificate before one without."""
        found = self.entitled.of(class_id, place)
        return next((one for one in found if one in self.ready), found[0] if found else None)

    def signer(self, class_id: UUID, place: Place) -> Signer | None:
        """The same as the record names them; None where nobody is assigned or registered with a personal ID."""
        person = self.person(class_id, place)
        if person is None or person not in self.ready or not self.ready[person].personal_id:
            return None
        return Signer(clean(self.names[person]), self.ready[person].personal_id)


def staff(ctx: Context, found: Entitled) -> Staff:
    """Names and certificates of everybody who may sign on the day."""
    ids = {one for group in found.teachers.values() for one in group} | {*found.homerooms.values(), *found.leaders}
    rows = ctx.session.execute(
        select(Person.id, Person.full_name).where(Person.school_id == ctx.school_id, Person.id.in_(ids))
    )
    return Staff(found, {row.id: row.full_name for row in rows}, ready_for(ctx, ids))


def frame(ctx: Context, people: Staff, on: date | None = None) -> Frame:
    """What every record says of the school and its leadership."""
    school, day = school_of(ctx), on or local_date(ctx.now())
    province = learners.CODE_NAMES["province"].get(school.province, school.province)
    head, seal = people.signer(_ANY, _HEAD), ready(ctx, None)
    position = next(
        (line.position for line in leaders(ctx, day) if line.person_id == people.person(_ANY, _HEAD)), "principal"
    )
    return Frame(
        clean(school.name), school.code, SchoolAddress(clean(school.address) or province, province, school.province),
        str(get(ctx, DEPARTMENT_CODE) or school.province),
        clean(str(get(ctx, DEPARTMENT) or f"Sở Giáo dục và Đào tạo {province}")),
        clean(str(get(ctx, PLACE) or province)), _organisation(seal),
        Head(head.name, head.personal_id, _TITLES[position]) if head is not None else None, day,
    )  # fmt: skip


def _organisation(seal: Ready | None) -> str:
    """What the certificate of the seal names the school by: the number in its subject."""
    if seal is None:
        return ""
    found = sorted(numbers(x509.load_der_x509_certificate(seal.certificate)))
    return found[0][:40] if found else ""
