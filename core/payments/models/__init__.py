"""The tables of payments, in the order in which money passes through them."""

from __future__ import annotations

from .attempts import PaymentAttempt, Refund
from .charges import Charge, PaymentReference
from .evidence import Evidence, ExceptionCase, NoticeRefusal, ProviderInbox
from .ledger import AccountingPeriod, JournalEntry, LedgerBalance, Posting
from .rails import PaymentChannel
from .settlement import SettlementFile, SettlementLine

__all__ = [
    "AccountingPeriod",
    "Charge",
    "Evidence",
    "ExceptionCase",
    "JournalEntry",
    "LedgerBalance",
    "NoticeRefusal",
    "PaymentAttempt",
    "PaymentChannel",
    "PaymentReference",
    "Posting",
    "ProviderInbox",
    "Refund",
    "SettlementFile",
    "SettlementLine",
]
