"""One mark: a value, or the exact reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What a cell of a gradebook holds. Only `VALUE` and `ZERO` enter an average."""

    VALUE = "value"
    MISSING = "missing"
    """Not entered."""
    PENDING = "pending"
    """Absent, the make-up test is still to come (`v`)."""
    ZERO = "zero"
    """Absent without make-up: 0, or "not achieved" (Circular 22/2021, article 7)."""
    EXEMPT = "exempt"
    """Exempt (`M`)."""
    REFUSED = "refused"
    """Something stands there that is no mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a scored subject (`score`) or of a subject assessed by comment (`passed`)."""

    state: State
    score: Decimal | None = None
    passed: bool | None = None

    @property
    def counts(self) -> bool:
        return self.state in (State.VALUE, State.ZERO)

    def as_score(self) -> Decimal:
        """The number that enters an average; zero by rule is 0."""
        return self.score if self.score is not None else Decimal(0)

    def as_passed(self) -> bool:
        """Whether it is "achieved"; zero by rule is not."""
        return self.passed is True


MISSING: Final = Mark(State.MISSING)
PENDING: Final = Mark(State.PENDING)
ZERO: Final = Mark(State.ZERO)
EXEMPT: Final = Mark(State.EXEMPT)
REFUSED: Final = Mark(State.REFUSED)


def score(value: Decimal | int | str) -> Mark:
    """A number. Binary floats are not taken: 8.05 is not 8.05 in them."""
    return Mark(State.VALUE, score=Decimal(value))


def comment(passed: bool) -> Mark:
    """Đạt or Chưa đạt."""
    return Mark(State.VALUE, passed=passed)


@dataclass(frozen=True, slots=True)
class TermMarks:
    """The marks of one pupil in one subject and term."""

    regular: tuple[Mark, ...]
    mid: Mark | None = None
    end: Mark | None = None


class Why(StrEnum):
    """Why there is no result. The first five are the words of exchange files; the gravest comes first."""

    REFUSED = "refused"
    PENDING = "pending"
    MISSING = "missing"
    EXEMPT_IN_PART = "exempt_in_part"
    TX_COUNT = "tx_count"
    TRAINING = "training"
    ABSENCES = "absences"
    LEARNING = "learning"
    TOO_FEW_SUBJECTS = "too_few_subjects"
    PARAMETER = "parameter"


GRAVITY: Final = tuple(Why)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: what, and where (a subject's code, `regular`, `mid`, `end`, `term1` ...)."""

    why: Why
    where: str = ""


def gravest(gaps: Iterable[Gap]) -> Why | None:
    """The one word for several gaps."""
    found = {gap.why for gap in gaps}
    return next((why for why in GRAVITY if why in found), None)


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Round halves away from zero (Circular 22/2021, article 5.3.b): 8.05 is 8.1."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
