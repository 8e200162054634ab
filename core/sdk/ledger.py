"""The payment books: charges that a module opens, balances that pay them, decisions about exceptions.

Module authors call these services with their context; each checks its own permission (`payments.*`) unless it
says that the caller has done so.
"""

from core.payments import attempts, cases, channels, charges, claims, ledger, payers, refunds, settlements, statements
from core.payments.accounts import CASH, REFUND_PAYABLE, SUBSIDY
from core.payments.attempts import AttemptView, Started
from core.payments.cases import Case
from core.payments.cases_own import take_as_own
from core.payments.cash import collect_cash, return_cash, settle_provider
from core.payments.channels import Channel
from core.payments.charges import ChargeRow, NewCharge, Opened
from core.payments.claims import Claim
from core.payments.ledger import (
    Balance,
    Difference,
    StatementLine,
    balance_of,
    close_period,
    statement,
    trial_balance,
    verify,
)
from core.payments.matching import Learner
from core.payments.models import (
    Charge,
    Evidence,
    ExceptionCase,
    JournalEntry,
    LedgerBalance,
    PaymentAttempt,
    PaymentChannel,
    Posting,
    Refund,
)
from core.payments.payers import Offer
from core.payments.rules import Status
from core.payments.statements import Imported, Plan

__all__ = [
    "CASH",
    "REFUND_PAYABLE",
    "SUBSIDY",
    "AttemptView",
    "Balance",
    "Case",
    "Channel",
    "Charge",
    "ChargeRow",
    "Claim",
    "Difference",
    "Evidence",
    "ExceptionCase",
    "Imported",
    "JournalEntry",
    "Learner",
    "LedgerBalance",
    "NewCharge",
    "Offer",
    "Opened",
    "PaymentAttempt",
    "PaymentChannel",
    "Plan",
    "Posting",
    "Refund",
    "Started",
    "StatementLine",
    "Status",
    "attempts",
    "balance_of",
    "cases",
    "channels",
    "charges",
    "claims",
    "close_period",
    "collect_cash",
    "ledger",
    "payers",
    "refunds",
    "return_cash",
    "settle_provider",
    "settlements",
    "statement",
    "statements",
    "take_as_own",
    "trial_balance",
    "verify",
]
