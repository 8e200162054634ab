"""query, confirm and refund."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from core.sdk import wire
from core.sdk.payments import Attempt, Config, Fact, FactKind, HttpClient, RefundOrder, Unknown

from . import codes, numbers, signing
from .calls import post
from .notices import read_fact


def query(attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
    """The state of an attempt and of its refunds; `()` when MoMo does not know it (yet).

    Money that is only authorised (payments in two steps) is taken now, by `confirm`.
    """
    params = {
        "partnerCode": config.get("merchant_code", ""),
        "requestId": hashlib.sha256(f"{attempt.id}|{now.isoformat()}".encode()).hexdigest()[:32],
        "orderId": attempt.reference,
    }
    body = {**params, "lang": "vi"}
    answer = post("query", body, signing.sign(params, signing.QUERY, config), config, http)
    if isinstance(answer, Unknown):
        return answer
    fields = wire.texts(answer)
    code = fields.get("resultCode", "")
    if code == codes.NOT_FOUND:
        return (_never_came(attempt, config),) if now > attempt.expires_at else ()
    if not code or code in (codes.ACCESS_DENIED, codes.OLD_VERSION, codes.WRONG_KEYS, codes.BAD_FORMAT):
        return Unknown(f"query answered {wire.clean(code, 20) or 'nothing'}")
    if code in (codes.MAINTENANCE, codes.REPEATED_REQUEST):
        return Unknown(f"query answered {code}")
    if fields.get("orderId") != attempt.reference:
        return Unknown("query answered for another order")
    try:
        return _facts(answer, fields, attempt, config, http, now)
    except wire.MalformedError as error:
        return Unknown(str(error))


def _facts(
    answer: dict[str, wire.Json],
    fields: dict[str, str],
    attempt: Attempt,
    config: Config,
    http: HttpClient,
    now: datetime,
) -> tuple[Fact, ...] | Unknown:
    two_steps = config.get("capture") == "manual"
    named = {**fields, "partnerCode": config.get("merchant_code", "")}
    if fields["resultCode"] == codes.AUTHORISED and two_steps and fields.get("amount") == str(attempt.amount):
        taken = confirm(attempt, config, http)
        if isinstance(taken, Unknown):
            return taken
        named |= {name: value for name, value in taken.items() if name in ("resultCode", "transId", "responseTime")}
    paid = read_fact(named, now, two_steps=two_steps)
    return (paid, *_refunds(answer, attempt, config, now))


def confirm(attempt: Attempt, config: Config, http: HttpClient) -> dict[str, str] | Unknown:
    """Take the money that is held for an attempt; the same request each time, so that it is taken once."""
    params = {
        "partnerCode": config.get("merchant_code", ""),
        "requestId": f"cf{attempt.id.hex}",
        "orderId": attempt.reference,
        "requestType": "capture",
        "amount": str(attempt.amount),
        "description": "",
    }
    body = {**params, "amount": attempt.amount, "lang": "vi"}
    answer = post("confirm", body, signing.sign(params, signing.CONFIRM, config), config, http)
    if isinstance(answer, Unknown):
        return answer
    fields = wire.texts(answer)
    if fields.get("orderId") != attempt.reference or fields.get("resultCode") != codes.PAID:
        return Unknown(f"confirm answered {wire.clean(fields.get('resultCode', ''), 20) or 'nothing'}")
    return fields


def _refunds(answer: dict[str, wire.Json], attempt: Attempt, config: Config, now: datetime) -> list[Fact]:
    """Refunds that MoMo knows of this payment, also those that were not ordered here."""
    listed = answer.get("refundTrans")
    found: list[Fact] = []
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            fields = wire.texts(entry)
            number, ours = fields.get("transId", ""), numbers.refund_of(fields.get("orderId", ""))
            data = {**numbers.support_data(fields), **({"refund_id": str(UUID(ours))} if ours else {})}
            found.append(
                Fact(
                    kind=codes.of_refund(fields.get("resultCode", "")),
                    provider_txn=wire.clean(number or fields.get("orderId", ""), 64) or f"refund-{attempt.reference}",
                    amount=wire.amount(fields.get("amount", "")),
                    currency="VND",
                    occurred_at=wire.moment(fields.get("createdTime", ""), now),
                    reference=attempt.reference,
                    merchant=config.get("merchant_code", ""),
                    data=data,
                )
            )
    return found


def refund_params(order: RefundOrder, config: Config) -> dict[str, str]:
    """The refund request as texts, without its signature. Its order number is new, and the refund order's own."""
    number = numbers.refund_number(order.id.hex)
    return {
        "partnerCode": config.get("merchant_code", ""),
        "orderId": number,
        "requestId": number,
        "amount": str(order.amount),
        "transId": order.paid.provider_txn,
        "description": wire.clean(order.reason),
    }


def refund(order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient) -> tuple[Fact, ...] | Unknown:
    """Ask for a refund; MoMo usually answers with its result. A repetition is answered with 40 or 41."""
    params = refund_params(order, config)
    if not params["transId"].isdecimal():
        return Unknown("the payment has no number of MoMo")
    body: dict[str, object] = {**params, "amount": order.amount, "transId": int(params["transId"]), "lang": "vi"}
    answer = post("refund", body, signing.sign(params, signing.REFUND, config), config, http)
    if isinstance(answer, Unknown):
        return answer
    fields = wire.texts(answer)
    code = fields.get("resultCode", "")
    kind = codes.of_refund(code)
    if kind is FactKind.REFUND_PENDING and code not in codes.PENDING | {codes.AUTHORISED}:
        return Unknown(f"refund answered {wire.clean(code, 20) or 'nothing'}")
    if kind is not FactKind.REFUND_FAILED and (fields.get("orderId"), fields.get("amount")) != (
        params["orderId"],
        params["amount"],
    ):
        return Unknown("refund answered for another order")
    number = wire.clean(fields.get("transId", ""), 64)
    return (
        Fact(
            kind=kind,
            provider_txn=number if number.strip("0 ") and number != params["transId"] else params["orderId"],
            amount=order.amount,
            currency="VND",
            occurred_at=wire.moment(fields.get("responseTime", ""), order.requested_at),
            reference=attempt.reference,
            merchant=config.get("merchant_code", ""),
            data={**numbers.support_data(fields), "refund_id": str(order.id)},
        ),
    )


def _never_came(attempt: Attempt, config: Config) -> Fact:
    """No such order, and the time for making it is over."""
    return Fact(
        kind=FactKind.EXPIRED,
        provider_txn=attempt.reference,
        amount=attempt.amount,
        currency="VND",
        occurred_at=attempt.expires_at,
        reference=attempt.reference,
        merchant=config.get("merchant_code", ""),
    )
