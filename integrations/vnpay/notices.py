"""Notices (IPN) and return addresses: verified over the raw query string, then read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from core.sdk.payments import Config, Fact, FactKind, Notice, Refusal, Refused, Verified

from . import codes, signing, wire

_REQUIRED = ("vnp_TmnCode", "vnp_TxnRef", "vnp_Amount", "vnp_ResponseCode", "vnp_TransactionStatus")


def verify(query: bytes, config: Config) -> dict[str, str] | Refused:
    """The fields of a signed query string.

    The signature is checked over the raw values as they came. A proxy may have spelt the same values
    in another way (`%20` for `+`), so the normal form of the decoded values is tried too: it stands for
    the same fields, one to one.
    """
    try:
        pairs = wire.split_query(query)
        params = wire.decode_pairs(pairs)
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    received = params.get(signing.HASH_FIELD, "")
    secret = config.get("hash_secret", "")
    as_sent = signing.mac_equal(signing.canonical_raw(pairs), received, secret)
    if not as_sent and not signing.mac_equal(signing.canonical_query(params), received, secret):
        return Refused(Refusal.BAD_SIGNATURE, "wrong hash" if received else "no hash")
    if params.get("vnp_TmnCode", "") != config.get("merchant_code", ""):
        return Refused(Refusal.WRONG_MERCHANT, "signed for another terminal")
    return params


def read_notice(notice: Notice, config: Config) -> Verified | Refused:
    """Verify and read one IPN call (always a GET)."""
    if notice.method.upper() != "GET":
        return Refused(Refusal.MALFORMED, "VNPay notifies by GET")
    params = verify(notice.query, config)
    if isinstance(params, Refused):
        return params
    # Our own pay address carries a valid hash too; what makes a notice is the result.
    if not all(params.get(name) for name in _REQUIRED):
        return Refused(Refusal.MALFORMED, "a required field is missing")
    try:
        fact = read_fact(params, notice.received_at)
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return Verified(dedupe_key(params), (fact,))


def read_fact(params: Mapping[str, str], received_at: datetime) -> Fact:
    """The payment fact of verified fields."""
    return Fact(
        kind=codes.of_notice(params["vnp_ResponseCode"], params["vnp_TransactionStatus"]),
        provider_txn=transaction_number(params),
        amount=wire.from_amount(params["vnp_Amount"]),
        currency=wire.clean(params.get("vnp_CurrCode", ""), 3) or "VND",
        occurred_at=wire.from_moment(params.get("vnp_PayDate", ""), received_at),
        reference=wire.clean(params["vnp_TxnRef"], 100),
        memo=wire.clean(params.get("vnp_OrderInfo", "")),
        merchant=params["vnp_TmnCode"],
        data=wire.support_data(params),
    )


def transaction_number(params: Mapping[str, str]) -> str:
    """VNPay's number; an attempt that never reached a bank has none (`0`): then it is our reference."""
    number = wire.clean(params.get("vnp_TransactionNo", ""), 64)
    return number if number.strip("0 ") else wire.clean(params["vnp_TxnRef"], 100)


def dedupe_key(params: Mapping[str, str]) -> str:
    """Equal for each repetition of a message, however it is spelt; another status is another message."""
    return "ipn:" + hashlib.sha256(signing.canonical_query(params).encode()).hexdigest()


def return_kind(query: bytes, config: Config) -> FactKind | None:
    """The kind that a return address claims, None when it is not signed. Display only."""
    params = verify(query, config)
    if isinstance(params, Refused) or not all(params.get(name) for name in _REQUIRED):
        return None
    return codes.of_notice(params["vnp_ResponseCode"], params["vnp_TransactionStatus"])
