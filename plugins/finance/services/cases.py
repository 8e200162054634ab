"""Payments that wait for a person, with the names that the accountant needs to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.ledger import Case, cases, statements
from core.sdk.people import Person
from plugins.finance.roll import enrolled

TITLES: dict[str, Message] = {
    "unmatched": _("Money without a name"),
    "overpaid": _("More was paid than was due"),
    "double_payment": _("A bill was paid twice"),
    "claimed": _("A family says that it has paid"),
    "wrong_amount": _("Another amount than was asked"),
    "wrong_currency": _("Another currency"),
    "wrong_merchant": _("Meant for another account"),
    "wrong_channel": _("Came in by another channel"),
    "unknown_reference": _("Names a payment that we do not know"),
    "no_amount": _("A notice without an amount"),
    "in_review": _("The payment service is still checking"),
    "reversal_unclear": _("Money taken back, unclear which"),
    "conflicting_evidence": _("Two notices contradict each other"),
    "money_gone": _("Money was taken back after it was used"),
    "external_refund": _("A refund that was not ordered here"),
    "disputed": _("A payer disputes a payment"),
    "charged_back": _("A disputed payment was taken back"),
    "refund_failed": _("A refund did not go through"),
    "payout": _("Pay this money back"),
    "books_differ": _("The books do not add up"),
    "no_money": _("Confirmed, but the money has not come"),
}
TEXTS: dict[str, Message] = {
    "unmatched": _("The money is on the account, but the text of the transfer does not say whose it is."),
    "overpaid": _("The rest stays as the pupil's balance and pays the next bill by itself."),
    "double_payment": _(
        "The bill was settled already. The money stays as the pupil's balance until it is used or given back."
    ),
    "claimed": _(
        "Look for the line on the account. If it is there without a name, assign it: this message then answers itself. "
        "Otherwise write what the family should do; they read it. A screenshot is no proof."
    ),
    "wrong_amount": _(
        "The payment service reports another amount than the bill asked. It is not booked until you have checked."
    ),
    "wrong_currency": _("The payment was not made in dong. It is not booked."),
    "wrong_merchant": _("The notice names another account or shop than this channel has. It is not booked."),
    "wrong_channel": _("The payment was started with another channel. It is not booked until you have checked."),
    "unknown_reference": _("The payment service names a payment that was not started here. It is not booked."),
    "no_amount": _("The notice has no usable amount. It is not booked."),
    "in_review": _("The money has been taken, but the payment service holds it for a check. Ask the service."),
    "reversal_unclear": _("The bank took money back and it is unclear from which payment. Compare with the statement."),
    "conflicting_evidence": _("A second notice has the same number and another amount. The first one stays booked."),
    "money_gone": _("The bank took back a payment that had been used. The bills are open again."),
    "external_refund": _("The payment service reports a refund that nobody ordered in this program."),
    "refund_failed": _("The payment service could not carry the refund out. The money is the pupil's balance again."),
    "disputed": _(
        "The payer asked their bank for the money back. Answer at the payment service in time; the books change only "
        "when it is decided."
    ),
    "charged_back": _("The payer's bank took the money back. The bills are open again; please talk to the family."),
    "payout": _("Somebody approved this refund; it has to be transferred by hand."),
    "books_differ": _("The nightly check found a difference. Tell whoever looks after the program."),
    "no_money": _(
        "The payment service confirmed this payment more than two days ago, and no file or statement shows the money. "
        "Ask the service. When the line comes, this case closes by itself."
    ),
}
WHY: dict[str, Message] = {
    "unknown_reference": _("No payment code of the school is in the text."),
    "ambiguous_name": _("Several pupils bear this name."),
    "no_information": _("The text says nothing that helps."),
    "two_references_other_amount": _("Two payment codes, and the amount fits neither sum."),
    "confused_characters": _("The payment code has letters that look alike (O and 0, I and 1)."),
    "cut_reference": _("The payment code was cut off."),
    "pupil_code": _("The code of a pupil is in the text."),
    "name_and_class": _("Name and class of a pupil are in the text."),
    "name_only": _("The name of one pupil is in the text."),
}
SURE: dict[str, tuple[str, Message]] = {
    "confused_characters": ("ok", _("Very likely")),
    "pupil_code": ("ok", _("Very likely")),
    "cut_reference": ("ok", _("Very likely")),
    "name_and_class": ("wait", _("Likely")),
    "two_references_other_amount": ("wait", _("Likely")),
    "name_only": ("neutral", _("Possible")),
}
"""How sure a proposal is, by what it rests on; nothing of this is booked by itself."""
_ASSIGNABLE = frozenset(
    {"unmatched", "wrong_amount", "wrong_currency", "wrong_merchant", "wrong_channel", "unknown_reference"}
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pupil whose money it could be."""

    person_id: UUID
    full_name: str
    class_name: str
    reference: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case in plain words. Amount in dong."""

    id: UUID
    kind: str
    open: bool
    title: Message
    text: Message
    amount: int
    said: str
    """The text of the transfer, as the bank gave it."""
    payer: str
    number: str
    opened_at: datetime
    why: Message | None
    sure: tuple[str, Message] | None
    """How sure the proposals are: kind and word."""
    proposals: tuple[Proposal, ...]
    person: Proposal | None
    """Whom it concerns, or who got the money."""
    assignable: bool
    resolution: str
    reason: str
    resolved_by: str
    resolved_at: datetime | None
    owner: str
    """Who looks after it."""

    @property
    def in_suspense(self) -> bool:
        """Whether its money lies in suspense and must be given to somebody or back."""
        return self.kind == "unmatched"


def open_cases(ctx: Context, *, kind: str | None = None, resolved: bool = False, offset: int = 0) -> list[CaseView]:
    """Cases, the newest first, 50 at a time."""
    found = cases.list_cases(ctx, state="resolved" if resolved else "open", kind=kind, limit=50, offset=offset)
    return _views(ctx, found)


def case(ctx: Context, case_id: UUID) -> CaseView:
    """One case."""
    return _views(ctx, [cases.get(ctx, case_id)])[0]


Hints = tuple[list[dict[str, Any]], str]
"""Candidates as `{person, reference}`, and why they are some or none."""


def _views(ctx: Context, found: list[Case]) -> list[CaseView]:
    hints = _hints(ctx, found)
    wanted = [str(c["person"]) for candidates, _why in hints.values() for c in candidates]
    people = _people(ctx, [*wanted, *(str(case.person_id) for case in found if case.person_id)])
    return [_view(case, people, *hints[case.id]) for case in found]


def _hints(ctx: Context, found: list[Case]) -> dict[UUID, Hints]:
    """What was kept when the case was opened; for money without a candidate the whole school is searched, once."""
    hints: dict[UUID, Hints] = {case.id: (_stored(case), str(case.facts.get("why", ""))) for case in found}
    lost = [case for case in found if case.kind == "unmatched" and case.state == "open" and not hints[case.id][0]]
    asked = [(str(case.facts.get("memo", "")), case.amount) for case in lost]
    for case, decision in zip(lost, statements.propose(ctx, asked), strict=True):
        could_be = decision.matches or decision.candidates or decision.payer_hints
        candidates = [{"person": c.owner, "reference": c.reference} for c in could_be]
        hints[case.id] = (candidates, str(decision.how or decision.reason or hints[case.id][1]))
    return hints


def _stored(found: Case) -> list[dict[str, Any]]:
    return [dict(c) for c in found.facts.get("candidates", [])]


def _people(ctx: Context, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and class by person; who has left the school has no class."""
    wanted = {UUID(text) for text in ids}
    if not wanted:
        return {}
    roll = enrolled(ctx)
    query = (
        select(Person.id, Person.full_name, roll.c.class_name)
        .outerjoin(roll, roll.c.person_id == Person.id)
        .where(Person.id.in_(wanted))
    )
    return {str(row.id): (row.full_name, row.class_name or "") for row in ctx.session.execute(query)}


def _view(found: Case, people: Mapping[str, tuple[str, str]], stored: list[dict[str, Any]], why: str) -> CaseView:
    def named(person: str, reference: str = "") -> Proposal | None:
        known = people.get(person)
        return Proposal(UUID(person), known[0], known[1], reference) if known else None

    facts = found.facts
    proposals = [named(str(c["person"]), str(c["reference"] or "")) for c in stored]
    data = facts.get("data") or {}
    return CaseView(
        id=found.id,
        kind=found.kind,
        open=found.state == "open",
        title=TITLES.get(found.kind, _("Needs a look")),
        text=TEXTS.get(found.kind, _("Something about this payment needs a person.")),
        amount=found.amount,
        said=str(facts.get("memo", "")),
        payer=str(facts.get("payer") or data.get("payer", "")),
        number=str(facts.get("provider_txn", "")),
        opened_at=found.opened_at,
        why=WHY.get(why),
        sure=SURE.get(why) if found.state == "open" else None,
        proposals=tuple(p for p in proposals if p is not None),
        person=named(str(found.person_id)) if found.person_id else None,
        assignable=found.kind in _ASSIGNABLE,
        resolution=found.resolution or "",
        reason=found.reason,
        resolved_by=found.resolved_by or "",
        resolved_at=found.resolved_at,
        owner=found.owner,
    )
