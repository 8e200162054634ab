"""What MoMo's result codes say, in the words of the port and in words for people.

Source: developers.momo.vn, "List result codes". A code that is not known here is pending: the next query decides.
"""

from __future__ import annotations

from core.sdk.payments import FactKind
from core.sdk.text import Message, _

PAID = "0"
MAINTENANCE = "10"
ACCESS_DENIED, OLD_VERSION, WRONG_KEYS = "11", "12", "13"
BAD_FORMAT, BAD_AMOUNT, OUT_OF_LIMITS = "20", "21", "22"
REPEATED_REQUEST, REPEATED_ORDER, NOT_FOUND = "40", "41", "42"
AUTHORISED = "9000"
EXPIRED = "1005"
NOT_REFUNDABLE = "1088"

PENDING = frozenset({"1000", "7000", "7002", "8000"})
_FAILED = frozenset(
    {"99", "1001", "1002", "1003", "1004", "1006", "1007", "1017", "1026", "1030", "2019", "4001", "4002", "4100"}
)
REFUND_REFUSED = frozenset(
    {ACCESS_DENIED, OLD_VERSION, WRONG_KEYS, BAD_FORMAT, BAD_AMOUNT, OUT_OF_LIMITS, NOT_FOUND, NOT_REFUNDABLE}
)
"""Refused before anything was done. 1080 and 1081 ("may have been refunded") are not among them: the query decides."""

_WORDS: dict[str, Message] = {
    MAINTENANCE: _("MoMo is being maintained at the moment."),
    ACCESS_DENIED: _("MoMo does not accept payments for the school at the moment."),
    WRONG_KEYS: _("MoMo does not accept payments for the school at the moment."),
    OUT_OF_LIMITS: _("MoMo cannot carry this amount in one payment."),
    BAD_AMOUNT: _("MoMo cannot carry this amount in one payment."),
    REPEATED_REQUEST: _("This payment was begun at MoMo before. Please go back to the bill and begin a new one."),
    REPEATED_ORDER: _("This payment was begun at MoMo before. Please go back to the bill and begin a new one."),
    EXPIRED: _("The time for paying at MoMo is over. Please go back to the bill and begin a new one."),
    "1001": _("The wallet or account does not hold enough money."),
    "1002": _("The bank or card company has refused the payment."),
    "1003": _("The payment was cancelled."),
    "1004": _("The amount is above the daily or monthly limit of the wallet."),
    "1006": _("The payer has refused the payment."),
    "1007": _("The MoMo account is locked or not active."),
    "1026": _("MoMo's promotion rules do not allow the payment."),
    "4001": _("The MoMo account is restricted."),
    "4100": _("The payer was not able to sign in at MoMo."),
}


def words(code: str) -> Message:
    """A code in plain words for payers."""
    return _WORDS.get(code) or _("MoMo does not take this payment (code %(code)s).", code=code)


def of_payment(code: str, *, two_steps: bool) -> FactKind:
    """The kind of a payment's state. Authorised money is taken in one step, only held in two."""
    if code == PAID:
        return FactKind.PAID
    if code == AUTHORISED:
        return FactKind.PENDING if two_steps else FactKind.PAID
    if code == EXPIRED:
        return FactKind.EXPIRED
    return FactKind.FAILED if code in _FAILED else FactKind.PENDING


def of_refund(code: str) -> FactKind:
    """The kind of a refund's state."""
    if code == PAID:
        return FactKind.REFUNDED
    return FactKind.REFUND_FAILED if code in REFUND_REFUSED else FactKind.REFUND_PENDING
