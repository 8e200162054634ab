"""SePay: one POST for each transaction (developer.sepay.vn, webhooks).

Either signed (`X-SePay-Signature: sha256=<hex>` over `<timestamp>.<raw body>`, at most 5 minutes old)
or with a static key (`Authorization: Apikey <key>`), which proves less: nothing in it depends on the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from core.sdk.payments import Config, Notice, Refusal, Refused, Verified
from integrations.bank_notices import documents, signing
from integrations.bank_notices.documents import Json, MalformedError
from integrations.bank_notices.transactions import Movement, to_verified

WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{9,11}")


def receive_signed(notice: Notice, config: Config) -> Verified | Refused:
    """The HMAC dialect."""
    timestamp = notice.headers.get("x-sepay-timestamp", "").strip()
    received = notice.headers.get("x-sepay-signature", "").strip().removeprefix("sha256=")
    if not _TIMESTAMP.fullmatch(timestamp):
        return Refused(Refusal.BAD_SIGNATURE, "no timestamp")
    text = signing.sepay_text(timestamp, notice.body)
    if not signing.mac_equal(text, received, config.get("secret", ""), "sha256"):
        return Refused(Refusal.BAD_SIGNATURE, "wrong signature" if received else "no signature")
    if abs(notice.received_at.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        return Refused(Refusal.STALE, "signed more than 5 minutes ago")
    return read(notice, config)


def receive_with_key(notice: Notice, config: Config) -> Verified | Refused:
    """The static key dialect."""
    scheme, _, key = notice.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "apikey" or not signing.token_equal(key.strip(), config.get("secret", "")):
        return Refused(Refusal.BAD_SIGNATURE, "wrong key" if key else "no key")
    return read(notice, config)


def read(notice: Notice, config: Config) -> Verified | Refused:
    """Read a verified body."""
    try:
        document = documents.load_object(notice.body)
        number = documents.identifier(document, "id")
        if number == "0":
            return Verified("sepay:ping", ())
        movement = _movement(number, document, notice.received_at)
    except MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return to_verified(movement, config, f"sepay:{number}")


def _movement(number: str, document: Mapping[str, Json], received_at: datetime) -> Movement:
    direction = documents.text(document, "transferType")
    amount = documents.amount(document, "transferAmount")
    if direction not in ("in", "out") or amount < 0:
        raise MalformedError("neither money in nor money out")
    return Movement(
        style="sepay",
        notifier_id=number,
        account=documents.text(document, "accountNumber"),
        amount=amount,
        incoming=direction == "in",
        memo=documents.text(document, "content") or documents.text(document, "description"),
        occurred_at=documents.moment(document, "transactionDate", received_at),
        bank_reference=documents.text(document, "referenceCode", 100),
        bank=documents.text(document, "gateway", 100),
    )
