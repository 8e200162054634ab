"""What the API of meals, funds and balances answers. Money is whole dong."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from .services.funds import FundRow, LineRow
from .services.opening import PlannedLine
from .services.parts import PartRow


class MealMonthAnswer(TypedDict):
    """A month of meals of the whole school."""

    month: date
    closed_at: datetime | None
    pupils: int
    asked: int
    days_in_time: int
    days_late: int
    to_give_back: int
    given_back: int
    changes: int


class TakenAnswer(TypedDict):
    """How many days were named."""

    days: int


class ClosedAnswer(TypedDict):
    """What closing or correcting a month wrote."""

    lines: int
    credited: int
    asked_again: int


class RuleAnswer(TypedDict):
    """A reduction for several children of a family."""

    id: UUID
    item_id: UUID
    nth: int
    percent: int
    valid_from: date
    valid_to: date | None
    legal_basis: str


class SupportAnswer(TypedDict):
    """What the state pays for one unit of tuition."""

    id: UUID
    item_id: UUID
    grade_from: int
    grade_to: int
    amount: int
    valid_from: date
    valid_to: date | None
    legal_basis: str


class PartsAnswer(TypedDict):
    """The parts of a bill in order."""

    parts: list[PartRow]


class FundAnswer(TypedDict):
    """A fund with its lines, the latest first."""

    fund: FundRow
    lines: list[LineRow]


class OpeningAnswer(TypedDict):
    """A list of opening balances."""

    id: UUID
    state: str
    money: int
    owed: int
    faults: int
    round_id: UUID | None
    lines: list[PlannedLine]
