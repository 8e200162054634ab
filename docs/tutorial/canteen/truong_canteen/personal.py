"""What the module holds on a pupil: shown to the family, erased when no duty keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select

from core.sdk import Context, Erasure, Held, PersonalData, _

from .models import Meal, Registration


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The meals that the pupil was registered for."""
    query = (
        select(Meal.dish, Meal.day)
        .join(Registration, Registration.meal_id == Meal.id)
        .where(Registration.person_id == person_id)
        .order_by(Meal.day)
    )
    facts = [(_("Meal: %(dish)s", dish=row.dish), row.day) for row in ctx.session.execute(query)]
    return [Held(_("Meals"), facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """All of it goes: what was charged is kept by the books of the core, which say so themselves."""
    mine = Registration.person_id == person_id
    if not ctx.session.scalar(select(func.count()).select_from(Registration).where(mine)):
        return Erasure()
    if really:
        ctx.session.execute(delete(Registration).where(mine))
    return Erasure(erased=[_("Meals")])


PERSONAL_DATA = [
    PersonalData(
        "canteen.meals",
        _("Meals"),
        purpose=_("To cook for those who eat, and to charge them."),
        basis=_("Agreement with the family"),
        retention=_("Until the end of the school year"),
        data_classes=("identity", "finance"),
        show=show,
        erase=erase,
        order=500,
    )
]
