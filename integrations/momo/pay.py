"""The order: limits first, then `create`, which answers with the address for the payer."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.sdk import wire
from core.sdk.payments import Attempt, Config, Declined, HttpClient, Order, Redirect, Unknown

from . import codes, signing
from .calls import post

LEAST, MOST = 1_000, 50_000_000
LEAST_BY_CARD = 10_000
"""Domestic cards (`payWithATM`) start higher."""


def limits(config: Config) -> tuple[int, int]:
    """The least and the most dong of one payment: MoMo's, or narrower ones of the contract."""
    floor = LEAST_BY_CARD if config.get("request_type") == "payWithATM" else LEAST
    return max(floor, _number(config, "least", floor)), min(MOST, _number(config, "most", MOST))


def _number(config: Config, name: str, otherwise: int) -> int:
    text = config.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def plan(attempt: Attempt, config: Config) -> Order:
    """What the order will be called.

    Raises:
        ValueError: for another currency or an amount that MoMo does not carry.
    """
    if attempt.currency != "VND":
        raise ValueError("MoMo carries VND only")
    least, most = limits(config)
    if not least <= attempt.amount <= most:
        raise ValueError(f"MoMo carries {least:,} to {most:,} VND")
    return Order({"orderId": attempt.reference, "requestId": attempt.id.hex})


def create_params(attempt: Attempt, config: Config) -> dict[str, str]:
    """The request as texts, without its signature: nothing but the attempt decides it, so a repetition is the same."""
    return {
        "partnerCode": config.get("merchant_code", ""),
        "requestId": attempt.id.hex,
        "amount": str(attempt.amount),
        "orderId": attempt.reference,
        "orderInfo": (attempt.description or attempt.reference)[:200],
        "redirectUrl": attempt.return_url,
        "ipnUrl": attempt.notice_url,
        "requestType": config.get("request_type") or "captureWallet",
        "extraData": "",
        "lang": "en" if attempt.locale.startswith("en") else "vi",
    }


def place(attempt: Attempt, config: Config, http: HttpClient) -> Redirect | Declined | Unknown:
    """Make the order. MoMo answers a repetition (same `requestId`) of a successful request with the same address."""
    params = create_params(attempt, config)
    body: dict[str, object] = {**params, "amount": attempt.amount, "autoCapture": config.get("capture") != "manual"}
    answer = post("create", body, signing.sign(params, signing.CREATE, config), config, http, timeout=20.0)
    if isinstance(answer, Unknown):
        return answer
    fields = wire.texts(answer)
    code = fields.get("resultCode", "")
    if not code:
        return Unknown("the answer to create has no result")
    if code != codes.PAID:
        return Declined(codes.words(code), f"create answered {wire.clean(code, 20)}")
    if (fields.get("orderId"), fields.get("amount")) != (attempt.reference, params["amount"]):
        return Unknown("create answered for another order")
    url = fields.get("payUrl", "")
    if urlsplit(url).scheme not in ("https", "http"):
        return Unknown("create answered without an address")
    return Redirect(url)
