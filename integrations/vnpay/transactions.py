"""querydr and refund: JSON over POST, signed over values in a fixed order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.sdk.payments import (
    Attempt,
    Config,
    Fact,
    FactKind,
    HttpClient,
    HttpFailure,
    RefundOrder,
    Unknown,
)

from . import codes, signing, wire
from .notices import transaction_number
from .pay import VERSION, server_address

API_URL = "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction"


def query(attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
    """Ask for the state of an attempt; `()` when VNPay does not know it (yet)."""
    params = query_params(attempt, config, now)
    response = _post(params, signing.QUERY_REQUEST, signing.QUERY_RESPONSE, config, http)
    if isinstance(response, Unknown):
        return response
    code = response.get("vnp_ResponseCode", "")
    if code == codes.NOT_FOUND:
        return (_never_came(attempt, config),) if now > attempt.expires_at else ()
    if code != codes.OK:
        return Unknown("querydr answered another code than 00")
    if response.get("vnp_TxnRef") != attempt.reference:
        return Unknown("querydr answered for another reference")
    kind = codes.of_transaction(response.get("vnp_TransactionType", ""), response.get("vnp_TransactionStatus", ""))
    return _facts(kind, response, now)


def refund(order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient) -> tuple[Fact, ...] | Unknown:
    """Ask for a refund. The request number comes from the order, so VNPay knows a repetition (code 94)."""
    params = refund_params(order, attempt, config)
    response = _post(params, signing.REFUND_REQUEST, signing.REFUND_RESPONSE, config, http)
    if isinstance(response, Unknown):
        return response
    code = response.get("vnp_ResponseCode", "")
    if code == codes.ORIGINAL_NOT_PAID:
        return (_refund_fact(FactKind.REFUND_FAILED, order, attempt, config, response),)
    if response.get("vnp_TxnRef") != attempt.reference:
        return Unknown("the refund answer names another reference")
    if code not in (codes.OK, codes.REFUND_RUNNING):
        return Unknown("the refund answer has another code than 00")
    # 94: some refund of this payment runs; only an answer that names this amount speaks of this order.
    if response.get("vnp_Amount") != params["vnp_Amount"]:
        return Unknown("the refund answer names another amount")
    status = "05" if code == codes.REFUND_RUNNING else response.get("vnp_TransactionStatus", "")
    kind = codes.of_transaction(params["vnp_TransactionType"], status)
    return (_refund_fact(kind, order, attempt, config, response),)


def query_params(attempt: Attempt, config: Config, now: datetime) -> dict[str, str]:
    """The querydr request without its hash."""
    return {
        "vnp_RequestId": hashlib.sha256(f"{attempt.id}|{now.isoformat()}".encode()).hexdigest()[:32],
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": config.get("merchant_code", ""),
        "vnp_TxnRef": attempt.reference,
        "vnp_OrderInfo": wire.plain(f"Truy van {attempt.reference}"),
        "vnp_TransactionDate": _create_date(attempt),
        "vnp_CreateDate": wire.to_moment(now),
        "vnp_IpAddr": server_address(config),
    }


def refund_params(order: RefundOrder, attempt: Attempt, config: Config) -> dict[str, str]:
    """The refund request without its hash: type 02 gives all back, 03 a part."""
    return {
        "vnp_RequestId": order.id.hex,
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": config.get("merchant_code", ""),
        "vnp_TransactionType": codes.FULL_REFUND if order.full else codes.PARTIAL_REFUND,
        "vnp_TxnRef": attempt.reference,
        "vnp_Amount": wire.to_amount(order.amount),
        "vnp_TransactionNo": order.paid.provider_txn,
        "vnp_TransactionDate": _create_date(attempt),
        "vnp_CreateBy": wire.plain(order.approved_by) or "truong",
        "vnp_CreateDate": wire.to_moment(order.requested_at),
        "vnp_IpAddr": server_address(config),
        "vnp_OrderInfo": wire.plain(order.reason) or attempt.reference,
    }


def _create_date(attempt: Attempt) -> str:
    return attempt.provider_data.get("vnp_CreateDate") or wire.to_moment(attempt.created_at)


def _post(
    params: Mapping[str, str],
    request_order: Sequence[str],
    response_order: Sequence[str],
    config: Config,
    http: HttpClient,
) -> dict[str, str] | Unknown:
    secret = config.get("hash_secret", "")
    digest = signing.mac(signing.canonical_fields(params, request_order), secret)
    signed = {**params, signing.HASH_FIELD: digest}
    url = config.get("api_url") or API_URL
    headers = {"Content-Type": "application/json"}
    try:
        answer = http.request("POST", url, headers=headers, body=json.dumps(signed).encode(), timeout=30.0)
        response = wire.read_json(answer.body) if answer.status == 200 else None
    except HttpFailure:
        return Unknown("no answer")
    except wire.MalformedError as error:
        return Unknown(f"the answer cannot be read: {error}")
    if response is None:
        return Unknown(f"HTTP status {answer.status}")
    if not signing.response_equal(response, response_order, secret):
        return Unknown("the answer is not signed by VNPay")
    if response.get("vnp_TmnCode", "") != config.get("merchant_code", ""):
        return Unknown("the answer is for another terminal")
    return response


def _facts(kind: FactKind, response: Mapping[str, str], now: datetime) -> tuple[Fact, ...] | Unknown:
    try:
        amount = wire.from_amount(response.get("vnp_Amount", ""))
    except wire.MalformedError as error:
        return Unknown(str(error))
    return (
        Fact(
            kind=kind,
            provider_txn=transaction_number(response),
            amount=amount,
            currency="VND",
            occurred_at=wire.from_moment(response.get("vnp_PayDate", ""), now),
            reference=response["vnp_TxnRef"],
            memo=wire.clean(response.get("vnp_OrderInfo", "")),
            merchant=response["vnp_TmnCode"],
            data=wire.support_data(response),
        ),
    )


def _refund_fact(
    kind: FactKind, order: RefundOrder, attempt: Attempt, config: Config, response: Mapping[str, str]
) -> Fact:
    """Unique by VNPay's number of the refund; an answer without one is told apart by our order."""
    number = wire.clean(response.get("vnp_TransactionNo", ""), 64)
    own = bool(number.strip("0 ")) and number != order.paid.provider_txn
    return Fact(
        kind=kind,
        provider_txn=number if own else f"refund-{order.id.hex}",
        amount=order.amount,
        currency="VND",
        occurred_at=wire.from_moment(response.get("vnp_PayDate", ""), order.requested_at),
        reference=attempt.reference,
        merchant=config.get("merchant_code", ""),
        data={**wire.support_data(response), "refund_id": str(order.id)},
    )


def _never_came(attempt: Attempt, config: Config) -> Fact:
    """The payer never reached VNPay and the address is over: `vnp_ExpireDate` closes it."""
    return Fact(
        kind=FactKind.EXPIRED,
        provider_txn=attempt.reference,
        amount=attempt.amount,
        currency="VND",
        occurred_at=attempt.expires_at,
        reference=attempt.reference,
        merchant=config.get("merchant_code", ""),
    )
