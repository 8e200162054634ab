"""Genuine Stripe messages, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from core.sdk.payments import HttpAnswer, Notice
from core.sdk.testing.payment import NOW

KEY, SECRET = "sk_test_of_the_tests_0001", "whsec_of_the_tests_0001"
CONFIG = {"secret_key": KEY, "webhook_secret": SECRET, "api_url": "https://api.stripe.com"}
REFERENCE = "TRHABCD2345"
CREATED = 1_795_311_000
CREATED_AT = datetime.fromtimestamp(CREATED, UTC)
METADATA = {"truong_reference": REFERENCE, "truong_attempt": "0199f2a0000070008000000000000001"}
Json = dict[str, object]


def intent(**changes: object) -> Json:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 1_250_000,
        "amount_received": 1_250_000,
        "currency": "vnd",
        "status": "succeeded",
        "created": CREATED,
        "latest_charge": "ch_1",
        "last_payment_error": None,
        "metadata": METADATA,
        **changes,
    }


def charge(**changes: object) -> Json:
    fixed = {"id": "ch_1", "object": "charge", "amount": 1_250_000, "currency": "vnd", "created": CREATED}
    return {**fixed, "payment_intent": "pi_1", "amount_refunded": 0, "disputed": False, "metadata": METADATA, **changes}


def session(**changes: object) -> Json:
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 1_250_000,
        "client_reference_id": REFERENCE,
        "currency": "vnd",
        "created": CREATED,
        "metadata": METADATA,
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
        "url": None,
        **changes,
    }


def refund(**changes: object) -> Json:
    fixed = {"id": "re_1", "object": "refund", "amount": 625_000, "currency": "vnd", "created": CREATED}
    return {**fixed, "payment_intent": "pi_1", "status": "succeeded", "metadata": {}, **changes}


def dispute(**changes: object) -> Json:
    fixed = {"id": "dp_1", "object": "dispute", "amount": 1_250_000, "currency": "vnd", "created": CREATED}
    return {**fixed, "payment_intent": "pi_1", "status": "needs_response", "reason": "fraudulent", **changes}


def event(kind: str, content: Json, number: str = "", **changes: object) -> bytes:
    number = number or f"evt_{hashlib.sha256(repr((kind, content)).encode()).hexdigest()[:12]}"
    body = {"id": number, "object": "event", "type": kind, "created": CREATED, "livemode": False}
    return json.dumps({**body, "data": {"object": content}, **changes}).encode()


def header(body: bytes, *secrets: str, at: datetime = NOW) -> str:
    moment = int(at.timestamp())
    text = f"{moment}.".encode() + body
    made = [hmac.new(secret.encode(), text, hashlib.sha256).hexdigest() for secret in secrets or (SECRET,)]
    return ",".join([f"t={moment}", *(f"v1={one}" for one in made)])


def call(body: bytes, signature: str | None = None, method: str = "POST") -> Notice:
    """A delivery; signed with the secret of the tests unless told otherwise."""
    headers = {"content-type": "application/json; charset=utf-8", "stripe-signature": signature or header(body)}
    return Notice(method, b"", headers, body, NOW, "198.51.100.7")


def answer(content: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, json.dumps(content).encode())


def refusal(status: int, code: str | None = None, kind: str = "invalid_request_error") -> HttpAnswer:
    return answer({"error": {"type": kind, "code": code, "message": "No."}}, status)
