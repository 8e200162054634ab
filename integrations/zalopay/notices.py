"""Callbacks and return addresses. A callback comes only for success; its mac is over the `data` string as received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from core.sdk import wire
from core.sdk.payments import Config, Fact, FactKind, Notice, Refusal, Refused, Verified

from . import codes, numbers, signing


def read_notice(notice: Notice, config: Config) -> Verified | Refused:
    """Verify and read one callback: `{data, mac, type}`, signed with key2 (a mac made with key1 is a forgery)."""
    if notice.method.upper() != "POST":
        return Refused(Refusal.MALFORMED, "ZaloPay notifies by POST")
    try:
        call = wire.texts(wire.read_object(notice.body))
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    data = call.get("data", "")
    if not data or not signing.genuine(data, call.get("mac", ""), config.get("key2", "")):
        return Refused(Refusal.BAD_SIGNATURE, "wrong mac" if call.get("mac") else "no mac")
    try:
        fields = wire.texts(wire.read_object(data))
        if fields.get("app_id", "") != config.get("merchant_code", ""):
            return Refused(Refusal.WRONG_MERCHANT, "signed for another application")
        # The kind is not covered by the mac: only what the data say decides whether money came.
        if "app_trans_id" not in fields and call.get("type") == codes.AGREEMENT:
            return Verified(dedupe_key(data), ())
        fact = read_fact(fields, notice.received_at)
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return Verified(dedupe_key(data), (fact,))


def read_fact(fields: Mapping[str, str], received_at: datetime) -> Fact:
    """The payment that a callback tells of."""
    return Fact(
        kind=FactKind.PAID,
        provider_txn=transaction_number(fields),
        amount=wire.amount(fields.get("amount", "")),
        currency="VND",
        occurred_at=wire.moment(fields.get("server_time", ""), received_at),
        reference=numbers.reference_of(fields.get("app_trans_id", "")),
        merchant=fields["app_id"],
        data=numbers.support_data(fields),
    )


def transaction_number(fields: Mapping[str, str]) -> str:
    """ZaloPay's number.

    Raises:
        MalformedError: when there is none: without it one payment could count twice.
    """
    number = wire.clean(fields.get("zp_trans_id", ""), 64)
    if not number.strip("0 "):
        raise wire.MalformedError("zp_trans_id is missing")
    return number


def dedupe_key(data: str) -> str:
    """Equal for each repetition of a callback."""
    return "callback:" + hashlib.sha256(data.encode()).hexdigest()


def read_return(query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
    """What a return address claims, if its checksum is right. Display only."""
    try:
        fields = wire.read_query(query)
    except wire.MalformedError:
        return "unknown"
    order = (config.get("redirect_order") or signing.REDIRECT).split("|")
    text = signing.joined(fields.get(name, "") for name in order)
    if not signing.genuine(text, fields.get("checksum", ""), config.get("key2", "")):
        return "unknown"
    if fields.get("appid") != config.get("merchant_code"):
        return "unknown"
    status = fields.get("status", "")
    if status == codes.DONE:
        return "success"
    return "failure" if status.startswith("-") or status == codes.FAILED else "unknown"
