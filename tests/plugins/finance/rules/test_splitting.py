"""What is suggested for each pupil of one transfer."""

from __future__ import annotations

import pytest

from plugins.finance.services.splitting import suggested


@pytest.mark.parametrize(
    ("amount", "owed", "parts"),
    [
        (170, [100, 70], [100, 70]),
        (150, [100, 70], [100, 50]),
        (200, [100, 70], [100, 100]),
        (90, [100, 70], [90, 0]),
        (200, [100], [100]),
        (200, [], []),
    ],
)
def test_parts_follow_what_is_owed_while_the_money_lasts(amount: int, owed: list[int], parts: list[int]) -> None:
    assert suggested(amount, owed) == parts
