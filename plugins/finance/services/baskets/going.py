"""A payment over several bills that has been begun: where it stands, and its receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.sdk import Actor, Context, access
from core.sdk.errors import NotFound
from core.sdk.ledger import AttemptView, Charge, Evidence, JournalEntry, Offer, Started, attempts, charges, payers
from core.sdk.payments import Transfer
from plugins.finance.models import Receipt
from plugins.finance.services.paying import BillReceipt
from plugins.finance.services.receipt_files import private_receipt_pdf, receipt_pdf
from plugins.finance.services.receipts import number_label

from .places import Place
from .reading import bills_of_share, people_of

State = Literal["open", "part", "paid", "receipt"]


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a link. Amounts in dong."""

    attempt: AttemptView
    started: Started
    offer: Offer
    children: int
    left: int
    """What of the bills that it asked for is open still, at most what it asked."""
    receipts: tuple[BillReceipt, ...]

    @property
    def state(self) -> State:
        if self.attempt.captured >= self.attempt.amount or not self.left:
            return "receipt" if self.receipts else "paid"
        return "part" if self.attempt.captured else "open"

    @property
    def transfer(self) -> Transfer:
        """How to transfer.

        Raises:
            NotFound: this is paid on the page of a service.
        """
        if not isinstance(self.started.action, Transfer):
            raise NotFound()
        return self.started.action


def payment(ctx: Context, place: Place, reference: str) -> Payment:
    """A payment by its reference, if every bill that it pays is of this link.

    Raises:
        NotFound: no such payment of this link.
    """
    attempt = attempts.by_reference(ctx, reference)
    asked = {share.charge_id: share.amount for share in attempt.shares}
    rows = charges.get(ctx, list(asked))
    people = {row.person_id for row in rows}
    if not people <= set(people_of(ctx, place)) or not _of_share(ctx, place, list(asked)):
        raise NotFound()
    return Payment(
        attempt=attempt,
        started=payers.resume(ctx, attempt.id),
        offer=payers.offer_of(ctx, attempt.channel_id, attempt.amount),
        children=len(people),
        left=min(attempt.amount, sum(min(row.owed, asked[row.id]) for row in rows)),
        receipts=_receipts(ctx, attempt.id),
    )


def _of_share(ctx: Context, place: Place, charge_ids: list[UUID]) -> bool:
    if place.share is None:
        return True
    origins = set(ctx.session.scalars(select(Charge.origin_id).where(Charge.id.in_(charge_ids))))
    return origins <= set(bills_of_share(ctx, place))


def _receipts(ctx: Context, attempt_id: UUID) -> tuple[BillReceipt, ...]:
    """The receipts of the money that came in for an attempt; one for each child."""
    rows = ctx.session.execute(
        select(Receipt.id, Receipt.year, Receipt.number, Receipt.amount, Receipt.issued_at)
        .join(JournalEntry, JournalEntry.id == Receipt.entry_id)
        .join(Evidence, Evidence.id == JournalEntry.evidence_id)
        .where(Receipt.state == "issued", Evidence.attempt_id == attempt_id)
        .order_by(Receipt.year, Receipt.number)
    )
    return tuple(
        BillReceipt(i, number_label(year, number), f"{year}-{number:06d}", amount, at)
        for i, year, number, amount, at in rows
    )


def receipt_of(ctx: Context, place: Place, reference: str, number: str, reader: Actor | None) -> tuple[str, bytes]:
    """File name and PDF of a receipt of a payment: with initials, and with the name for who may see it signed in.

    Raises:
        NotFound: the payment has no such receipt.
    """
    for receipt in payment(ctx, place, reference).receipts:
        if receipt.number == number:
            person = ctx.session.execute(select(Receipt.person_id).where(Receipt.id == receipt.id)).scalar_one()
            known = reader is not None and access.may(replace(ctx, actor=reader), "finance.receipt.read", person)
            return (receipt_pdf if known else private_receipt_pdf)(ctx, receipt.id)
    raise NotFound()
