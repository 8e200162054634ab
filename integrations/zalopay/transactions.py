"""query, refund and query_refund."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.sdk import wire
from core.sdk.payments import Attempt, Config, Fact, FactKind, HttpClient, RefundOrder, Unknown

from . import codes, numbers, signing
from .calls import app_id, post

_STATES = {
    codes.DONE: FactKind.REFUNDED,
    codes.FAILED: FactKind.REFUND_FAILED,
    codes.PROCESSING: FactKind.REFUND_PENDING,
}


def query(attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
    """The state of an attempt. There is no callback for a failure, so this is how failures are learnt.

    While the payer may still pay, "failed" only means "not yet": it counts when the order's 15 minutes are over.
    """
    number = _transaction(attempt)
    key1 = config.get("key1", "")
    mac = signing.mac(signing.joined((app_id(config), number, key1)), key1)  # the key itself is the last signed field
    answer = post("query", {"app_id": app_id(config), "app_trans_id": number, "mac": mac}, config, http)
    if isinstance(answer, Unknown):
        return answer
    code = answer.get("return_code", "")
    if codes.undecided(answer):
        return Unknown(f"query answered {wire.clean(codes.detail(answer), 20) or 'nothing'}")
    if code == codes.DONE:
        return _paid(answer, attempt, config, now)
    if code == codes.PROCESSING and now <= attempt.expires_at:
        return ()
    if code == codes.PROCESSING:
        return (_fact(FactKind.PENDING, number, answer, attempt, config, now),)
    if now <= attempt.expires_at:
        return ()
    kind = FactKind.EXPIRED if codes.detail(answer) in codes.NOT_FOUND | {codes.EXPIRED} else FactKind.FAILED
    return (_fact(kind, number, answer, attempt, config, now),)


def _paid(answer: Mapping[str, str], attempt: Attempt, config: Config, now: datetime) -> tuple[Fact, ...] | Unknown:
    number = wire.clean(answer.get("zp_trans_id", ""), 64)
    if not number.strip("0 "):
        return Unknown("query answered without a number")
    try:
        amount = wire.amount(answer.get("amount", ""))
    except wire.MalformedError as error:
        return Unknown(str(error))
    return (_fact(FactKind.PAID, number, answer, attempt, config, now, amount),)


def _fact(
    kind: FactKind,
    number: str,
    answer: Mapping[str, str],
    attempt: Attempt,
    config: Config,
    now: datetime,
    amount: int | None = None,
) -> Fact:
    return Fact(
        kind=kind,
        provider_txn=number,
        amount=attempt.amount if amount is None else amount,
        currency="VND",
        occurred_at=wire.moment(answer.get("server_time", ""), now),
        reference=attempt.reference,
        merchant=config.get("merchant_code", ""),
        data=numbers.support_data(answer),
    )


def _transaction(attempt: Attempt) -> str:
    return attempt.provider_data.get("app_trans_id") or numbers.transaction(attempt.reference, attempt.created_at)


def refund_number(order: RefundOrder, config: Config) -> str:
    """`m_refund_id`: the day of the first sending, the application, and the random half of the order's number."""
    return f"{numbers.day(order.sent_at or order.requested_at)}_{app_id(config)}_{order.id.hex[-24:]}"


def refund(order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient) -> tuple[Fact, ...] | Unknown:
    """Ask for a refund. ZaloPay works on it later: `refund_state` asks for its end.

    The mac does not cover `m_refund_id`; a refusal may concern a repetition of an order that was taken before, so the
    number itself is asked about before anything is called failed.
    """
    moment = order.sent_at or order.requested_at
    body: dict[str, object] = {
        "app_id": app_id(config),
        "zp_trans_id": order.paid.provider_txn,
        "amount": order.amount,
        "description": wire.clean(order.reason, 100),
        "timestamp": numbers.milliseconds(moment),
    }
    signed = ("app_id", "zp_trans_id", "amount", "description", "timestamp")
    mac = signing.mac(signing.joined(body[name] for name in signed), config.get("key1", ""))
    number = refund_number(order, config)
    answer = post("refund", {**body, "m_refund_id": number, "mac": mac}, config, http)
    if isinstance(answer, Unknown):
        return answer
    if answer.get("return_code") in (codes.DONE, codes.PROCESSING):
        return (_refund_fact(FactKind.REFUND_PENDING, order, attempt, config, answer, moment),)
    if codes.undecided(answer):
        return Unknown(f"refund answered {wire.clean(codes.detail(answer), 20) or 'nothing'}")
    return refund_state(order, attempt, config, http, moment)


def refund_state(
    order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient, now: datetime
) -> tuple[Fact, ...] | Unknown:
    """query_refund: 1 done, 2 failed (also: never taken), 3 in work."""
    number = refund_number(order, config)
    body: dict[str, object] = {"app_id": app_id(config), "m_refund_id": number, "timestamp": numbers.milliseconds(now)}
    mac = signing.mac(signing.joined(body.values()), config.get("key1", ""))
    answer = post("query_refund", {**body, "mac": mac}, config, http)
    if isinstance(answer, Unknown):
        return answer
    kind = _STATES.get(answer.get("return_code", ""))
    if kind is None or codes.undecided(answer):
        return Unknown(f"query_refund answered {wire.clean(codes.detail(answer), 20) or 'nothing'}")
    return (_refund_fact(kind, order, attempt, config, answer, now),)


def _refund_fact(
    kind: FactKind, order: RefundOrder, attempt: Attempt, config: Config, answer: Mapping[str, str], now: datetime
) -> Fact:
    number = refund_number(order, config)
    return Fact(
        kind=kind,
        provider_txn=number,
        amount=order.amount,
        currency="VND",
        occurred_at=wire.moment(answer.get("server_time", ""), now),
        reference=attempt.reference,
        merchant=config.get("merchant_code", ""),
        data={**numbers.support_data({**answer, "m_refund_id": number}), "refund_id": str(order.id)},
    )
