"""What VNPay's codes say, in the words of the port (tables of the pay and querydr documents)."""

from __future__ import annotations

from core.sdk.payments import FactKind

OK = "00"
SUSPECTED_FRAUD = "07"
EXPIRED = "11"
NOT_FOUND = "91"
UNKNOWN_TERMINAL = "02"  # as the answer to a query
WRONG_SIGNATURE = "97"
REFUND_RUNNING = "94"
ORIGINAL_NOT_PAID = "95"
FULL_REFUND, PARTIAL_REFUND = "02", "03"

_FAILED_RESPONSES = frozenset({"09", "10", "12", "13", "24", "51", "65", "75", "79", "99"})
_OF_STATUS = {
    "00": FactKind.PAID,
    "01": FactKind.PENDING,
    "02": FactKind.FAILED,
    "04": FactKind.REVIEW,  # the bank has debited the payer, VNPay has no success: a person must look
    "05": FactKind.REFUND_PENDING,
    "06": FactKind.REFUND_PENDING,
    "07": FactKind.REVIEW,
    "09": FactKind.REFUND_FAILED,
}


def of_notice(response: str, status: str) -> FactKind:
    """The kind of a payment notice. Paid needs both codes; an unknown code is pending, not failed."""
    if SUSPECTED_FRAUD in (response, status):
        return FactKind.REVIEW
    if response == OK:
        return _OF_STATUS.get(status, FactKind.PENDING)
    if status == "04":
        return FactKind.REVIEW
    if response == EXPIRED:
        return FactKind.EXPIRED
    if response in _FAILED_RESPONSES or status == "02":
        return FactKind.FAILED
    return FactKind.PENDING


def of_transaction(kind: str, status: str) -> FactKind:
    """The kind of a transaction that querydr or refund describes; `kind` is `vnp_TransactionType`."""
    if kind in (FULL_REFUND, PARTIAL_REFUND):
        refunds = {"00": FactKind.REFUNDED, "02": FactKind.REFUND_FAILED, "09": FactKind.REFUND_FAILED}
        return refunds.get(status, FactKind.REFUND_PENDING)
    return _OF_STATUS.get(status, FactKind.PENDING)
