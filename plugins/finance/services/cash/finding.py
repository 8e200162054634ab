"""Who stands at the counter: typed, scanned from a notice, or a brother or sister of who is there already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.ledger import Charge, LedgerBalance
from core.sdk.links import LinkExpired, named_by
from core.sdk.people import Relation
from plugins.finance.models import Bill
from plugins.finance.roll import enrolled
from plugins.finance.services import signed
from plugins.finance.services.baskets.links import household
from plugins.finance.services.baskets.places import FAMILY
from plugins.finance.services.bills import BillRow, open_bills_of
from plugins.finance.services.links import bill_of_token
from plugins.finance.services.pupils import PupilHit

_LINK = re.compile(r"/pay/(?P<family>family/)?(?P<token>[^/?#\s]+)")
_LENGTH = 11
"""Characters of a reference of ours; those of an older system are found where they stand alone."""


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil at the counter. Amounts in dong."""

    person_id: UUID
    full_name: str
    code: str
    class_name: str
    bills: tuple[BillRow, ...]
    credit: int
    """Money at the school that nothing has used."""

    @property
    def open(self) -> int:
        return sum(bill.open for bill in self.bills)


def basket(ctx: Context, people: Sequence[UUID]) -> list[Child]:
    """Pupils with their open bills, in the order given; who is not in a class any more but owes is there too.

    Three queries, however many children.
    """
    ctx.require("payments.cash.collect")
    ctx.require("finance.bill.read")
    if not people:
        return []
    roll = enrolled(ctx)
    rows = ctx.session.execute(
        select(roll.c.person_id, roll.c.full_name, roll.c.code, func.coalesce(roll.c.class_name, "")).where(
            roll.c.person_id.in_(people)
        )
    )
    known: dict[UUID, tuple[str, str, str]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
    bills = open_bills_of(ctx, people)
    for person_id, owed in bills.items():
        known.setdefault(person_id, (owed[0].full_name, owed[0].code, ""))
    credits = ctx.session.execute(
        select(LedgerBalance.person_id, LedgerBalance.amount).where(
            LedgerBalance.school_id == ctx.school_id,
            LedgerBalance.account == "student_balance",
            LedgerBalance.person_id.in_(people),
        )
    )
    unused = {person_id: -amount for person_id, amount in credits}
    return [
        Child(person_id, *known[person_id], tuple(bills.get(person_id, ())), unused.get(person_id, 0))
        for person_id in dict.fromkeys(people)
        if person_id in known
    ]


def scanned(ctx: Context, text: str) -> list[UUID]:
    """The pupils of a scanned notice: its pay link, its transfer code, a payment code; or of a pupil's card.

    A scanner types what the code says, so the search box takes it. Empty where it names nobody for certain.
    """
    ctx.require("finance.bill.read")
    said = text.strip()[:600]
    if not said:
        return []
    if link := _LINK.search(said):
        return _of_link(ctx, link["token"], family=bool(link["family"]))
    upper = said.upper()
    by_reference = select(Charge.person_id).where(
        Charge.school_id == ctx.school_id, Charge.reference.in_(_references(upper))
    )
    if found := ctx.session.scalars(by_reference.limit(2)).all():
        return list(found) if len(found) == 1 else []
    roll = enrolled(ctx)
    people = ctx.session.scalars(select(roll.c.person_id).where(func.upper(roll.c.code) == upper).limit(2)).all()
    return list(people) if len(people) == 1 else []


def _references(upper: str) -> list[str]:
    """Everything in a text that could be a reference: words, and each window of a transfer code."""
    words = re.findall(r"[A-Z0-9]{8,16}", upper)
    runs = re.findall(r"[A-Z0-9]{17,}", re.sub(r"[^A-Z0-9]", "", upper)) if upper.startswith("0002") else []
    windows = [run[start : start + _LENGTH] for run in runs for start in range(len(run) - _LENGTH + 1)]
    return list(dict.fromkeys([*words, *windows]))


def _of_link(ctx: Context, token: str, *, family: bool) -> list[UUID]:
    try:
        if family:
            child = named_by(token)
            signed.read(ctx, FAMILY, child, token)
            return household(ctx, child)
        bill_id, _school = bill_of_token(ctx, token)
    except (NotFound, LinkExpired):  # forged, changed or old: nothing was found, as for any other text
        return []
    query = select(Bill.person_id).where(Bill.school_id == ctx.school_id, Bill.id == bill_id)
    return list(ctx.session.scalars(query))


def siblings(ctx: Context, people: Sequence[UUID]) -> list[PupilHit]:
    """Brothers and sisters of these pupils at the school: who has a father, mother or guardian in common."""
    ctx.require("finance.bill.read")
    if not people:
        return []
    mine, other = aliased(Relation), aliased(Relation)
    roll = enrolled(ctx)
    rows = ctx.session.execute(
        select(roll.c.person_id, roll.c.full_name, roll.c.code, func.coalesce(roll.c.class_name, ""), roll.c.sort_key)
        .select_from(mine)
        .join(other, and_(other.person_id == mine.person_id, other.school_id == mine.school_id))
        .join(roll, roll.c.person_id == other.related_id)
        .where(mine.school_id == ctx.school_id, mine.related_id.in_(people), other.related_id.not_in(people))
        .distinct()
        .order_by(roll.c.sort_key, roll.c.person_id)
    )
    return [PupilHit(*row[:4]) for row in rows]
