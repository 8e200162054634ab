"""One request to ZaloPay: JSON over POST. Its answers are not signed; TLS vouches for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.sdk import wire
from core.sdk.payments import Config, HttpClient, HttpFailure, Unknown

API_URL = "https://sb-openapi.zalopay.vn/v2"


def post(
    what: str, body: Mapping[str, object], config: Config, http: HttpClient, *, timeout: float = 30.0
) -> dict[str, str] | Unknown:
    """Send a signed request to `create`, `query`, `refund` or `query_refund`; the plain fields of its answer."""
    url = f"{(config.get('api_url') or API_URL).rstrip('/')}/{what}"
    sent = json.dumps(body, ensure_ascii=False).encode()
    try:
        answer = http.request("POST", url, headers={"Content-Type": "application/json"}, body=sent, timeout=timeout)
        if answer.status != 200:
            return Unknown(f"HTTP status {answer.status}")
        return wire.texts(wire.read_object(answer.body))
    except HttpFailure:
        return Unknown("no answer")
    except wire.MalformedError as error:
        return Unknown(f"the answer cannot be read: {error}")


def app_id(config: Config) -> int:
    """The application's number, as a number (0 while it is not set)."""
    text = config.get("merchant_code", "")
    return int(text) if text.isascii() and text.isdigit() else 0
