"""Casso webhook v2: `X-Casso-Signature: t=<ms>,v1=<hex>` over the sorted JSON. It names no time window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from core.sdk.payments import Config, Notice, Refusal, Refused, Verified
from integrations.bank_notices import documents, signing
from integrations.bank_notices.documents import Json, MalformedError
from integrations.bank_notices.transactions import Movement, to_verified

_HEADER = re.compile(r"t=([0-9]{1,16}),\s*v1=([0-9a-fA-F]{128})")


def receive(notice: Notice, config: Config) -> Verified | Refused:
    """Verify the signature over the values as received, then read the transaction."""
    header = _HEADER.fullmatch(notice.headers.get("x-casso-signature", "").strip())
    if header is None:
        return Refused(Refusal.BAD_SIGNATURE, "no signature")
    try:
        document = documents.load_object(notice.body)
        text = signing.casso_text(header[1], document)
        if not signing.mac_equal(text, header[2], config.get("secret", ""), "sha512"):
            return Refused(Refusal.BAD_SIGNATURE, "wrong signature")
        data = document.get("data")
        if document.get("error") != 0 or not isinstance(data, dict):
            raise MalformedError("no transaction")
        number = documents.identifier(data, "id")
        if number == "0":
            return Verified("casso:ping", ())
        movement = _movement(number, data, notice.received_at)
    except UnicodeEncodeError:
        return Refused(Refusal.MALFORMED, "a text is not Unicode")
    except MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    return to_verified(movement, config, f"casso:{number}")


def _movement(number: str, data: Mapping[str, Json], received_at: datetime) -> Movement:
    amount = documents.amount(data, "amount")
    return Movement(
        style="casso",
        notifier_id=number,
        account=documents.text(data, "accountNumber"),
        amount=abs(amount),
        incoming=amount > 0,
        memo=documents.text(data, "description"),
        occurred_at=documents.moment(data, "transactionDateTime", received_at),
        bank_reference=documents.text(data, "reference", 100),
        payer=documents.text(data, "counterAccountName", 200),
        bank=documents.text(data, "bankAbbreviation", 100),
    )
