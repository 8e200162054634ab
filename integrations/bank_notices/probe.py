"""Testing the settings of a notifier: it never listens, so a notice of our own must pass the check of its dialect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from core.sdk.payments import Config, Notice, Probe, Refused, Verified
from core.sdk.text import _

from . import signing
from .transactions import plain_account


class Receiver(Protocol):
    """The part of the adapter that is tried."""

    def receive(self, notice: Notice, config: Config) -> Verified | Refused: ...


def probe(adapter: Receiver, config: Config, now: datetime) -> Probe:
    """Sign a sample with the settings and read it back; nothing is stored."""
    style = config.get("style") or "sepay"
    if style not in ("sepay", "sepay_apikey"):
        return Probe(
            True, _("The settings are complete. Send a test notice from the notifier's own page to see it arrive.")
        )
    body = json.dumps(
        {
            "id": 1,
            "gateway": "TEST",
            "transactionDate": f"{now:%Y-%m-%d %H:%M:%S}",
            "accountNumber": plain_account(config.get("account_number", "")),
            "transferType": "in",
            "transferAmount": 1000,
            "content": "TRUONG TEST",
            "referenceCode": "TEST",
        }
    ).encode()
    found = adapter.receive(Notice("POST", b"", _headers(style, body, config, now), body, now), config)
    if isinstance(found, Verified) and found.facts:
        return Probe(True, _("A notice signed with these settings is accepted. The notifier must use the same key."))
    return Probe(False, _("A notice signed with these settings is refused. Please check key and account number."))


def _headers(style: str, body: bytes, config: Config, now: datetime) -> Mapping[str, str]:
    secret = config.get("secret", "")
    if style == "sepay_apikey":
        return {"authorization": f"Apikey {secret}"}
    timestamp = str(int(now.timestamp()))
    digest = signing.mac(signing.sepay_text(timestamp, body), secret, "sha256")
    return {"x-sepay-timestamp": timestamp, "x-sepay-signature": f"sha256={digest}"}
