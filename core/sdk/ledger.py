"""What people owe and have: charges, balances, the books."""

from core.payments import charges
from core.payments.charges import NewCharge, Opened
from core.payments.ledger import Balance, StatementLine, balance_of, statement, trial_balance, verify
from core.payments.models import Charge

__all__ = [
    "Balance",
    "Charge",
    "NewCharge",
    "Opened",
    "StatementLine",
    "balance_of",
    "charges",
    "statement",
    "trial_balance",
    "verify",
]
