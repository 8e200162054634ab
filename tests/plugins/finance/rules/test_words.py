"""Amounts in Vietnamese words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.finance.rules.words import amount_in_words, number_in_words

GOLDEN = {
    0: "không đồng",
    5: "năm đồng",
    10: "mười đồng",
    14: "mười bốn đồng",
    15: "mười lăm đồng",
    20: "hai mươi đồng",
    21: "hai mươi mốt đồng",
    24: "hai mươi tư đồng",
    25: "hai mươi lăm đồng",
    55: "năm mươi lăm đồng",
    100: "một trăm đồng",
    101: "một trăm lẻ một đồng",
    104: "một trăm lẻ bốn đồng",
    105: "một trăm lẻ năm đồng",
    115: "một trăm mười lăm đồng",
    991: "chín trăm chín mươi mốt đồng",
    1_000: "một nghìn đồng",
    1_005: "một nghìn không trăm lẻ năm đồng",
    12_000: "mười hai nghìn đồng",
    35_000: "ba mươi lăm nghìn đồng",
    157_950: "một trăm năm mươi bảy nghìn chín trăm năm mươi đồng",
    1_000_000: "một triệu đồng",
    1_100_950: "một triệu một trăm nghìn chín trăm năm mươi đồng",
    1_250_000: "một triệu hai trăm năm mươi nghìn đồng",
    1_000_005: "một triệu không trăm lẻ năm đồng",
    1_004_000: "một triệu không trăm lẻ bốn nghìn đồng",
    21_021_021: "hai mươi mốt triệu không trăm hai mươi mốt nghìn không trăm hai mươi mốt đồng",
    1_095_990_600: "một tỷ không trăm chín mươi lăm triệu chín trăm chín mươi nghìn sáu trăm đồng",
    2_000_000_000: "hai tỷ đồng",
    1_000_000_000_000: "một nghìn tỷ đồng",
}


@pytest.mark.parametrize("amount", GOLDEN)
def test_amounts_read_as_receipts_write_them(amount: int) -> None:
    assert amount_in_words(amount) == GOLDEN[amount]


@given(st.integers(min_value=0, max_value=10**15))
def test_different_numbers_have_different_words(number: int) -> None:
    words = number_in_words(number)
    assert "  " not in words
    assert words == words.strip()
    assert words != number_in_words(number + 1)


@pytest.mark.parametrize("number", [-1, 10**18])
def test_what_cannot_be_written_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        amount_in_words(number)
