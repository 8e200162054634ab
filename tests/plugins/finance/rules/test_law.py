"""What the law lets a school collect."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from plugins.finance.rules.ages import band
from plugins.finance.rules.exemptions import Reduction, best, counts, faults, last_day
from plugins.finance.rules.initials import initials
from plugins.finance.rules.insurance import contribution, usual_amounts
from plugins.finance.rules.law import Maximum, ceiling, refusal

ITEM, OTHER = UUID(int=1), UUID(int=2)
SEPTEMBER = date(2026, 9, 1)


def test_public_schools_collect_no_tuition_since_the_decree() -> None:
    assert refusal("tuition", "public", date(2025, 9, 2)) is None
    refused = refusal("tuition", "public", date(2025, 9, 3))
    assert refused is not None
    assert "238/2025" in refused.render()
    assert refusal("tuition", "private", SEPTEMBER) is None


def test_a_donation_is_never_part_of_a_bill() -> None:
    assert refusal("donation", "private", SEPTEMBER) is not None
    assert refusal("meal", "public", SEPTEMBER) is None


def test_the_ceiling_is_the_one_that_began_last() -> None:
    old = Maximum(30_000, date(2025, 1, 1), None, "NQ 18/2025")
    new = Maximum(35_000, date(2026, 9, 1), None, "NQ 20/2026")
    assert ceiling([old, new], date(2026, 8, 31)) == old
    assert ceiling([new, old], SEPTEMBER) == new
    assert ceiling([Maximum(1, date(2025, 1, 1), date(2025, 12, 31), "x")], SEPTEMBER) is None


def test_insurance_amounts_are_those_of_the_table() -> None:
    """fees.md section 5."""
    assert usual_amounts(SEPTEMBER) == {3: 157_950, 6: 315_900, 12: 631_800}
    assert contribution(12, date(2025, 1, 1)) == 884_520, "before Decree 188/2025 the state paid 30 %"


def _reduction(number: int, percent: int, start: date, end: date) -> Reduction:
    return Reduction(UUID(int=number), frozenset({ITEM}), percent, start, end)


@pytest.mark.parametrize(
    ("start", "end", "valid"),
    [
        (date(2025, 9, 1), date(2026, 8, 31), False),
        (date(2025, 9, 1), date(2026, 9, 1), True),
        (date(2026, 9, 30), date(2027, 5, 31), True),
        (date(2026, 10, 1), date(2027, 5, 31), False),
    ],
)
def test_an_exemption_counts_in_the_months_that_it_touches(start: date, end: date, valid: bool) -> None:
    assert counts(_reduction(1, 50, start, end), SEPTEMBER) is valid


def test_the_best_one_counts_and_they_never_add_up() -> None:
    year = (date(2026, 9, 1), date(2027, 5, 31))
    small, big = _reduction(1, 30, *year), _reduction(2, 50, *year)
    assert best([small, big], ITEM, SEPTEMBER) == big
    assert best([small, big], OTHER, SEPTEMBER) is None


def test_everything_must_be_there_before_an_exemption_is_stored() -> None:
    found = faults(
        percent=0,
        group_code="?",
        reason=" ",
        legal_basis="",
        evidence="",
        valid_from=date(2026, 9, 2),
        valid_to=date(2026, 9, 1),
        item_count=0,
    )
    assert set(found) == {
        "percent",
        "group_code",
        "reason",
        "legal_basis",
        "evidence",
        "valid_to",
        "item_ids",
    }


def test_last_days_and_ages_and_initials() -> None:
    assert last_day(date(2028, 2, 7)) == date(2028, 2, 29)
    today = date(2026, 11, 22)
    late = {0: "not_due", 1: "to_30", 30: "to_30", 31: "to_60", 90: "to_90", 91: "over_90"}
    assert {days: band(date.fromordinal(today.toordinal() - days), today) for days in late} == late
    assert initials("Nguyễn Thị Thanh Hân") == "N.T.T.H."
    assert initials("Đỗ  Ân") == "Đ.Â."
