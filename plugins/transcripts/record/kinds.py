"""What a field may hold. One description of each field serves the check, the writer, the reader and the XSD."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `longest` characters; `pattern` is a regular expression that Python and XSD read alike."""

    longest: int
    required: bool = False
    pattern: str = ""
    of_person: bool = False
    """A name of a person: Latin letters in their composed form only, so that no look-alike can stand for another."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no; always there."""

    required: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One of an enumeration's members."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class MarkOf:
    """A mark: a number from 0 to 10 with at most `decimals` places, or one of the words in `Verbal`."""

    decimals: int
    words: tuple[str, ...] = ()
    required: bool = False


Kind = Text | Whole | Flag | Day | Pick | MarkOf
Encode = Callable[[object], str]

MaybeDay = Annotated[date | None, Day()]
NeededDay = Annotated[date | None, Day(required=True)]
YesNo = Annotated[bool, Flag()]
Absences = Annotated[int | None, Whole(0, 200, required=True)]
PersonName = Annotated[str, Text(150, of_person=True)]
NeededName = Annotated[str, Text(150, required=True, of_person=True)]
PersonalId = Annotated[str, Text(12, pattern="[0-9]{12}")]
NeededId = Annotated[str, Text(12, required=True, pattern="[0-9]{12}")]
Comment = Annotated[str, Text(2000)]
NeededComment = Annotated[str, Text(2000, required=True)]


class Verbal(enum.StrEnum):
    """Marks that are words."""

    PASSED = "passed"
    FAILED = "failed"
    EXEMPT = "exempt"


class Status(enum.StrEnum):
    """Whether a version counts."""

    EFFECTIVE = "effective"
    REVOKED = "revoked"


class Sex(enum.StrEnum):
    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"


class Achievement(enum.StrEnum):
    """Level in a subject of primary school (Circular 27/2020/TT-BGDĐT, article 7)."""

    VERY_GOOD = "very_good"
    COMPLETED = "completed"
    NOT_YET = "not_yet"
    EXEMPT = "exempt"


class Rating(enum.StrEnum):
    """Level of a quality or competence in primary school (same article)."""

    GOOD = "good"
    ACHIEVED = "achieved"
    NEEDS_EFFORT = "needs_effort"


class Level(enum.StrEnum):
    """Result of learning or training in secondary school (Circular 22/2021/TT-BGDĐT, articles 8 and 9)."""

    GOOD = "good"
    FAIR = "fair"
    PASSED = "passed"
    FAILED = "failed"


MaybeRating = Annotated[Rating | None, Pick()]
MaybeLevel = Annotated[Level | None, Pick()]
NeededLevel = Annotated[Level | None, Pick(required=True)]
TermMark = Annotated[str, MarkOf(1, ("passed", "failed", "exempt"))]
TestMark = Annotated[str, MarkOf(0, ("exempt",))]
