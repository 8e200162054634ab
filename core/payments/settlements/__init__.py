"""What payment services say of the money itself, what they pay out, and whether all that agrees with the books."""

from .importing import Decided, SettlementPlan, import_settlement, plan
from .overdue import open_overdue, take_over
from .payouts import Payout, match_payouts, possible, settle_case
from .reading import COLUMNS, Fault, SettledFile, SettledLine, read_settlement
from .report import LATE_AFTER, DayLine, State, Transaction, days, other_movements, transactions

__all__ = [
    "COLUMNS",
    "LATE_AFTER",
    "DayLine",
    "Decided",
    "Fault",
    "Payout",
    "SettledFile",
    "SettledLine",
    "SettlementPlan",
    "State",
    "Transaction",
    "days",
    "import_settlement",
    "match_payouts",
    "open_overdue",
    "other_movements",
    "plan",
    "possible",
    "read_settlement",
    "settle_case",
    "take_over",
    "transactions",
]
