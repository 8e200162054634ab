"""The order: `create`, which answers with the address for the payer."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from core.sdk import wire
from core.sdk.payments import Attempt, Config, Declined, HttpClient, Order, Redirect, Unknown

from . import codes, numbers, signing
from .calls import app_id, post

LEAST, MOST = 1_000, 100_000_000
"""Usual bounds of a contract; both are settings."""


def limits(config: Config) -> tuple[int, int]:
    """The least and the most dong of one payment, as the contract says."""
    return _number(config, "least", LEAST), _number(config, "most", MOST)


def _number(config: Config, name: str, otherwise: int) -> int:
    text = config.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def plan(attempt: Attempt, config: Config) -> Order:
    """What the order will be called.

    Raises:
        ValueError: for another currency or an amount outside of the limits.
    """
    if attempt.currency != "VND":
        raise ValueError("ZaloPay carries VND only")
    least, most = limits(config)
    if not least <= attempt.amount <= most:
        raise ValueError(f"ZaloPay carries {least:,} to {most:,} VND")
    return Order({"app_trans_id": numbers.transaction(attempt.reference, attempt.created_at)})


def create_body(attempt: Attempt, config: Config) -> dict[str, object]:
    """The signed request: nothing but the attempt decides it, so a repetition is the same.

    `app_time` is the attempt's beginning. ZaloPay takes orders that are at most 15 minutes old, which is how long an
    attempt lives.
    """
    body: dict[str, object] = {
        "app_id": app_id(config),
        "app_trans_id": numbers.transaction(attempt.reference, attempt.created_at),
        "app_user": attempt.reference,  # no number of a person leaves the house
        "amount": attempt.amount,
        "app_time": numbers.milliseconds(attempt.created_at),
        "embed_data": json.dumps({"redirecturl": attempt.return_url}, separators=(",", ":")),
        "item": "[]",
    }
    signed = ("app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item")
    mac = signing.mac(signing.joined(body[name] for name in signed), config.get("key1", ""))
    more = {"description": (attempt.description or attempt.reference)[:256], "bank_code": config.get("bank_code", "")}
    return {**body, **more, "callback_url": attempt.notice_url, "mac": mac}


def place(attempt: Attempt, config: Config, http: HttpClient) -> Redirect | Declined | Unknown:
    """Make the order. A repetition is refused as a duplicate: its address cannot be asked for again."""
    answer = post("create", create_body(attempt, config), config, http, timeout=20.0)
    if isinstance(answer, Unknown):
        return answer
    code = answer.get("return_code", "")
    if code == codes.DONE:
        url = answer.get("order_url", "")
        if urlsplit(url).scheme not in ("https", "http"):
            return Unknown("create answered without an address")
        return Redirect(url)
    if code == codes.FAILED or code.startswith("-"):
        detail = codes.detail(answer)
        return Declined(codes.words(wire.clean(detail, 20)), f"create answered {wire.clean(detail, 20)}")
    return Unknown(f"create answered {wire.clean(code, 20) or 'nothing'}")
