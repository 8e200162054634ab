"""Who owes money that is overdue, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, select, tuple_

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.ledger import Charge
from core.sdk.people import Person
from plugins.finance.rules.ages import BANDS

from ._page import Page
from .standing.debts import bands


@dataclass(frozen=True, slots=True)
class Debtor:
    """A pupil with overdue charges. Amounts in dong."""

    person_id: UUID
    full_name: str
    owed: int
    """Overdue."""
    oldest_due_on: date
    charges: int
    by_age: dict[str, int]
    """Amount by band (`rules.ages.BANDS`)."""


def _overdue(today: date) -> Select[*tuple[Any, ...]]:
    """Overdue charges by person; the index of open charges serves it."""
    return (
        select(
            Charge.person_id,
            cast(func.sum(Charge.due - Charge.allocated), BigInteger).label("owed"),
            func.min(Charge.due_on).label("oldest"),
            func.count().label("charges"),
            *bands(today, Charge.due_on, Charge.due - Charge.allocated),
        )
        .where(Charge.state == "open", Charge.due_on < today)
        .group_by(Charge.person_id)
    )


def debtors(ctx: Context, *, after: tuple[str, ...] | None = None, limit: int = 50) -> Page[Debtor]:
    """Pupils with overdue charges, the largest sum first."""
    ctx.require("finance.debtor.read")
    owing = _overdue(local_date(ctx.now())).subquery("owing")
    order = tuple_(-owing.c.owed, owing.c.person_id)
    query = select(owing)
    if after is not None:
        query = query.where(order > tuple_(-int(after[0]), UUID(after[1])))
    page = query.order_by(-owing.c.owed, owing.c.person_id).limit(limit + 1).subquery("page")
    rows = ctx.session.execute(
        select(page, Person.full_name)
        .join(Person, Person.id == page.c.person_id)
        .order_by(-page.c.owed, page.c.person_id)
    ).all()
    found = tuple(
        Debtor(
            r.person_id,
            r.full_name,
            r.owed,
            r.oldest,
            r.charges,
            {name: getattr(r, name) for name, *_rest in BANDS if getattr(r, name)},
        )
        for r in rows[:limit]
    )
    last = (str(found[-1].owed), str(found[-1].person_id)) if len(rows) > limit else None
    return Page(found, last)


@dataclass(frozen=True, slots=True)
class Debts:
    """All that is still open, by age. Amounts in dong."""

    people: int
    owed: int
    by_age: dict[str, int]
    """One entry a band, also the empty ones, in the order of `BANDS`."""


def debts_by_age(ctx: Context) -> Debts:
    """The debts of the whole school by age, those not due yet included."""
    ctx.require("finance.debtor.read")
    today = local_date(ctx.now())
    row = ctx.session.execute(
        select(
            func.count(Charge.person_id.distinct()).label("people"),
            *bands(today, Charge.due_on, Charge.due - Charge.allocated),
        ).where(Charge.state == "open")
    ).one()
    by_age = {name: int(getattr(row, name)) for name, *_rest in BANDS}
    return Debts(row.people, sum(by_age.values()), by_age)
