"""MoMo behind the payment port: create, IPN, return, query, confirm and refund of the AIO interface, version 2."""

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
    Declined,
    Fact,
    FactKind,
    Field,
    HttpClient,
    Notice,
    Order,
    Outcome,
    Probe,
    Redirect,
    RefundOrder,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.text import Message, _
from core.sdk.wire import is_web_address

from . import notices, pay, transactions
from .calls import API_URL
from .probe import probe

_PARTNER = re.compile(r"[A-Za-z0-9_]{3,20}")
_KINDS = (
    ("captureWallet", _("MoMo wallet")),
    ("payWithATM", _("Domestic bank card")),
    ("payWithCC", _("International card")),
    ("payWithMethod", _("The payer chooses on MoMo's page")),
)
_CAPTURES = (("auto", _("At once (usual)")), ("manual", _("In two steps: held first, then taken by this program")))


class MomoProvider:
    """One partner account of a school."""

    name: str = "momo"
    label: Message = _("MoMo (e-wallet)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field(
            "merchant_code",
            _("Partner code (partnerCode)"),
            help=_("On the page “Integration information” of MoMo's site."),
        ),
        Field("access_key", _("Access key (accessKey)"), secret=True),
        Field("secret_key", _("Secret key (secretKey)"), secret=True),
        Field("api_url", _("Address of MoMo's interface"), default=API_URL),
        Field("request_type", _("What payers pay with"), default="captureWallet", choices=_KINDS),
        Field("capture", _("When the money is taken"), default="auto", choices=_CAPTURES),
        Field("least", _("Least amount of one payment"), required=False, default=str(pay.LEAST)),
        Field("most", _("Largest amount of one payment"), required=False, default=str(pay.MOST)),
    )
    outbound_hosts: tuple[str, ...] = ("test-payment.momo.vn", "payment.momo.vn")
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
        if not _PARTNER.fullmatch(config.get("merchant_code", "")):
            problems["merchant_code"] = _("The partner code has 3 to 20 letters and digits.")
        for name in ("access_key", "secret_key"):
            if not config.get(name, "").strip():
                problems[name] = _("This key is missing.")
        if config.get("api_url") and not is_web_address(config["api_url"]):
            problems["api_url"] = _("This is not a web address.")
        for name, choices in (("request_type", _KINDS), ("capture", _CAPTURES)):
            if config.get(name) and config[name] not in dict(choices):
                problems[name] = _("Please choose one of the entries.")
        for name in ("least", "most"):
            if (text := config.get(name, "")) and not (text.isascii() and text.isdigit() and len(text) < 12):
                problems[name] = _("Please enter whole dong, digits only.")
        if not problems and pay.limits(config)[0] > pay.limits(config)[1]:
            problems["most"] = _("The largest amount is below the least one.")
        return problems

    def limits(self, config: Config) -> tuple[int, int]:
        """The least and the most dong of one payment."""
        return pay.limits(config)

    def prepare(self, attempt: Attempt, config: Config) -> Order:
        """The order's number; `place` makes it."""
        return pay.plan(attempt, config)

    def place(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> Redirect | Declined | Unknown:
        """create."""
        return pay.place(attempt, config, http)

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify and read an IPN call."""
        return notices.read_notice(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """204 for everything that was stored, also for a recorded failure; 400 for what is not MoMo's word."""
        if refused is None and outcome is not Outcome.REFUSED:
            return Answer(204, "")
        reason = refused.reason.value if refused is not None else "refused"
        return Answer(400, json.dumps({"error": reason}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What the signed return address claims."""
        kind = notices.return_kind(query, config)
        return "unknown" if kind is None else self._RETURNS.get(kind, "unknown")

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """query, and confirm for money that is only held."""
        return transactions.query(attempt, config, http, now)

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """refund: whole or in part, under an order number of its own."""
        return transactions.refund(order, attempt, config, http)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """A query for an order that cannot exist."""
        return probe(config, http, now)
