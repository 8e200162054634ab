"""The bills behind a link at one school, as anybody who holds it may read them: initials and class, no name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Actor, Context, access
from core.sdk.errors import NotFound
from core.sdk.ledger import AttemptView, Charge, Offer, payers
from core.sdk.school import school_of
from plugins.finance.models import Bill, Share
from plugins.finance.roll import enrolled
from plugins.finance.rules.initials import initials
from plugins.finance.services import links, signed
from plugins.finance.services.bills import BillRow, PayState, open_bills_of
from plugins.finance.services.issue import CHARGE_OF_BILL
from plugins.finance.services.parts import parts_of

from .links import household
from .places import Place


@dataclass(frozen=True, slots=True)
class BasketBill:
    """An open bill. Amounts in dong."""

    id: UUID
    charge_id: UUID
    person_id: UUID
    """For starting the payment; never shown."""
    title: str
    due_on: date
    state: PayState
    open: int
    now: int
    """What is asked now: the next part that the school has agreed to, else all that is open."""
    token: str
    """Opens this bill with its lines; empty for who only pays."""


@dataclass(frozen=True, slots=True)
class BasketChild:
    """A child with its open bills, the oldest due first."""

    initials: str
    class_name: str
    bills: tuple[BasketBill, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """What a link lets somebody pay at one school, in one payment."""

    school_id: UUID
    school_name: str
    children: tuple[BasketChild, ...]
    chosen: tuple[BasketBill, ...]
    offers: tuple[Offer, ...]
    beyond: tuple[Offer, ...]
    waiting: tuple[tuple[AttemptView, Offer], ...]
    """Payments begun on the page of a service that are not decided yet: paying again could pay twice."""

    @property
    def bills(self) -> tuple[BasketBill, ...]:
        return tuple(bill for child in self.children for bill in child.bills)

    @property
    def total(self) -> int:
        return sum(bill.now for bill in self.bills)

    @property
    def amount(self) -> int:
        """Of the chosen bills."""
        return sum(bill.now for bill in self.chosen)


def basket(ctx: Context, place: Place, chosen: frozenset[UUID] = frozenset()) -> Basket:
    """The open bills of a link in a context of one of its schools.

    Args:
        chosen: bills that shall be paid; all without it. Others are not looked at.

    Raises:
        NotFound: whom it names is not here any more.
    """
    children = _children(ctx, place)
    bills = [bill for child in children for bill in child.bills]
    picked = tuple(bill for bill in bills if bill.id in chosen) or tuple(bills)
    amount = sum(bill.now for bill in picked)
    every = payers.all_offers(ctx, amount) if amount else []
    begun = payers.waiting(ctx, [bill.charge_id for bill in bills]) if bills else []
    named = [(attempt, payers.offer_of(ctx, attempt.channel_id, attempt.amount)) for attempt in begun]
    return Basket(
        school_id=ctx.school_id,
        school_name=school_of(ctx).name,
        children=tuple(children),
        chosen=picked,
        offers=tuple(offer for offer in every if offer.carries(amount)),
        beyond=tuple(offer for offer in every if not offer.carries(amount)),
        waiting=tuple((attempt, offer) for attempt, offer in named if offer.flow == "redirect")[:1],
    )


def people_of(ctx: Context, place: Place) -> list[UUID]:
    """The children whose bills a link opens here.

    Raises:
        NotFound: whom it names is not here any more.
    """
    if place.child is not None:
        return household(ctx, place.child)
    if place.guardian is not None:
        named = Actor("link", "link:finance.guardian", person_id=place.guardian)
        own = replace(ctx, actor=named.with_permissions("finance.bill.read.own"))
        return [child for child in access.children(own) if access.may(own, "finance.bill.read", child)]
    query = select(Bill.person_id).where(Bill.id.in_(bills_of_share(ctx, place)))
    return list(ctx.session.scalars(query.distinct()))


def bills_of_share(ctx: Context, place: Place) -> list[UUID]:
    """The bills of a link for another payer.

    Raises:
        NotFound: no such link at this school.
    """
    found = ctx.session.scalar(select(Share.bills).where(Share.id == place.share))
    if found is None:
        raise NotFound()
    return [UUID(text) for text in found]


def _children(ctx: Context, place: Place) -> list[BasketChild]:
    people = people_of(ctx, place)
    found = open_bills_of(ctx, people)
    if place.share is not None:
        asked = set(bills_of_share(ctx, place))
        found = {person: [row for row in rows if row.id in asked] for person, rows in found.items()}
    ids = [row.id for rows in found.values() for row in rows]
    joined = (
        select(Bill.id.label("bill"), Charge.id.label("charge")).join(Charge, CHARGE_OF_BILL).where(Bill.id.in_(ids))
    )
    charges = {row.bill: row.charge for row in ctx.session.execute(joined)}
    roll = enrolled(ctx)
    present = select(roll.c.person_id, roll.c.full_name, roll.c.class_name).where(roll.c.person_id.in_(people))
    order = {row.person_id: row for row in ctx.session.execute(present.order_by(roll.c.sort_key, roll.c.person_id))}
    listed = [*order, *(person for person in found if person not in order)]
    children: list[BasketChild] = []
    for person in listed:
        rows = [row for row in found.get(person, []) if row.id in charges]
        if not rows and (place.share is not None or person not in order):
            continue
        name, class_name = (
            (order[person].full_name, order[person].class_name or "")
            if person in order
            else (rows[0].full_name, rows[0].class_name)
        )
        bills = tuple(_bill(ctx, row, charges[row.id], told=place.share is None) for row in rows)
        children.append(BasketChild(initials(name), class_name, bills))
    return children


def _bill(ctx: Context, row: BillRow, charge_id: UUID, *, told: bool) -> BasketBill:
    now = next((part.open for part in parts_of(ctx, row.id, row.paid) if part.open), row.open)
    token = signed.make(ctx, links.KIND, row.id, row.person_id) if told else ""
    return BasketBill(row.id, charge_id, row.person_id, row.round_title, row.due_on, row.state, row.open, now, token)
