"""What ZaloPay's codes say, in the words of the port and in words for people.

Source: docs.zalopay.vn, "Status codes". Some answers carry the detail in `sub_return_code`, some in `return_code`.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk.text import Message, _

DONE, FAILED, PROCESSING = "1", "2", "3"
ORDER, AGREEMENT = "1", "2"
"""Kinds of callback."""
REPEATED = "-68"
EXPIRED = "-54"
NO_MONEY = "-63"
NOT_FOUND = frozenset({"-49", "-101"})
WRONG_APP = frozenset({"-2", "-10", "-402", "-403"})
WRONG_MAC = frozenset({"-3", "-53"})
_UNDECIDED = frozenset({"-1", "-401", "-402", "-403", "-405", "-429", "-500", "-999", "-2", "-3", "-10", "-53"})
"""Answers about the request, not about the payment or refund that it names."""

_WORDS: dict[str, Message] = {
    REPEATED: _("This payment was begun at ZaloPay before. Please go back to the bill and begin a new one."),
    EXPIRED: _("The time for paying at ZaloPay is over. Please go back to the bill and begin a new one."),
    NO_MONEY: _("The wallet or account does not hold enough money."),
    "-402": _("ZaloPay does not accept payments for the school at the moment."),
    "-403": _("ZaloPay does not accept payments for the school at the moment."),
    "-53": _("ZaloPay does not accept payments for the school at the moment."),
    "-429": _("ZaloPay is very busy at the moment."),
    "-500": _("ZaloPay has a disturbance at the moment."),
    "-999": _("ZaloPay is being maintained at the moment."),
    "-217": _("The bank has refused the payment."),
}


def detail(fields: Mapping[str, str]) -> str:
    """The code that says most."""
    code, sub = fields.get("return_code", ""), fields.get("sub_return_code", "")
    return code if code.startswith("-") else sub or code


def undecided(fields: Mapping[str, str]) -> bool:
    """Whether an answer says nothing about the payment or refund."""
    return fields.get("return_code") not in (DONE, FAILED, PROCESSING) or detail(fields) in _UNDECIDED


def words(code: str) -> Message:
    """A code in plain words for payers."""
    return _WORDS.get(code) or _("ZaloPay does not take this payment (code %(code)s).", code=code)
