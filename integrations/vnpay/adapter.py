"""VNPay behind the payment port: redirect, IPN, return, querydr and refund of version 2.1.0."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from core.sdk.payments import (
    Answer,
    Attempt,
    Config,
    Fact,
    FactKind,
    Field,
    HttpClient,
    Notice,
    Outcome,
    Probe,
    Redirect,
    RefundOrder,
    Refusal,
    Refused,
    Transfer,
    Unknown,
    Verified,
)
from core.sdk.text import Message, _
from core.sdk.wire import is_web_address

from . import notices, transactions, wire
from .pay import PAY_URL, pay_redirect
from .probe import probe

_ANSWERS = {
    Outcome.RECORDED: ("00", "Confirm Success"),  # also for a recorded failure: else VNPay calls ten times
    Outcome.DUPLICATE: ("02", "Order already confirmed"),
    Outcome.UNKNOWN_REFERENCE: ("01", "Order not found"),
    Outcome.WRONG_AMOUNT: ("04", "Invalid amount"),
}
_TMN_CODE = re.compile(r"[A-Za-z0-9_]{8,20}")


class VnpayProvider:
    """One VNPay terminal of a school."""

    name: str = "vnpay"
    label: Message = _("VNPay (card, bank account, e-wallet)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field("merchant_code", _("Terminal code (vnp_TmnCode)"), help=_("8 characters, in the e-mail of VNPay.")),
        Field("hash_secret", _("Secret key (vnp_HashSecret)"), secret=True),
        Field("pay_url", _("Address of the payment page"), default=PAY_URL),
        Field("api_url", _("Address for queries and refunds"), default=transactions.API_URL),
        Field("order_type", _("Type of goods"), required=False, default="other"),
        Field("server_ip", _("Public IPv4 address of this server"), required=False, default="127.0.0.1"),
    )
    outbound_hosts: tuple[str, ...] = ("sandbox.vnpayment.vn",)
    supports_query: bool = True
    supports_refund: bool = True

    _RETURNS: ClassVar[Mapping[FactKind, Literal["success", "failure"]]] = {
        FactKind.PAID: "success",
        FactKind.FAILED: "failure",
        FactKind.EXPIRED: "failure",
    }

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if not _TMN_CODE.fullmatch(config.get("merchant_code", "")):
            problems["merchant_code"] = _("The terminal code has at least 8 letters and digits.")
        if not config.get("hash_secret", "").strip():
            problems["hash_secret"] = _("The secret key is missing.")
        for name in ("pay_url", "api_url"):
            if not is_web_address(config.get(name, "")):
                problems[name] = _("This is not a web address.")
        if (address := config.get("server_ip", "")) and wire.client_address(address, "") != address:
            problems["server_ip"] = _("This is not an IPv4 address.")
        return problems

    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer:
        """The signed address of VNPay's payment page."""
        return pay_redirect(attempt, config)

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify and read an IPN call."""
        return notices.read_notice(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """Always HTTP 200 with `RspCode`; everything but 00 and 02 makes VNPay call again."""
        code, message = _ANSWERS.get(outcome, ("99", "Unknown error"))
        if refused is not None and refused.reason is Refusal.BAD_SIGNATURE:
            code, message = "97", "Invalid Checksum"
        return Answer(200, json.dumps({"RspCode": code, "Message": message}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What the signed return address claims; a suspected fraud or a pending state is `unknown`."""
        kind = notices.return_kind(query, config)
        return "unknown" if kind is None else self._RETURNS.get(kind, "unknown")

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """querydr."""
        return transactions.query(attempt, config, http, now)

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """Asynchronous at VNPay: the first answer is usually `REFUND_PENDING`."""
        return transactions.refund(order, attempt, config, http)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """querydr for a payment that cannot exist."""
        return probe(config, http, now)
