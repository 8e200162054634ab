"""ZaloPay's spelling of things: milliseconds, and numbers that begin with the day in GMT+7."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from core.sdk.wire import MalformedError, clean

GMT7 = timezone(timedelta(hours=7))
_TRANSACTION = re.compile(r"[0-9]{6}_([A-Za-z0-9_.-]{1,33})")
_SUPPORT = (
    "app_trans_id", "channel", "server_time", "user_fee_amount", "discount_amount", "return_code", "sub_return_code",
    "m_refund_id", "refund_id",
)  # fmt: skip


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def day(moment: datetime) -> str:
    """yymmdd in GMT+7: a server on UTC would be a day behind between midnight and seven."""
    return moment.astimezone(GMT7).strftime("%y%m%d")


def transaction(reference: str, created_at: datetime) -> str:
    """`app_trans_id` of a payment."""
    return f"{day(created_at)}_{reference}"


def reference_of(app_trans_id: str) -> str:
    """Our reference in an `app_trans_id`.

    Raises:
        MalformedError: when it is not one.
    """
    found = _TRANSACTION.fullmatch(app_trans_id)
    if found is None:
        raise MalformedError("app_trans_id is no number of an order")
    return found[1]


def support_data(fields: Mapping[str, str]) -> dict[str, str]:
    """What support may need later: numbers and codes; not the payer's id at ZaloPay."""
    return {name: clean(fields[name], 64) for name in _SUPPORT if fields.get(name)}
