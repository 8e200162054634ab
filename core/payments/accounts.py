"""The chart of accounts of a school's payment books (payments.md, section 12).

Debit is positive. Accounts of persons carry a `person_id`; the others are totals of the school.
"""

from __future__ import annotations

STUDENT_BALANCE = "student_balance"
"""Money that people have given and that no charge has used yet: owed to them, never above zero (a credit)."""
RECEIVABLE = "receivable:student"
"""What people still owe for published charges: never below zero (a debit)."""
SUSPENSE = "suspense:unmatched"
"""Money that came in and that nobody can be named for yet."""
REFUND_PAYABLE = "refund_payable"
"""Money reserved for a refund that is under way."""
PROVIDER_FEE = "provider_fee"
CHARGEBACK = "chargeback"
SUBSIDY = "subsidy_receivable:state"
CASH = "cash:desk"
INCOME = "income:fees"
"""Where a charge is earned unless its module names other accounts."""

PERSONAL = frozenset({STUDENT_BALANCE, RECEIVABLE})


def clearing(provider: str) -> str:
    """Money that a provider holds for the school until it settles."""
    return f"clearing:{provider}"


def bank(number: str) -> str:
    """An account of the school at a bank."""
    return f"bank:{number}"


def passthrough(vendor: str) -> str:
    """Money collected for somebody else, never income (fees.md C4): insurance, uniforms, a meal supplier."""
    return f"passthrough:{vendor}"
