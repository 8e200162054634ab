"""What the holder of a pay link sees and does: the bill with its channels, a payment, where it stands, the receipt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.sdk import Actor, Context, _, access, fold
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import AttemptView, Claim, Offer, Started, Status, attempts, claims, payers
from core.sdk.links import LinkExpired
from core.sdk.payments import Transfer
from core.sdk.people import Person
from core.sdk.school import School
from plugins.finance.models import Bill, Receipt, Share
from plugins.finance.rules.part_amounts import Allowed

from .amounts import amounts_of, require_allowed
from .links import PublicBill, bill_by_link
from .receipt_files import private_receipt_pdf, receipt_pdf
from .receipts import number_label

State = Literal["open", "part", "paid", "receipt", "cancelled"]
"""The words that a page waits for: `receipt` is paid with its receipt ready."""
LIFETIME = {"redirect": timedelta(minutes=15), "transfer": timedelta(days=1)}
"""A service's page is left open for minutes; a QR picture is saved and paid in the evening."""


@dataclass(frozen=True, slots=True)
class BillReceipt:
    """A receipt that names the bill. `number` is `2026-000123`, as it stands in addresses."""

    id: UUID
    label: str
    number: str
    amount: int
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class PayPage:
    """A bill with what can be done about it."""

    bill: PublicBill
    offers: tuple[Offer, ...]
    receipts: tuple[BillReceipt, ...]
    waiting: tuple[tuple[AttemptView, Offer], ...]
    """Payments begun on the page of a service that are not decided yet: paying again could pay twice."""
    beyond: tuple[Offer, ...]
    """Ways of paying that cannot carry so little or so much at once."""
    amount: int
    """What is to be paid now: all that is open, or a part of it. Dong."""
    allowed: Allowed
    told: tuple[Claim, ...]
    """What families have said that they have paid, with the answers."""

    @property
    def state(self) -> State:
        return _state(self.bill, self.receipts)


def _state(bill: PublicBill, receipts: tuple[BillReceipt, ...]) -> State:
    if bill.state == "cancelled":
        return "cancelled"
    if bill.open > 0:
        return "part" if bill.paid else "open"
    return "receipt" if receipts else "paid"


def pay_page(ctx: Context, token: str, reader: Actor | None = None, amount: int | None = None) -> PayPage:
    """Everything on the pay page of a link; `reader` is who is signed in at this school.

    Args:
        amount: what the payer wants to pay now; anything that is not allowed counts as not said.

    Raises:
        NotFound, LinkExpired: as `bill_by_link`.
    """
    bill = bill_by_link(ctx, token, reader)
    allowed = amounts_of(ctx, bill.parts, bill.open)
    now = allowed.nearest(amount)
    every = payers.all_offers(ctx, now) if bill.open > 0 else []
    offers = tuple(offer for offer in every if offer.carries(now))
    beyond = tuple(offer for offer in every if offer not in offers)
    begun = payers.waiting(ctx, [bill.charge_id]) if bill.charge_id and bill.open > 0 else []
    named = [(attempt, payers.offer_of(ctx, attempt.channel_id, attempt.amount)) for attempt in begun]
    waiting = tuple((attempt, offer) for attempt, offer in named if offer.flow == "redirect")[:1]
    told = tuple(claims.claims_of(ctx, [bill.charge_id])) if bill.charge_id else ()
    return PayPage(bill, offers, _receipts(ctx, bill), waiting, beyond, now, allowed, told)


def state_of(ctx: Context, token: str) -> State:
    """Where the bill of a link stands, in one word."""
    bill = bill_by_link(ctx, token)
    return _state(bill, _receipts(ctx, bill))


def _receipts(ctx: Context, bill: PublicBill) -> tuple[BillReceipt, ...]:
    if not bill.reference:
        return ()
    named = Receipt.content["bills"].contains([{"reference": bill.reference}])
    rows = ctx.session.execute(
        select(Receipt.id, Receipt.year, Receipt.number, Receipt.amount, Receipt.issued_at)
        .where(Receipt.person_id == bill.person_id, Receipt.state == "issued", named)
        .order_by(Receipt.year.desc(), Receipt.number.desc())
    )
    return tuple(
        BillReceipt(i, number_label(year, number), f"{year}-{number:06d}", amount, at)
        for i, year, number, amount, at in rows
    )


def receipt_by_link(ctx: Context, token: str, number: str, reader: Actor | None = None) -> tuple[str, bytes]:
    """File name and PDF of a receipt of the link's bill, and of no other.

    Links are passed on: their holders see the child's initials. A `reader` who is signed in at this school and may
    see the child's receipts gets the document with the name.

    Raises:
        NotFound: the bill has no such receipt.
    """
    for receipt in _receipts(ctx, bill_by_link(ctx, token)):
        if receipt.number == number:
            known = reader is not None and _may_read(replace(ctx, actor=reader), receipt.id)
            return (receipt_pdf if known else private_receipt_pdf)(ctx, receipt.id)
    raise NotFound()


def _may_read(ctx: Context, receipt_id: UUID) -> bool:
    person_id = ctx.session.scalar(select(Receipt.person_id).where(Receipt.id == receipt_id))
    return person_id is not None and access.may(ctx, "finance.receipt.read", person_id)


def begin(
    ctx: Context,
    token: str,
    channel_id: UUID | None,
    nonce: str,
    *,
    amount: int | None = None,
    return_url: str,
    payer_ip: str,
    locale: str,
) -> tuple[Offer, Started]:
    """Begin to pay over a channel. The same form sent twice begins once, a form from an older amount begins anew.

    Args:
        nonce: of the form that was sent.
        amount: what is paid now, in dong; all that is open without it.
        return_url: where a service sends the payer back; `{reference}` in it is filled in.

    Raises:
        Invalid: no channel was chosen, it is not offered, or so much cannot be paid at once.
        Conflict: nothing is owed any more.
    """
    bill = bill_by_link(ctx, token)
    if bill.charge_id is None or bill.open <= 0:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    now = bill.open if amount is None else min(amount, bill.open)
    require_allowed(amounts_of(ctx, bill.parts, bill.open), now)
    offer = next((o for o in payers.offers(ctx, now) if o.channel_id == channel_id), None)
    if offer is None:
        message = _("Please choose how you want to pay.")
        raise Invalid(message, fields={"channel": message})
    charge = bill.charge_id
    parts = {charge: now} if now < bill.open else {}
    description = re.sub(r"[^a-z0-9]+", " ", fold(f"{bill.round_title} lop {bill.class_name}"))[:60].strip()

    def start(key: str) -> Started:
        return attempts.start(
            ctx, offer.channel_id, [charge], key=key, amounts=parts, description=description, return_url=return_url,
            payer_ip=payer_ip, locale=locale, lifetime=LIFETIME[offer.flow],
        )  # fmt: skip

    part = f":{now}" if parts else ""
    started = start(f"bill:{bill.bill_id}:{offer.channel_id}:{bill.open}{part}:{nonce}")
    while started.again and started.expires_at <= ctx.now():
        started = start(f"bill:{bill.bill_id}:after:{started.id}")
    return offer, started


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment of the link's bill that has been begun."""

    bill: PublicBill
    receipts: tuple[BillReceipt, ...]
    attempt: AttemptView
    started: Started
    offer: Offer

    @property
    def state(self) -> State:
        return _state(self.bill, self.receipts)

    @property
    def watched(self) -> str:
        """Changes with the bill and with money for this payment: what its page waits for."""
        return f"{self.state} {self.attempt.captured}"

    @property
    def transfer(self) -> Transfer:
        """How to transfer.

        Raises:
            NotFound: this is paid on the page of a service.
        """
        if not isinstance(self.started.action, Transfer):
            raise NotFound()
        return self.started.action


def begun(ctx: Context, token: str, reference: str) -> Begun:
    """A payment by its reference, if it pays the link's bill.

    Raises:
        NotFound: no such payment of this bill.
    """
    bill = bill_by_link(ctx, token)
    attempt = attempts.by_reference(ctx, reference)
    if {share.charge_id for share in attempt.shares} != {bill.charge_id}:
        raise NotFound()
    started = payers.resume(ctx, attempt.id)
    offer = payers.offer_of(ctx, attempt.channel_id, attempt.amount)
    return Begun(bill, _receipts(ctx, bill), attempt, started, offer)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the holder of an expired link asks."""

    school_name: str
    phone: str


def whom_to_ask(ctx: Context, expired: LinkExpired) -> Contact | None:
    """The school of an expired link, in a context over all schools; the link named a bill, a person or a share."""
    for table in (Bill, Person, Share):
        query = select(School.name, School.phone).join(table, table.school_id == School.id)
        found = ctx.session.execute(query.where(table.id == expired.target)).one_or_none()
        if found is not None:
            return Contact(found[0], found[1])
    return None


Returned = Literal["received", "waiting", "failed", "review", "returned"]
_RETURNED: dict[Status, Returned] = {
    Status.FAILED: "failed",
    Status.EXPIRED: "failed",
    Status.IN_REVIEW: "review",
    Status.REFUNDED: "returned",
    Status.CHARGED_BACK: "returned",
}


def returned(ctx: Context, reference: str) -> tuple[AttemptView, Returned]:
    """An attempt that a payer has come back from, and what our evidence says of it in one word.

    Raises:
        NotFound: no such attempt at this school.
    """
    attempt = attempts.by_reference(ctx, reference)
    word: Returned = "received" if attempt.status.paid else _RETURNED.get(attempt.status, "waiting")
    return attempt, word


def own_token(ctx: Context, token: str, attempt: AttemptView) -> str:
    """The pay link that the browser left with, if it is still good and of this payment's bill; else empty."""
    try:
        bill = bill_by_link(ctx, token)
    except (NotFound, LinkExpired):
        return ""
    return token if bill.charge_id in {share.charge_id for share in attempt.shares} else ""
