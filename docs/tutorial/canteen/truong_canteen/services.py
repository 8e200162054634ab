"""The use cases: each asks for its permission, checks, writes and records. Pages and API call these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, select, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.ledger import NewCharge, charges
from plugins.learners import public as learners

from .events import CHARGED
from .models import Meal, Registration


@dataclass(frozen=True, slots=True)
class MealRow:
    """A meal as lists show it. The price is in whole dong."""

    id: UUID
    day: date
    dish: str
    price: int
    charged: bool
    pupils: int


def meals(ctx: Context, *, limit: int = 50) -> list[MealRow]:
    """The latest meals with how many eat: one query, however many there are."""
    ctx.require("canteen.meal.read")
    eaters = (
        select(func.count()).where(Registration.meal_id == Meal.id, Registration.school_id == Meal.school_id)
    ).scalar_subquery()
    query = (
        select(Meal.id, Meal.day, Meal.dish, Meal.price, Meal.charged_at.is_not(None), eaters)
        .order_by(Meal.day.desc(), Meal.id)
        .limit(limit)
    )
    return [MealRow(*row) for row in ctx.session.execute(query)]


def meal(ctx: Context, meal_id: UUID) -> Meal:
    """A meal of the school.

    Raises:
        NotFound: the school has no such meal.
    """
    ctx.require("canteen.meal.read")
    found = ctx.session.get(Meal, meal_id)
    if found is None:
        raise NotFound
    return found


def add_meal(ctx: Context, day: date | None, dish: str, price: int | None) -> UUID:
    """Plan a meal.

    Raises:
        Invalid: without a day, a dish or a price.
    """
    ctx.require("canteen.meal.edit")
    dish, needed = " ".join(dish.split()), _("Please fill this in.")
    faults = {name: needed for name, value in (("day", day), ("dish", dish)) if not value}
    if price is None or price < 0:
        faults["price"] = needed
    if day is None or price is None or faults:
        raise Invalid(needed, fields=faults)
    row = Meal(day=day, dish=dish, price=price)
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "canteen.meal.added", target=("canteen_meal", row.id))
    return row.id


def register_class(ctx: Context, meal_id: UUID, class_id: UUID) -> int:
    """Every pupil of a class eats this meal; who is registered already stays so. Returns how many are new.

    Raises:
        Conflict: the meal was charged already.
    """
    ctx.require("canteen.meal.edit")
    if meal(ctx, meal_id).charged_at is not None:
        raise Conflict(_("This meal was charged already."))
    known = select(Registration.person_id).where(Registration.meal_id == meal_id)
    pupils = learners.enrolled(ctx).subquery()
    query = select(pupils.c.person_id).where(pupils.c.class_id == class_id, pupils.c.person_id.not_in(known))
    new = ctx.session.scalars(query).all()
    if new:
        rows = [{"school_id": ctx.school_id, "meal_id": meal_id, "person_id": person} for person in new]
        ctx.session.execute(insert(Registration), rows)
        record(ctx, "canteen.class.registered", target=("canteen_meal", meal_id), detail={"pupils": len(new)})
    return len(new)


def kitchen_list(ctx: Context, meal_id: UUID) -> list[tuple[str, int]]:
    """How many portions each class needs: numbers, because the kitchen needs no names."""
    ctx.require("canteen.meal.read")
    pupils = learners.enrolled(ctx).subquery()
    query = (
        select(pupils.c.class_name, func.count())
        .join(Registration, Registration.person_id == pupils.c.person_id)
        .where(Registration.meal_id == meal_id)
        .group_by(pupils.c.grade, pupils.c.class_name)
        .order_by(pupils.c.grade, pupils.c.class_name)
    )
    return [(row[0], row[1]) for row in ctx.session.execute(query)]


def class_choices(ctx: Context) -> list[tuple[str, str]]:
    """Classes of this year for a form."""
    return [(str(row.class_id), row.class_name) for row in ctx.session.execute(learners.classes(ctx))]


def charge_meal(ctx: Context, meal_id: UUID) -> int:
    """Ask the families for the price of a meal, once; returns how many pupils are charged.

    The core keeps the books: charges appear on the family's page, are paid by any channel, and can be cancelled.

    Raises:
        Conflict: the meal was charged already, or nobody eats.
    """
    ctx.require("canteen.meal.charge")
    row = meal(ctx, meal_id)
    eaters = ctx.session.execute(
        select(Registration.id, Registration.person_id).where(Registration.meal_id == meal_id)
    ).all()
    if not eaters:
        raise Conflict(_("Nobody is registered for this meal."))
    marked = ctx.session.scalars(  # two accountants at once: only one of them finds it uncharged
        update(Meal)
        .where(Meal.id == meal_id, Meal.charged_at.is_(None))
        .values(charged_at=ctx.now())
        .returning(Meal.id)
    ).all()
    if not marked:
        raise Conflict(_("This meal was charged already."))
    asked = [
        NewCharge(eater.person_id, eater.id, row.price, row.day, f"{row.dish}, {row.day:%d/%m/%Y}") for eater in eaters
    ]
    charges.open_many(ctx, "canteen", asked, memo=row.dish)
    record(ctx, "canteen.meal.charged", target=("canteen_meal", meal_id), detail={"pupils": len(eaters)})
    emit(ctx, CHARGED, {"meal": str(meal_id), "pupils": len(eaters)})
    return len(eaters)
