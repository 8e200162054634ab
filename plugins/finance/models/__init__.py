"""Tables of the finance plugin, all of one school each."""

from __future__ import annotations

from .bills import Bill, BillLine
from .cash import Deposit, Drawer, DrawerMove
from .catalogue import Ceiling, Item
from .charts import ChartVersion
from .einvoices import EInvoice, EInvoiceLine, EInvoiceSeries
from .exemptions import Exemption
from .funds import Fund, FundLine
from .insurance import InsuranceStart
from .links import LinkStop, Payer, Share
from .meals import Absence, Credit, MealMonth
from .opening import OpeningBatch, OpeningLine
from .paper import NoticePrint
from .parts import BillPart
from .payouts import Payout
from .receipts import Receipt, ReceiptSeries
from .relief import SiblingRule, Support
from .rounds import Price, PupilException, Round, RoundItem
from .statements import StatementColumns, StatementUpload

__all__ = [
    "Absence",
    "Bill",
    "BillLine",
    "BillPart",
    "Ceiling",
    "ChartVersion",
    "Credit",
    "Deposit",
    "Drawer",
    "DrawerMove",
    "EInvoice",
    "EInvoiceLine",
    "EInvoiceSeries",
    "Exemption",
    "Fund",
    "FundLine",
    "InsuranceStart",
    "Item",
    "LinkStop",
    "MealMonth",
    "NoticePrint",
    "OpeningBatch",
    "OpeningLine",
    "Payer",
    "Payout",
    "Price",
    "PupilException",
    "Receipt",
    "ReceiptSeries",
    "Round",
    "RoundItem",
    "Share",
    "SiblingRule",
    "StatementColumns",
    "StatementUpload",
    "Support",
]
