"""What the law lets a school collect, as dated data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.sdk import Message, _

Kind = Literal["service", "meal", "insurance", "passthrough", "donation", "tuition"]
KINDS: tuple[Kind, ...] = ("service", "meal", "insurance", "passthrough", "donation", "tuition")
Unit = Literal["day", "month", "term", "year", "once"]
UNITS: tuple[Unit, ...] = ("day", "month", "term", "year", "once")


@dataclass(frozen=True, slots=True)
class Act:
    """An act of law, how it is cited, and the day from which it holds."""

    citation: str
    since: date


FREE_TUITION = Act("Nghị định 238/2025/NĐ-CP", date(2025, 9, 3))
"""Decree 238/2025: public preschool and general schools collect no tuition (Resolution 217/2025/QH15)."""
DONATIONS = Act("Thông tư 16/2018/TT-BGDĐT", date(2018, 9, 17))
"""Circular 16/2018: donations are voluntary, without a flat rate, tied to no service."""


def refusal(kind: str, ownership: str, on: date) -> Message | None:
    """Why an item may not be put into a bill dated `on`, or None when it may.

    Args:
        kind: kind of the item.
        ownership: `public` or `private`.
        on: the last day of the month that is collected for.
    """
    if kind == "tuition" and ownership == "public" and on >= FREE_TUITION.since:
        return _(
            "A public school collects no tuition since %(since)s (%(act)s).",
            since=f"{FREE_TUITION.since:%d/%m/%Y}",
            act=FREE_TUITION.citation,
        )
    if kind == "donation":
        return _(
            "A donation is voluntary: it has no due amount and is never part of a bill (%(act)s).",
            act=DONATIONS.citation,
        )
    return None


@dataclass(frozen=True, slots=True)
class Maximum:
    """The highest unit price of an item in a span of time."""

    amount: int
    valid_from: date
    valid_to: date | None
    legal_basis: str


def ceiling(maxima: list[Maximum], on: date) -> Maximum | None:
    """The ceiling that holds on a day: of several, the one that began last."""
    valid = [m for m in maxima if m.valid_from <= on and (m.valid_to is None or on <= m.valid_to)]
    return max(valid, key=lambda m: m.valid_from, default=None)
