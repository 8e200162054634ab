"""Amounts as people and banks write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.imports.amounts import AmountUnreadable, read_amount
from core.data.imports.cells import Cell


@pytest.mark.parametrize(
    "cell",
    [
        "35.000",
        "35,000 đ",
        "35 000",
        "35.000,00",
        "35,000.00",
        "35.000 đồng",
        "35000",
        "35'000",
        "35.000 VNĐ",
        "VND 35.000",
        "35.000₫",
        "+35.000",
        "35\xa0000",
        "35000.00",
        "35000,0",
        " 35.000 ",
        35000,
        35000.0,
    ],
)
def test_thirty_five_thousand(cell: Cell) -> None:
    assert read_amount(cell) == 35_000


@pytest.mark.parametrize("cell", ["-35.000", "(35.000)", "35.000-", "−35.000 đ", -35000.0])
def test_negative(cell: Cell) -> None:
    assert read_amount(cell) == -35_000


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_nothing(cell: Cell) -> None:
    assert read_amount(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "1.3O8.800",
        "35.00.000",
        "35.0000",
        "12,5",
        "35,000,00",
        "35.000.00",
        "35k",
        "ba mươi",
        "đ",
        "-",
        "1,23.456",
        "35.000.000,5",
        "#N/A",
        "٣٥",
        "1/2",
        "1e5",
        True,
        date(2026, 1, 6),
        35.5,
        float("nan"),
        float("inf"),
    ],
)
def test_unreadable(cell: Cell) -> None:
    with pytest.raises(AmountUnreadable):
        read_amount(cell)


@given(st.integers(0, 10**13), st.sampled_from(".,' "), st.sampled_from(["", " đ", "đ", " đồng", " VND"]))
def test_grouped(amount: int, group: str, unit: str) -> None:
    assert read_amount(f"{amount:,}".replace(",", group) + unit) == amount


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(AmountUnreadable):
        read_amount(text)
