"""The frame of each school year as the Ministry gives it, as data: schools start from it and may differ.

Provinces add plans of their own; so every day here is a proposal that the school can change. Holidays are those of
Article 112 of the Labour Code (45/2019/QH14) with the days of the lunar calendar in Vietnam (UTC+7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from core.types.message import Message, _


@dataclass(frozen=True, slots=True)
class FrameTerm:
    """A term: its weeks of lessons, and between which days they lie."""

    weeks: int
    starts_on: date
    ends_before: date


@dataclass(frozen=True, slots=True)
class FrameDay:
    """A holiday of the frame."""

    name: Message
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for a school year in the whole country."""

    year: str
    act: str
    terms: tuple[FrameTerm, ...]
    holidays: tuple[FrameDay, ...]

    @property
    def weeks(self) -> int:
        return sum(term.weeks for term in self.terms)


_TET = _("Lunar New Year")
_HUNG = _("Commemoration of the Hùng Kings")
_REUNIFICATION = _("Reunification Day and International Workers' Day")
_NEW_YEAR = _("New Year's Day")

FRAMES = MappingProxyType(
    {
        "2026-2027": Frame(
            "2026-2027",
            "QĐ 2308/QĐ-BGDĐT",
            (
                FrameTerm(18, date(2026, 9, 7), date(2027, 1, 18)),
                FrameTerm(17, date(2027, 1, 18), date(2027, 5, 31)),
            ),
            (
                FrameDay(_NEW_YEAR, date(2027, 1, 1), date(2027, 1, 1)),
                FrameDay(_TET, date(2027, 2, 5), date(2027, 2, 9)),
                FrameDay(_HUNG, date(2027, 4, 16), date(2027, 4, 16)),
                FrameDay(_REUNIFICATION, date(2027, 4, 30), date(2027, 5, 1)),
            ),
        ),
    }
)
"""By the name of the school year."""
