"""Tables of the finance plugin, all of one school each."""

from __future__ import annotations

from .bills import Bill, BillLine
from .catalogue import Ceiling, Item
from .exemptions import Exemption
from .receipts import Receipt, ReceiptSeries
from .rounds import Price, PupilException, Round, RoundItem
from .statements import StatementUpload

__all__ = [
    "Bill",
    "BillLine",
    "Ceiling",
    "Exemption",
    "Item",
    "Price",
    "PupilException",
    "Receipt",
    "ReceiptSeries",
    "Round",
    "RoundItem",
    "StatementUpload",
]
