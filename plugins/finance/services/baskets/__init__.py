"""What a link opens when it is for more than one bill: a family's children, or what somebody else shall pay."""

from __future__ import annotations

from .beginning import PayerInput, begin
from .going import Payment, payment, receipt_of
from .links import end_links, family_link, guardian_link, household
from .places import Door, Place, find
from .reading import Basket, BasketBill, BasketChild, basket
from .shares import payer_of_share, share

__all__ = [
    "Basket",
    "BasketBill",
    "BasketChild",
    "Door",
    "PayerInput",
    "Payment",
    "Place",
    "basket",
    "begin",
    "end_links",
    "family_link",
    "find",
    "guardian_link",
    "household",
    "payer_of_share",
    "payment",
    "receipt_of",
    "share",
]
