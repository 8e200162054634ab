"""What the finance API answers, where that is not simply a row of a service. Money is whole dong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from core.sdk import Message

from .services.bills import PayState
from .services.preview import ClassTotal


class Words(TypedDict):
    """A text in English with its values, to be translated by who shows it."""

    msgid: str
    params: dict[str, Any]


def words(message: Message) -> Words:
    """A message as the API writes it."""
    return {"msgid": message.msgid, "params": dict(message.params)}


class Label(TypedDict):
    """A name in both languages."""

    vi: str
    en: str


class ItemAnswer(TypedDict):
    """A fee item."""

    id: UUID
    code: str
    label_vi: str
    label_en: str
    kind: str
    unit: str
    legal_basis: str
    account: str
    vat_label: str
    document: str
    position: int
    active: bool


class CeilingAnswer(TypedDict):
    """The highest unit price from a day on."""

    maximum: int
    valid_from: date
    valid_to: date | None
    legal_basis: str


class RoundAnswer(TypedDict):
    """A collection round."""

    id: UUID
    title: str
    state: str
    version: int
    period: date
    due_on: date


class PreviewProblem(TypedDict):
    """Something that a person must look at before publishing."""

    level: str
    code: str
    place: str
    message: Words


class PreviewAnswer(TypedDict):
    """What publishing now would add."""

    bills: int
    total: int
    ready: bool
    classes: list[ClassTotal]
    problems: list[PreviewProblem]


class BillAnswer(TypedDict):
    """A bill in a list."""

    id: UUID
    round_id: UUID
    round_title: str
    person_id: UUID
    code: str
    full_name: str
    class_name: str
    total: int
    paid: int
    open: int
    reference: str
    due_on: date
    state: PayState


class BillLineAnswer(TypedDict):
    """A line of a bill with what explains it."""

    item: str
    label: Label
    legal_basis: str
    quantity: int
    unit: str
    unit_price: int
    gross: int
    reduction: int
    amount: int
    explanation: list[Words]


class ExplainedBill(BillAnswer):
    """A bill with its explained lines."""

    issued_at: datetime
    lines: list[BillLineAnswer]


class PayLink(TypedDict):
    """A signed, expiring token for the pay page."""

    token: str


class PaymentAnswer(TypedDict):
    """A payment that has begun: where to send the payer, or what to show as a QR code."""

    id: UUID
    reference: str
    amount: int
    expires_at: datetime
    redirect: NotRequired[str]
    qr: NotRequired[str]


class ReceiptAnswer(TypedDict):
    """A receipt as it was issued."""

    id: UUID
    number: str
    person_id: UUID
    amount: int
    issued_at: datetime
    state: str
    cancel_reason: str
    bills: list[dict[str, Any]]
    balance: int
