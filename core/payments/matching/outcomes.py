"""What the matching says of a line. Codes and words are those of the import specification, "Bank statement"."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .lines import Line, Origin


class State(enum.StrEnum):
    PAID = "PAID"
    UNDERPAID = "UNDERPAID"
    OVERPAID = "OVERPAID"


class Outcome(enum.StrEnum):
    MATCHED = "matched"  # certain: posted to the learner
    PROPOSED = "proposed"  # a person confirms one of the candidates; never posted by itself
    SUSPENSE = "suspense"
    REVERSED = "reversed"
    NOT_A_FEE = "not_a_fee"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


class Status(enum.StrEnum):
    ACCEPT = "accept"
    WARN = "warn"
    REFUSE = "refuse"


class How(enum.StrEnum):
    """Why somebody is proposed, in the order in which the rules are tried."""

    TWO_REFERENCES_OTHER_AMOUNT = "two_references_other_amount"
    CONFUSED_CHARACTERS = "confused_characters"
    CUT_REFERENCE = "cut_reference"
    PUPIL_CODE = "pupil_code"
    NAME_AND_CLASS = "name_and_class"
    NAME_ONLY = "name_only"


class Reason(enum.StrEnum):
    """Why a line stays in suspense."""

    UNKNOWN_REFERENCE = "unknown_reference"
    AMBIGUOUS_NAME = "ambiguous_name"
    NO_INFORMATION = "no_information"
    REVERSAL_UNCLEAR = "reversal_unclear"  # a reversal of nothing we know, or of another amount


class Kind(enum.StrEnum):
    """What sort of movement a line is, as far as its words tell."""

    FEE_PAYMENT = "fee_payment"
    REVERSAL = "reversal"
    CASH_DEPOSIT = "cash_deposit"
    INTEREST = "interest"
    BUDGET = "budget"
    BANK_FEE = "bank_fee"
    SALARY = "salary"
    INSURANCE_TRANSFER = "insurance_transfer"
    UTILITIES = "utilities"
    REFUND_TO_PARENT = "refund_to_parent"
    SUPPLIER = "supplier"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Match:
    """Money of a line that goes to a reference. `difference` = received - due after it."""

    reference: str
    owner: str
    amount: int
    state_after: State
    difference: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a person may confirm. No reference: the learner is known, but nothing is billed."""

    reference: str | None
    owner: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one line, and why."""

    line: Line
    outcome: Outcome
    kind: Kind | None = None
    matches: tuple[Match, ...] = ()
    how: How | None = None
    candidates: tuple[Candidate, ...] = ()
    reason: Reason | None = None
    payer_hints: tuple[Candidate, ...] = ()
    sibling_hints: tuple[Candidate, ...] = ()
    duplicate_of: Origin | None = None
    """None for a duplicate of a line of an earlier statement."""
    reversal_of: str | None = None
    reversed_by: str | None = None
    proposal_from_balance: int | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        match self.outcome:
            case Outcome.MATCHED:
                states = {match.state_after for match in self.matches} - {State.PAID}
                return tuple(sorted(f"W_{state}" for state in states))
            case Outcome.PROPOSED:
                return ("W_PROPOSED",)
            case Outcome.SUSPENSE:
                return ("W_SUSPENSE",)
            case Outcome.REVERSED:
                return ("W_REVERSED",)
            case _:
                return ()

    @property
    def errors(self) -> tuple[str, ...]:
        match self.outcome:
            case Outcome.DUPLICATE:
                return ("E_DUPLICATE_LINE",)
            case Outcome.UNREADABLE:
                return ("E_AMOUNT_UNREADABLE",)
            case _:
                return ()

    @property
    def status(self) -> Status:
        if self.errors:
            return Status.REFUSE
        return Status.WARN if self.warnings else Status.ACCEPT
