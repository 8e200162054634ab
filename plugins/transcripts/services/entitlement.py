"""Who may sign in which place on a day: by teaching assignment, homeroom class, position, or for the seal by right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.sdk import Context
from core.sdk.data import local_date
from plugins.curriculum import public as curriculum

from ..access import SEAL, SIGN
from ..rules.slots import Place, Role
from .leaders import leaders


@dataclass(frozen=True, slots=True)
class Entitled:
    """Who may sign on one day in the classes of one year."""

    day: date
    teachers: Mapping[tuple[UUID, str], tuple[UUID, ...]]
    """By class and code of the subject."""
    homerooms: Mapping[UUID, UUID]
    leaders: tuple[UUID, ...]
    """The principal first."""

    def of(self, class_id: UUID, place: Place) -> tuple[UUID, ...]:
        """The persons who may sign a place; nobody for the seal, which is put by right."""
        if place.role is Role.SUBJECT:
            return self.teachers.get((class_id, place.subject), ())
        if place.role is Role.HOMEROOM:
            return (self.homerooms[class_id],) if class_id in self.homerooms else ()
        return self.leaders if place.role is Role.PRINCIPAL else ()


def entitled(ctx: Context, year_id: UUID, on: date | None = None) -> Entitled:
    """Who may sign on a day (today) in a year's classes, in three statements. Assignments that have no end go on after
    the year: who taught the subject last signs it."""
    day = on or local_date(ctx.now())
    lines = curriculum.courses(ctx, year_id=year_id, on=day)
    named = sorted(leaders(ctx, day), key=lambda line: line.position != "principal")
    return Entitled(
        day,
        {(line.class_id, line.code): tuple(line.teachers) for line in lines},
        curriculum.homerooms(ctx, year_id=year_id, on=day),
        tuple(line.person_id for line in named),
    )


def may_sign(ctx: Context, found: Entitled, class_id: UUID, place: Place) -> bool:
    """Whether the actor may sign a place today."""
    if place.role is Role.SEAL:
        return ctx.actor.has(SEAL)
    me = ctx.actor.person_id
    return me is not None and ctx.actor.has(SIGN) and me in found.of(class_id, place)
