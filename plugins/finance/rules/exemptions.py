"""When an exemption counts, and which of several."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.sdk import Message, _

GROUPS: dict[str, Message] = {
    "poor": _("Poor household"),
    "near_poor": _("Near-poor household"),
    "orphan": _("Orphan"),
    "disabled": _("Pupil with a disability"),
    "merit": _("Family with merit"),
    "minority": _("Ethnic minority in a disadvantaged area"),
    "staff_child": _("Child of a member of staff"),
    "sibling": _("Several children at the school"),
    "hardship": _("Hardship"),
    "other": _("Other reason"),
}
"""Groups of the acts and of school boards; the legal basis says which."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """An approved exemption as the computation sees it."""

    id: UUID
    item_ids: frozenset[UUID]
    percent: int
    valid_from: date
    valid_to: date


def last_day(period: date) -> date:
    """The last day of the month that `period` lies in."""
    return period.replace(day=monthrange(period.year, period.month)[1])


def counts(reduction: Reduction, period: date) -> bool:
    """Whether it holds on any day of the round's month; one that ended before the month is not applied."""
    return reduction.valid_from <= last_day(period) and reduction.valid_to >= period.replace(day=1)


def best(reductions: Iterable[Reduction], item_id: UUID, period: date) -> Reduction | None:
    """The one that is best for the family; percentages never add up. Equal ones: the older record."""
    valid = [r for r in reductions if item_id in r.item_ids and counts(r, period)]
    return min(valid, key=lambda r: (-r.percent, r.id), default=None)


def faults(
    *,
    percent: int,
    group_code: str,
    reason: str,
    legal_basis: str,
    evidence: str,
    valid_from: date,
    valid_to: date,
    item_count: int,
) -> dict[str, Message]:
    """What is missing or wrong, by field; empty when the exemption may be stored."""
    found: dict[str, Message] = {}
    if not 1 <= percent <= 100:
        found["percent"] = _("The percentage must lie between 1 and 100.")
    if group_code not in GROUPS:
        found["group_code"] = _("Choose a group from the list.")
    if not reason.strip():
        found["reason"] = _("Say why the pupil is exempted.")
    if not legal_basis.strip():
        found["legal_basis"] = _("Name the act or decision that allows the exemption.")
    if not evidence.strip():
        found["evidence"] = _("Name the paper that was shown.")
    if valid_from > valid_to:
        found["valid_to"] = _("The end lies before the beginning.")
    if item_count == 0:
        found["item_ids"] = _("Choose at least one item.")
    return found
