"""Price tables pasted from a worksheet."""

from __future__ import annotations

import pytest

from core.sdk import Message
from plugins.finance.rules.paste import ColumnItem, parse, read_price

ITEMS = [
    ColumnItem("tien_an", ("Tiền ăn", "Meals"), "day", "meal"),
    ColumnItem("ban_tru", ("Bán trú", "Boarding"), "month", "service"),
    ColumnItem("quy_tu_nguyen", ("Quỹ tự nguyện",), "once", "donation", Message("voluntary")),
]


@pytest.mark.parametrize("text", ["35.000", "35,000 đ", "35 000", "35.000,00", "35.000 đồng", "35000", "35,000 VND"])
def test_the_ways_to_write_an_amount(text: str) -> None:
    assert read_price(text) == (35_000, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("35k", (35_000, "W_AMOUNT_K")),
        ("1,5k", (1_500, "W_AMOUNT_K")),
        ("35", (None, "E_AMOUNT_TOO_SMALL")),
        ("999", (None, "E_AMOUNT_TOO_SMALL")),
        ("3O.000", (None, "E_AMOUNT_UNREADABLE")),
        ("-35.000", (None, "E_AMOUNT_UNREADABLE")),
        ("Miễn", (0, None)),
        ("-", (0, None)),
        ("0 đ", (0, None)),
        ("", (None, None)),
    ],
)
def test_what_needs_a_look(text: str, expected: tuple[int | None, str | None]) -> None:
    assert read_price(text) == expected


def test_a_table_is_read_by_its_header() -> None:
    text = (
        "MỨC THU THÁNG 9\n"
        "Lớp\tSĩ số\tSố ngày ăn\tTiền ăn/ngày\tBán trú/tháng\tQuỹ tự nguyện\n"
        "1A\t31\t18\t32.000\t235.000\t100.000\n"
        "lớp 1b\t30\t17\t35k\t235\t\n"
        "9Z\t1\t18\t1\t1\t\n"
    )
    found = parse(text, ITEMS, ["1A", "1B"])
    assert [(p.class_name, p.item_code, p.unit_price, p.quantity) for p in found.prices] == [
        ("1A", "tien_an", 32_000, 18),
        ("1A", "ban_tru", 235_000, None),
        ("1B", "tien_an", 35_000, 17),
    ]
    assert [(n.row, n.column, n.code) for n in found.notes] == [
        (3, 6, "W_DONATION_AMOUNT"),
        (4, 4, "W_AMOUNT_K"),
        (4, 5, "E_AMOUNT_TOO_SMALL"),
        (5, 1, "E_CLASS_UNKNOWN"),
    ]


def test_a_table_without_a_header_says_so() -> None:
    found = parse("1A\t32.000", ITEMS, ["1A"])
    assert [n.code for n in found.notes] == ["E_HEADER_MISSING"]
    assert found.prices == []
