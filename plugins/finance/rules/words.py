"""Amounts in Vietnamese words, as receipts write them."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
LIMIT = 10**18


def _tens(tens: int, ones: int, *, after_hundreds: bool) -> list[str]:
    if tens == 0:
        if ones == 0:
            return []
        return ["lẻ", _DIGITS[ones]] if after_hundreds else [_DIGITS[ones]]
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 0:
        return words
    special = {1: "mốt", 4: "tư"} if tens > 1 else {}
    return [*words, "lăm" if ones == 5 else special.get(ones, _DIGITS[ones])]


def _three(number: int, *, full: bool) -> list[str]:
    """The words of 0..999; `full` says the hundreds even when they are none ("không trăm lẻ năm")."""
    hundreds, rest = divmod(number, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    return [*words, *_tens(*divmod(rest, 10), after_hundreds=bool(words))]


def number_in_words(number: int) -> str:
    """A whole number from 0 below 10^18 in words: `1250000` is "một triệu hai trăm năm mươi nghìn".

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= number < LIMIT:
        raise ValueError("only whole numbers from 0 below 10^18 can be written out")
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 10**9)
    words: list[str] = []
    if billions:
        words = [number_in_words(billions), "tỷ"]
    for place in (2, 1, 0):
        group = rest // 1000**place % 1000
        if group:
            words += [*_three(group, full=bool(words)), _GROUPS[place]]
    return " ".join(word for word in words if word)


def amount_in_words(amount: int) -> str:
    """Dong in words: "một triệu hai trăm năm mươi nghìn đồng"."""
    return f"{number_in_words(amount)} đồng"
