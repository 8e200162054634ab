"""Whose money is a transfer? Registered references in its memo decide; everything else is for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context
from core.data.direct import by_name
from core.payments.matching import Candidate, Due, Line, Matcher, Origin, Outcome
from core.payments.matching.text import squeeze
from core.payments.port import Fact
from core.payments.rules import Share, split

from .evidence import shares_of

_LONGEST_MEMO = 400
_LENGTHS = range(8, 17)


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a transfer that is certain: whose it is, and the charge or attempt whose reference said so."""

    person_id: UUID
    amount: int
    charges: tuple[UUID, ...] = ()
    attempt_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What a transfer's memo says. No parts: nobody is certain, `why` tells the accountant."""

    parts: tuple[Part, ...] = ()
    why: str = ""
    candidates: tuple[Candidate, ...] = ()
    """Who could be meant: reference and person (as text)."""

    @property
    def attempt_id(self) -> UUID | None:
        return next((part.attempt_id for part in self.parts if part.attempt_id), None)

    @property
    def people(self) -> set[UUID]:
        return {part.person_id for part in self.parts}

    @property
    def charges(self) -> list[UUID]:
        return [charge for part in self.parts for charge in part.charges]


_KNOWN = """
SELECT r.reference, r.kind, r.target_id, r.person_id, c.due, c.allocated, c.state,
       a.amount AS asked, a.captured, a.lines
  FROM core_payment_reference r
  LEFT JOIN core_charge c ON r.kind = 'charge' AND c.id = r.target_id
  LEFT JOIN core_payment_attempt a ON r.kind = 'attempt' AND a.id = r.target_id
 WHERE r.school_id = :school AND r.reference = ANY(CAST(:texts AS text[]))
"""


def windows(memo: str) -> list[str]:
    """Every piece of a memo that could be a reference: banks prefix, cut and strip, so it may stand anywhere."""
    bare = squeeze(memo)[:_LONGEST_MEMO]
    return list({bare[i : i + n] for n in _LENGTHS for i in range(len(bare) - n + 1)})


def place(ctx: Context, fact: Fact) -> Placement:
    """Rules 1 and 2 of matching for one notice: a known reference takes the money, whatever the amount."""
    texts = windows(f"{fact.memo} {fact.reference or ''}")
    rows = by_name(ctx, _KNOWN, {"school": ctx.school_id, "texts": texts}) if texts else []
    if not rows:
        return Placement(why="unknown_reference")
    known = {row.reference: row for row in rows}
    matcher = Matcher(due_of(row) for row in rows)
    memo = fact.memo if len(rows) == 1 or not fact.reference else f"{fact.memo} {fact.reference}"
    decision = matcher.decide(Line(Origin("", 0), fact.occurred_at, "", memo, fact.amount, 0))
    if decision.outcome is not Outcome.MATCHED:
        if len(rows) == 1:
            return Placement(parts_of(rows[0], fact.amount))
        return Placement(why=str(decision.how or decision.reason or ""), candidates=decision.candidates)
    parts = [part for match in decision.matches for part in parts_of(known[match.reference], match.amount)]
    return Placement(tuple(parts))


def due_of(row: Row[Any]) -> Due:
    """What is owed under a registered reference."""
    if row.kind == "charge":
        asked = 0 if row.state == "cancelled" else row.due
        return Due(row.reference, str(row.person_id), asked, row.allocated)
    return Due(row.reference, str(row.person_id), row.asked, row.captured)


def parts_of(row: Row[Any], amount: int, *, before: int | None = None) -> tuple[Part, ...]:
    """A charge's reference names one person, an attempt's the children it covers.

    A second transfer under one code goes on where the first has ended: it pays for the children that are left.
    `before` is what came under the code earlier, in dong; without it what the row says.
    """
    if row.kind == "charge":
        return (Part(row.person_id, amount, (row.target_id,)),)
    return attempt_parts(row.target_id, shares_of(row.lines), amount, before=row.captured if before is None else before)


def attempt_parts(attempt_id: UUID, shares: Sequence[Share], amount: int, *, before: int = 0) -> tuple[Part, ...]:
    """The money of an attempt, by person, after `before` dong that came in for it earlier."""
    had = split(before, shares)
    return tuple(
        Part(person, part - had.get(person, 0), tuple(s.charge_id for s in shares if s.person_id == person), attempt_id)
        for person, part in split(before + amount, shares).items()
        if part > had.get(person, 0)
    )


_NAMED = text(
    "SELECT target_id FROM core_payment_reference WHERE school_id = :school AND kind = 'charge' "
    "AND reference = ANY(CAST(:texts AS text[]))"
)


def charges_named(ctx: Context, memo: str) -> list[UUID]:
    """The charges whose references stand in a memo."""
    texts = windows(memo)
    if not texts:
        return []
    return list(ctx.session.scalars(_NAMED, {"school": ctx.school_id, "texts": texts}))
