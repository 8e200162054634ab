"""Family codes of a class: which families have joined, codes for the others, the sheet to print."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import local_date
from core.sdk.errors import Conflict, NotFound
from core.sdk.families import FamilyRow, families, issue, shown, withdraw
from core.sdk.school import school_of
from core.sdk.text import _

from ..documents.family_sheet import Slip, render
from ..models import SchoolClass
from ..public import enrolled


@dataclass(frozen=True, slots=True)
class PupilFamily:
    """A pupil with the state of the family."""

    id: UUID
    name: str
    family: FamilyRow


@dataclass(frozen=True, slots=True)
class ClassFamilies:
    """The families of a class."""

    id: UUID
    name: str
    pupils: list[PupilFamily]

    @property
    def joined(self) -> int:
        """Families of which somebody has joined."""
        return sum(pupil.family.joined > 0 for pupil in self.pupils)

    @property
    def printable(self) -> int:
        """Families with a code that is open."""
        return sum(bool(pupil.family.code) for pupil in self.pupils)

    @property
    def waiting(self) -> int:
        """Families that can still join and have no open code."""
        rows = (pupil.family for pupil in self.pupils)
        return sum(row.guardians > row.joined and not row.code for row in rows)


def families_of_class(ctx: Context, class_id: UUID) -> ClassFamilies:
    """The pupils of a class by name, with their families.

    Raises:
        Forbidden: without `core.families.invite`. NotFound: no such class in the current year.
    """
    ctx.require("learners.learner.read")
    name = _name(ctx, class_id)
    present = enrolled(ctx).where(SchoolClass.id == class_id).subquery()
    rows = ctx.session.execute(
        select(present.c.person_id, present.c.full_name, present.c.suffix).order_by(
            present.c.sort_key, present.c.person_id
        )
    ).all()
    states = families(ctx, [row.person_id for row in rows])
    pupils = [
        PupilFamily(
            row.person_id, f"{row.full_name} ({row.suffix})" if row.suffix else row.full_name, states[row.person_id]
        )
        for row in rows
    ]
    return ClassFamilies(class_id, name, pupils)


def make_codes(ctx: Context, class_id: UUID) -> int:
    """Codes for the families of a class that can still join and have none; returns how many."""
    return issue(ctx, [pupil.id for pupil in families_of_class(ctx, class_id).pupils])


def withdraw_codes(ctx: Context, class_id: UUID, pupil_id: UUID | None = None) -> int:
    """End the open codes of a class, or of one pupil of it; returns how many.

    Raises:
        NotFound: when there is none.
    """
    pupils = [pupil.id for pupil in families_of_class(ctx, class_id).pupils]
    return withdraw(ctx, [pupil for pupil in pupils if pupil_id in (None, pupil)])


def sheet(ctx: Context, class_id: UUID, base_url: str) -> tuple[bytes, str]:
    """The slips of all open codes of a class as PDF, and the name of the class.

    Args:
        base_url: how browsers reach the program.

    Raises:
        Conflict: when no code is open.
    """
    found = families_of_class(ctx, class_id)
    slips = [
        Slip(pupil.name, shown(row.code), f"{base_url}/join/{row.code}", local_date(row.expires_at))
        for pupil in found.pupils
        if (row := pupil.family).code and row.expires_at
    ]
    if not slips:
        raise Conflict(_("No code is open in this class. Make codes first."))
    site = f"{base_url.partition('://')[2]}/join"
    content = render(school_of(ctx).name, found.name, site, slips, ctx.now())
    record(ctx, "learners.class.sheet_printed", target=("learners_class", class_id), detail={"count": len(slips)})
    return content, found.name


def _name(ctx: Context, class_id: UUID) -> str:
    query = select(SchoolClass.name).where(SchoolClass.school_id == ctx.school_id, SchoolClass.id == class_id)
    found = ctx.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
