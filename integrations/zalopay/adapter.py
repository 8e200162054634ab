"""ZaloPay behind the payment port: create, callback, return, query, refund and query_refund of version 2."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from core.sdk.payments import (
    Answer,
    Attempt,
    Config,
    Declined,
    Fact,
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

from . import notices, pay, signing, transactions
from .calls import API_URL
from .probe import probe

_APP = re.compile(r"[1-9][0-9]{0,8}")
_ORDER = re.compile(r"[a-z_]+(\|[a-z_]+)*")
_BANKS = (("", _("The payer chooses on ZaloPay's page")), ("zalopayapp", _("ZaloPay wallet only")))


class ZalopayProvider:
    """One application of a school."""

    name: str = "zalopay"
    label: Message = _("ZaloPay (e-wallet)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field("merchant_code", _("Application number (app_id)"), help=_("On the page of ZaloPay for merchants.")),
        Field("key1", _("key1 (signs what the school sends)"), secret=True),
        Field("key2", _("key2 (proves what ZaloPay sends)"), secret=True),
        Field("api_url", _("Address of ZaloPay's interface"), default=API_URL),
        Field("bank_code", _("What payers pay with"), required=False, choices=_BANKS),
        Field("least", _("Least amount of one payment"), required=False, default=str(pay.LEAST)),
        Field("most", _("Largest amount of one payment"), required=False, default=str(pay.MOST)),
        Field("redirect_order", _("Signed fields of the return address"), required=False, default=signing.REDIRECT),
    )
    outbound_hosts: tuple[str, ...] = ("sb-openapi.zalopay.vn", "openapi.zalopay.vn")
    supports_query: bool = True
    supports_refund: bool = True

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if not _APP.fullmatch(config.get("merchant_code", "")):
            problems["merchant_code"] = _("The application number consists of digits only.")
        for name in ("key1", "key2"):
            if not config.get(name, "").strip():
                problems[name] = _("This key is missing.")
        if not problems and config["key1"] == config["key2"]:
            problems["key2"] = _("key1 and key2 are two different keys.")
        if config.get("api_url") and not is_web_address(config["api_url"]):
            problems["api_url"] = _("This is not a web address.")
        if config.get("bank_code", "") not in dict(_BANKS):
            problems["bank_code"] = _("Please choose one of the entries.")
        for name in ("least", "most"):
            if (text := config.get(name, "")) and not (text.isascii() and text.isdigit() and len(text) < 12):
                problems[name] = _("Please enter whole dong, digits only.")
        if not problems and pay.limits(config)[0] > pay.limits(config)[1]:
            problems["most"] = _("The largest amount is below the least one.")
        if (order := config.get("redirect_order", "")) and not _ORDER.fullmatch(order):
            problems["redirect_order"] = _("Please enter field names joined by |.")
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
        """Verify and read a callback."""
        return notices.read_notice(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """Always HTTP 200: 1 for what was stored, 2 for a repetition and for what is not ZaloPay's word."""
        if refused is not None or outcome is Outcome.REFUSED:
            return _say(2, "invalid")
        return _say(2, "duplicate") if outcome is Outcome.DUPLICATE else _say(1, "success")

    def call_again(self) -> Answer:
        """0 makes ZaloPay call again, at most three times."""
        return _say(0, "try again")

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What the return address claims."""
        return notices.read_return(query, config)

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """query."""
        return transactions.query(attempt, config, http, now)

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """refund: asynchronous, the first answer is `REFUND_PENDING` at best."""
        return transactions.refund(order, attempt, config, http)

    def refund_state(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """query_refund."""
        return transactions.refund_state(order, attempt, config, http, now)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """A query for an order that cannot exist."""
        return probe(config, http, now)


def _say(code: int, message: str) -> Answer:
    return Answer(200, json.dumps({"return_code": code, "return_message": message}))
