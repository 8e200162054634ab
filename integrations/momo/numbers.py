"""MoMo's spelling of things: order numbers, and what support may need."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.sdk.wire import MalformedError, clean

_ORDER = re.compile(r"[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*")
_REFUND = re.compile(r"RF([0-9a-f]{32})")
_SUPPORT = ("resultCode", "payType", "orderType", "requestId", "transId", "responseTime")


def order_number(text: str) -> str:
    """An order number as MoMo allows it.

    Raises:
        MalformedError: for another one.
    """
    if len(text) > 50 or not _ORDER.fullmatch(text):
        raise MalformedError("orderId is no order number")
    return text


def refund_number(order_id: str) -> str:
    """MoMo wants a new order number for each refund: the refund order's own."""
    return f"RF{order_id}"


def refund_of(text: str) -> str | None:
    """The refund order (hex) that an order number of ours stands for."""
    found = _REFUND.fullmatch(text)
    return found[1] if found else None


def support_data(params: Mapping[str, str]) -> dict[str, str]:
    """What support may need later: codes and numbers, no names."""
    return {name: clean(params[name], 64) for name in _SUPPORT if params.get(name)}
