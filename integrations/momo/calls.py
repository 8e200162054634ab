"""One request to MoMo: JSON over POST. Its answers are not signed; TLS and what they echo vouch for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.sdk import wire
from core.sdk.payments import Config, HttpClient, HttpFailure, Unknown

API_URL = "https://test-payment.momo.vn/v2/gateway/api"
PATIENCE = 30.0
"""Seconds; MoMo asks for at least so many for query, refund and confirm."""


def post(
    what: str,
    body: Mapping[str, object],
    signature: str,
    config: Config,
    http: HttpClient,
    *,
    timeout: float = PATIENCE,
) -> dict[str, wire.Json] | Unknown:
    """Send a signed request to `create`, `query`, `refund` or `confirm`.

    MoMo answers refusals with an HTTP status of 400 and a result code: those are answers too.
    """
    url = f"{(config.get('api_url') or API_URL).rstrip('/')}/{what}"
    sent = json.dumps({**body, "signature": signature}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    try:
        answer = http.request("POST", url, headers=headers, body=sent, timeout=timeout)
        if answer.status >= 500 or answer.status in (408, 429):
            return Unknown(f"HTTP status {answer.status}")
        document = wire.read_object(answer.body)
    except HttpFailure:
        return Unknown("no answer")
    except wire.MalformedError as error:
        return Unknown(f"the answer cannot be read: {error}")
    if document.get("partnerCode", config.get("merchant_code")) != config.get("merchant_code"):
        return Unknown("the answer is for another partner")
    return document
