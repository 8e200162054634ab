"""A bill as a line of a list: how it is read, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from core.sdk import Message, _
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Round
from plugins.finance.services.issue import CHARGE_OF_BILL

PayState = Literal["paid", "part", "open", "overdue", "cancelled"]
NOTHING_TO_PAY = _("Nothing is left to pay here.")
STATE_LABELS: dict[PayState, Message] = {
    "paid": _("Paid"),
    "part": _("Paid in part"),
    "open": _("To pay"),
    "overdue": _("Overdue"),
    "cancelled": _("Cancelled"),
}


def pay_state(state: str, total: int, paid: int, due_on: date, today: date) -> PayState:
    """Where a bill stands: derived, never stored."""
    if state != "published":
        return "cancelled"
    if paid >= total:
        return "paid"
    if due_on < today:
        return "overdue"
    return "part" if paid else "open"


@dataclass(frozen=True, slots=True)
class BillRow:
    """A line of a list of bills. Amounts in dong."""

    id: UUID
    round_id: UUID
    round_title: str
    person_id: UUID
    code: str
    full_name: str
    class_name: str
    total: int
    paid: int
    reference: str
    due_on: date
    state: PayState
    sort_key: str

    @property
    def open(self) -> int:
        """What is still to pay."""
        return 0 if self.state == "cancelled" else self.total - self.paid


REFERENCE = func.coalesce(Charge.reference, "").label("reference")
PAID = func.coalesce(Charge.allocated, 0).label("paid")
DUE_ON = func.coalesce(Charge.due_on, Round.due_on).label("due_on")


def bill_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Bill.id,
            Bill.round_id,
            Round.title,
            Bill.person_id,
            Bill.code,
            Bill.full_name,
            Bill.class_name,
            Bill.total,
            PAID,
            REFERENCE,
            DUE_ON,
            Bill.state,
            Bill.sort_key,
        )
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
    )


def bill_row(today: date, row: Sequence[Any]) -> BillRow:
    """A row of `bill_rows`, with the stored state turned into where the bill stands."""
    *head, total, paid, reference, due_on, state, key = row
    values: list[Any] = [*head, total, paid, reference, due_on, pay_state(state, total, paid, due_on, today), key]
    return BillRow(*values)


def is_in(state: PayState, today: date) -> ColumnElement[bool]:
    live = Bill.state == "published"
    open_ = live & (Bill.total > PAID)
    return {
        "paid": live & (Bill.total <= PAID),
        "part": open_ & (PAID > 0),
        "open": open_,
        "overdue": open_ & (today > DUE_ON),
        "cancelled": Bill.state != "published",
    }[state]
