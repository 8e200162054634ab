"""The classes of the person who asks: which register is to be taken now, and what a phone keeps for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.school import current_year, is_school_day
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import EDIT
from ..models import Register
from ..settings import rules as rules_of
from . import days


@dataclass(frozen=True, slots=True)
class MyClass:
    """A class that the actor may register, with today's sessions."""

    id: UUID
    name: str
    homeroom: bool
    taken: tuple[int, ...]
    """Sessions that have a register today."""


def my_classes(ctx: Context, day: date | None = None) -> list[MyClass]:
    """The classes that the actor may register: homeroom classes first; all classes for who may register all.

    A teacher who may register all, as heads do, gets their own classes first.
    """
    day = day or days.today(ctx)
    led, taught = curriculum.my_homerooms(ctx, day), curriculum.my_classes(ctx, day)
    everything = ctx.actor.has(EDIT)
    allowed = led | (taught if ctx.actor.has(f"{EDIT}.{curriculum.TAUGHT}") else frozenset())
    taken: dict[UUID, set[int]] = {}
    query = select(Register.class_id, Register.session).where(
        Register.school_id == ctx.school_id, Register.day == day, Register.period == 0
    )
    for row in ctx.session.execute(query):
        taken.setdefault(row.class_id, set()).add(row.session)
    found = [
        MyClass(row.class_id, row.class_name, row.class_id in led, tuple(sorted(taken.get(row.class_id, ()))))
        for row in ctx.session.execute(learners.classes(ctx))
        if everything or row.class_id in allowed
    ]
    return sorted(found, key=lambda one: (not one.homeroom, one.id not in taught))


def now(ctx: Context) -> tuple[MyClass, int] | None:
    """The class and session whose register the actor takes now: the first of theirs that nobody has taken yet."""
    session = days.session_at(ctx.now())
    found = my_classes(ctx)
    waiting = [one for one in found if session not in one.taken]
    chosen = waiting[0] if waiting and waiting[0].homeroom else (found[0] if found and found[0].homeroom else None)
    chosen = chosen or (waiting[0] if waiting else found[0] if found else None)
    return (chosen, session) if chosen else None


def to_take(ctx: Context) -> list[tuple[MyClass, int]]:
    """The actor's homeroom classes whose register of a session that has begun is missing today."""
    day, rules = days.today(ctx), rules_of(ctx)
    if not is_school_day(ctx, current_year(ctx).id, day, saturdays=rules.saturdays):
        return []
    begun = days.session_at(ctx.now())
    found: list[tuple[MyClass, int]] = []
    for one in my_classes(ctx, day):
        if not one.homeroom:
            continue
        if rules.sessions == 1:
            found += [] if one.taken else [(one, begun)]
        else:
            found += [(one, s) for s in rules.sessions_on(day) if s <= begun and s not in one.taken]
    return found
