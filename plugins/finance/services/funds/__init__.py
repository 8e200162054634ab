"""Donations: funds, gifts, uses, and the report that is published (Circular 16/2018/TT-BGDĐT).

Nothing is due, nobody is reminded, no debt arises: the tables have no place for it. A fund's money is an account of
its own in the books and is never income of the school.
"""

from __future__ import annotations

from .keeping import (
    FundInput,
    LineInput,
    account_of,
    add_line,
    close_fund,
    open_fund,
    publish_fund,
    take_back_line,
)
from .reading import FundRow, LineRow, fund, funds, report_rows

__all__ = [
    "FundInput",
    "FundRow",
    "LineInput",
    "LineRow",
    "account_of",
    "add_line",
    "close_fund",
    "fund",
    "funds",
    "open_fund",
    "publish_fund",
    "report_rows",
    "take_back_line",
]
