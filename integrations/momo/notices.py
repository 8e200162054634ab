"""Notices (IPN) and return addresses: the signature is checked over the values as they came, then they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from core.sdk import wire
from core.sdk.payments import Config, Fact, FactKind, Notice, Refusal, Refused, Verified

from . import codes, numbers, signing

_REQUIRED = ("partnerCode", "orderId", "amount", "resultCode", "requestId")


def verify(params: Mapping[str, str], config: Config) -> Refused | None:
    """Why these fields are not MoMo's word, None when they are."""
    if not signing.genuine(params, signing.NOTICE, config):
        return Refused(Refusal.BAD_SIGNATURE, "wrong signature" if params.get("signature") else "no signature")
    if params.get("partnerCode", "") != config.get("merchant_code", ""):
        return Refused(Refusal.WRONG_MERCHANT, "signed for another partner")
    return None


def read_notice(notice: Notice, config: Config) -> Verified | Refused:
    """Verify and read one IPN call: a POST with a JSON body. Form fields, which MoMo's PHP sample reads, never come."""
    if notice.method.upper() != "POST":
        return Refused(Refusal.MALFORMED, "MoMo notifies by POST")
    try:
        params = wire.texts(wire.read_object(notice.body))
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    refused = verify(params, config)
    if refused is not None:
        return refused
    # Our own create request is signed over other fields; what makes a notice is the result.
    if not all(params.get(name) for name in _REQUIRED):
        return Refused(Refusal.MALFORMED, "a required field is missing")
    try:
        fact = read_fact(params, notice.received_at, two_steps=config.get("capture") == "manual")
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return Verified(dedupe_key(params), (fact,))


def read_fact(params: Mapping[str, str], received_at: datetime, *, two_steps: bool) -> Fact:
    """The payment fact of verified fields (or of a query's answer)."""
    return Fact(
        kind=codes.of_payment(params["resultCode"], two_steps=two_steps),
        provider_txn=transaction_number(params),
        amount=wire.amount(params.get("amount", "")),
        currency="VND",
        occurred_at=wire.moment(params.get("responseTime", ""), received_at),
        reference=numbers.order_number(params["orderId"]),
        memo=wire.clean(params.get("orderInfo", "")),
        merchant=params["partnerCode"],
        data=numbers.support_data(params),
    )


def transaction_number(params: Mapping[str, str]) -> str:
    """MoMo's number; an attempt that never reached a wallet may have none: then it is our order's."""
    number = wire.clean(params.get("transId", ""), 64)
    return number if number.strip("0 ") else params["orderId"]


def dedupe_key(params: Mapping[str, str]) -> str:
    """Equal for each repetition of a message; fields that are not signed do not make another one."""
    signed = "&".join(f"{name}={params.get(name, '')}" for name in signing.NOTICE)
    return "ipn:" + hashlib.sha256(signed.encode()).hexdigest()


def return_kind(query: bytes, config: Config) -> FactKind | None:
    """The kind that a return address claims, None when it is not signed. Display only."""
    try:
        params = wire.read_query(query)
    except wire.MalformedError:
        return None
    if verify(params, config) is not None or not params.get("resultCode"):
        return None
    return codes.of_payment(params["resultCode"], two_steps=False)
