"""payOS: a signed `data` object for each transfer into an account (payos.vn/docs, webhook)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from core.sdk.payments import Config, Notice, Refusal, Refused, Verified
from integrations.bank_notices import documents, signing
from integrations.bank_notices.documents import Json, MalformedError
from integrations.bank_notices.transactions import Movement, to_verified

_BLANK = ((), ("null", "undefined"))
_PING: Mapping[str, Json] = {
    "orderCode": 123,
    "amount": 3000,
    "reference": "TF230204212323",
    "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
}
"""The transaction that `confirm-webhook` sends to try out an address; it names no account of ours."""


def receive(notice: Notice, config: Config) -> Verified | Refused:
    """Verify the signature over `data` as it was received, then read it.

    `success` and the outer `code` stand outside the signature, so they say nothing.
    """
    try:
        document = documents.load_object(notice.body)
        data, received = document.get("data"), document.get("signature")
        if not isinstance(data, dict):
            raise MalformedError("data is no object")
        if not _signed(data, received if isinstance(received, str) else "", config):
            return Refused(Refusal.BAD_SIGNATURE, "wrong signature" if received else "no signature")
        dedupe = _dedupe_key(data)
        if _is_ping(data) or data.get("code", "00") != "00":
            return Verified(dedupe, ())
        movement = _movement(data, notice.received_at)
    except UnicodeEncodeError:
        return Refused(Refusal.MALFORMED, "a text is not Unicode")
    except MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return to_verified(movement, config, dedupe)


def _signed(data: Mapping[str, Json], received: str, config: Config) -> bool:
    secret = config.get("secret", "")
    return any(signing.mac_equal(signing.payos_text(data, blank=blank), received, secret, "sha256") for blank in _BLANK)


def _is_ping(data: Mapping[str, Json]) -> bool:
    return all(data.get(name) == value for name, value in _PING.items())


def _dedupe_key(data: Mapping[str, Json]) -> str:
    """By the bank's number. A failure (`code`) never hides the payment that comes after it."""
    link, reference = documents.text(data, "paymentLinkId", 100), documents.text(data, "reference", 100)
    if reference and data.get("code", "00") == "00":
        return f"payos:{link}:{reference}"
    return "payos:" + hashlib.sha256(signing.payos_text(data)).hexdigest()


def _movement(data: Mapping[str, Json], received_at: datetime) -> Movement:
    amount = documents.amount(data, "amount")
    if amount < 0:
        raise MalformedError("amount is negative")
    return Movement(
        style="payos",
        notifier_id=documents.text(data, "paymentLinkId", 100),
        account=documents.text(data, "accountNumber"),
        amount=amount,
        incoming=True,
        memo=documents.text(data, "description"),
        occurred_at=documents.moment(data, "transactionDateTime", received_at),
        bank_reference=documents.text(data, "reference", 100),
        payer=documents.text(data, "counterAccountName", 200),
        bank=documents.text(data, "counterAccountBankName", 100),
        currency=documents.text(data, "currency", 3).upper() or "VND",
    )
