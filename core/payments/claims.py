"""“I have paid”: what a payer says. It is never evidence; it is looked up, and otherwise waits for a person.

A claim is a case of the accountant's list. What it is worth follows from the evidence whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.types.errors import Conflict, NotFound
from core.types.message import _

from .cases_open import open_case
from .charges.read import get
from .matching.text import squeeze

KIND = "claimed"
MOST = 3
"""Open claims of one charge: whoever holds a link must not flood the accountant's list."""
ClaimState = Literal["found", "here", "checking", "answered"]
"""`found`: the money is booked or the charge is settled. `here`: it is on the account and waits for its owner.
`checking`: nothing was found yet. `answered`: a person has closed the claim, with a reason."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a payer has said, and what became of it. Amount in dong."""

    id: UUID
    charge_id: UUID
    state: ClaimState
    amount: int
    number: str
    """Of the transfer, as typed."""
    paid_on: date
    told_at: datetime
    reason: str
    """What the school has answered."""


_OPEN = text(
    "SELECT count(*) FROM core_exception_case WHERE school_id = :school AND kind = 'claimed' AND state = 'open' "
    "AND person_id = :person AND facts ->> 'charge' = :charge"
)
_LIST = text(
    """
SELECT c.id, c.facts, c.amount, c.opened_at, c.state, c.resolution, c.reason,
       h.state = 'settled' AS settled, e.booked, e.waits
  FROM core_exception_case c
  JOIN core_charge h ON h.school_id = :school AND h.id = CAST(c.facts ->> 'charge' AS uuid)
  LEFT JOIN LATERAL (
    SELECT bool_or(EXISTS (
             SELECT FROM core_journal_entry j JOIN core_posting p ON p.entry_id = j.id
              WHERE j.school_id = :school AND j.evidence_id = e.id AND p.person_id = h.person_id
                AND p.account = 'student_balance' AND p.amount < 0)) AS booked,
           bool_or(EXISTS (
             SELECT FROM core_exception_case u
              WHERE u.school_id = :school AND u.kind = 'unmatched' AND u.subject = 'evidence:' || e.id
                AND u.state = 'open')) AS waits
      FROM core_evidence e
     WHERE e.school_id = :school AND e.kind IN ('paid', 'credit') AND e.amount = c.amount
       AND c.facts ->> 'squeezed' <> ''
       AND e.rail IN (SELECT rail FROM core_payment_channel WHERE school_id = :school)
       AND e.provider_txn IN (c.facts ->> 'squeezed', c.facts ->> 'provider_txn')
    ) e ON true
 WHERE c.school_id = :school AND c.kind = 'claimed' AND c.person_id = ANY(CAST(:people AS uuid[]))
   AND c.facts ->> 'charge' = ANY(CAST(:charges AS text[]))
 ORDER BY c.opened_at DESC, c.id DESC
"""
)
_FOUND = text(
    """
UPDATE core_exception_case c SET state = 'resolved', resolution = 'found', resolved_at = :now, resolved_by = 'system'
 WHERE c.school_id = :school AND c.kind = 'claimed' AND c.state = 'open' AND c.person_id = :person
   AND (EXISTS (SELECT FROM core_charge h WHERE h.school_id = :school AND h.id = CAST(c.facts ->> 'charge' AS uuid)
                AND h.state <> 'open')
     OR EXISTS (SELECT FROM core_evidence e WHERE e.school_id = :school AND e.id = :evidence AND e.amount = c.amount
                AND c.facts ->> 'squeezed' <> ''
                AND e.provider_txn IN (c.facts ->> 'squeezed', c.facts ->> 'provider_txn')))
RETURNING c.id
"""
)


def claim(
    ctx: Context, charge_id: UUID, amount: int, paid_on: date, *, number: str = "", bank: str = "", note: str = ""
) -> Claim:
    """A payer says that they have paid a charge. The caller has checked that it is the payer's business.

    The same number, or the same day and amount, is one claim however often it is told. Needs `payments.pay`.

    Raises:
        NotFound: no such charge. Conflict: nothing is owed, or too many claims of it wait already.
    """
    ctx.require("payments.pay")
    charge = next(iter(get(ctx, [charge_id])), None)
    if charge is None:
        raise NotFound()
    if charge.owed <= 0:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    values = {"school": ctx.school_id, "person": charge.person_id, "charge": str(charge_id)}
    waiting = int(ctx.session.execute(_OPEN, values).scalar_one())
    squeezed = squeeze(number)
    facts = {
        "charge": str(charge_id),
        "reference": charge.reference,
        "provider_txn": number,
        "squeezed": squeezed,
        "paid_on": paid_on.isoformat(),
        "payer": bank,
        "memo": note,
    }
    subject = f"charge:{charge_id}:{squeezed or f'{paid_on.isoformat()}:{amount}'}"
    known = {one.id: one for one in claims_of(ctx, [charge_id])}
    if waiting >= MOST and not any(one.number == number and one.amount == amount for one in known.values()):
        raise Conflict(_("The school is checking this already. Please wait for its answer."))
    opened = open_case(ctx, KIND, subject, amount=amount, facts=facts, person_id=charge.person_id)
    if opened is not None:
        detail = {"amount": amount, "reference": charge.reference}
        audit.record(ctx, "payments.case.claimed", target=("payment_case", opened), detail=detail)
    told = claims_of(ctx, [charge_id])
    return next(one for one in told if one.id == opened or (opened is None and one.number == number))


def claims_of(ctx: Context, charge_ids: Collection[UUID]) -> list[Claim]:
    """What payers have said of these charges, the newest first. The caller has checked who asks."""
    rows = get(ctx, charge_ids)
    people = sorted({row.person_id for row in rows})
    values = {"school": ctx.school_id, "people": people, "charges": [str(row.id) for row in rows]}
    return [
        Claim(
            id=row.id,
            charge_id=UUID(row.facts["charge"]),
            state=_state(bool(row.settled or row.booked), bool(row.waits), row.state, row.resolution),
            amount=row.amount,
            number=row.facts["provider_txn"],
            paid_on=date.fromisoformat(row.facts["paid_on"]),
            told_at=row.opened_at,
            reason=row.reason,
        )
        for row in ctx.session.execute(_LIST, values)
    ]


def _state(found: bool, waits: bool, state: str, resolution: str | None) -> ClaimState:
    """What the evidence says comes before what a person has said."""
    if found or resolution == "found":
        return "found"
    if state == "resolved":
        return "answered"
    return "here" if waits else "checking"


def close_found(ctx: Context, person_id: UUID, evidence_id: UUID | None) -> int:
    """Money came in for a person: claims that it answers leave the accountant's list. Returns how many."""
    values = {"school": ctx.school_id, "person": person_id, "evidence": evidence_id, "now": ctx.now()}
    return len(ctx.session.execute(_FOUND, values).all())
