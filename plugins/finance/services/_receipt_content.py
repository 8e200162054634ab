"""What a receipt says, fixed on the day of issue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, fold
from core.sdk.ledger import Charge
from core.sdk.people import Person
from core.sdk.school import school_of
from plugins.finance.models import Bill, Payer, Round
from plugins.finance.roll import enrolled
from plugins.finance.rules.words import amount_in_words

from ._explained import lines_of
from .issue import CHARGE_OF_BILL


def content_of(
    ctx: Context, person_id: UUID, amount: int, allocated: Mapping[UUID, int], day: date, number: int
) -> dict[str, Any]:
    """Everything that is printed, as JSON. Amounts in dong."""
    school = school_of(ctx)
    pupil = pupil_of(ctx, person_id)
    return {
        "year": day.year,
        "number": number,
        "date": day.isoformat(),
        "school": {"name": school.name, "address": school.address, "phone": school.phone},
        "pupil": pupil,
        "search": fold(f"{pupil['name']} {pupil['code']} {pupil['class']}"),
        "amount": amount,
        "words": amount_in_words(amount),
        "bills": _bills(ctx, allocated),
        "balance": amount - sum(allocated.values()),
    }


def pupil_of(ctx: Context, person_id: UUID) -> dict[str, str]:
    """Name, code and class of a pupil; name alone of one who has left."""
    roll = enrolled(ctx)
    row = ctx.session.execute(
        select(roll.c.full_name, roll.c.code, roll.c.class_name).where(roll.c.person_id == person_id)
    ).one_or_none()
    if row is not None:
        return {"name": row.full_name, "code": row.code or "", "class": row.class_name or ""}
    name = ctx.session.scalars(select(Person.full_name).where(Person.id == person_id)).one()
    return {"name": name, "code": "", "class": ""}


def _bills(ctx: Context, allocated: Mapping[UUID, int]) -> list[dict[str, Any]]:
    """The bills that the money paid, with their lines; a bill that is paid in part says so."""
    rows = ctx.session.execute(
        select(Bill.id, Charge.id.label("charge_id"), Bill.total, Round.title, Charge.reference)
        .join(Round, Round.id == Bill.round_id)
        .join(Charge, CHARGE_OF_BILL)
        .where(Charge.id.in_(allocated))
        .order_by(Round.period, Bill.id)
    ).all()
    lines = lines_of(ctx, [row.id for row in rows])
    return [
        {
            "title": row.title,
            "reference": row.reference,
            "total": row.total,
            "paid": allocated[row.charge_id],
            "lines": [
                {
                    "label": line.label_vi,
                    "quantity": line.quantity,
                    "unit_price": line.unit_price,
                    "reduction": line.reduction,
                    "amount": line.amount,
                }
                for line in lines.get(row.id, ())
            ],
        }
        for row in rows
    ]


def payer_of(ctx: Context, attempt_id: UUID | None) -> dict[str, Any]:
    """`payer` with `name, tax_code, address`, where somebody else than the guardian has paid the attempt."""
    if attempt_id is None:
        return {}
    query = select(Payer.name, Payer.tax_code, Payer.address).where(Payer.attempt_id == attempt_id, Payer.name != "")
    row = ctx.session.execute(query).one_or_none()
    return {} if row is None else {"payer": {"name": row.name, "tax_code": row.tax_code, "address": row.address}}
