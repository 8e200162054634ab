"""Stripe behind the payment port: Checkout, notices, payment intents, refunds and disputes."""

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

from . import notices, pay, transactions
from .calls import API_URL
from .probe import probe

_KEY = re.compile(r"(sk|rk)_(test|live)_\w{4,250}")
_SECRET = re.compile(r"whsec_\S{4,250}")


class StripeProvider:
    """One Stripe account of a school."""

    name: str = "stripe"
    label: Message = _("Stripe (international cards)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field(
            "secret_key",
            _("Secret key (sk_… or rk_…)"),
            secret=True,
            help=_("A restricted key is enough: Checkout, payment intents, refunds: write; disputes, charges: read."),
        ),
        Field(
            "webhook_secret",
            _("Secret of the notices (whsec_…)"),
            secret=True,
            help=_("Stripe shows it after the address of notices was entered there."),
        ),
        Field(
            "webhook_secret_next",
            _("Second secret of the notices"),
            secret=True,
            required=False,
            help=_("Only while the secret is being changed: notices signed with either are taken."),
        ),
        Field("api_url", _("Address of Stripe's interface"), default=API_URL),
        Field("least", _("Least amount of one payment"), required=False, default=str(pay.LEAST)),
        Field("most", _("Largest amount of one payment"), required=False, default=str(pay.MOST)),
    )
    outbound_hosts: tuple[str, ...] = ("api.stripe.com",)
    supports_query: bool = True
    supports_refund: bool = True

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if not _KEY.fullmatch(config.get("secret_key", "")):
            problems["secret_key"] = _("The secret key begins with sk_test_, sk_live_, rk_test_ or rk_live_.")
        for name in ("webhook_secret", "webhook_secret_next"):
            text = config.get(name, "")
            if (text or name == "webhook_secret") and not _SECRET.fullmatch(text):
                problems[name] = _("The secret of the notices begins with whsec_.")
        if config.get("api_url") and not is_web_address(config["api_url"]):
            problems["api_url"] = _("This is not a web address.")
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
        """The order's reference and key; `place` makes it."""
        return pay.plan(attempt, config)

    def place(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> Redirect | Declined | Unknown:
        """A page of Checkout."""
        return pay.place(attempt, config, http)

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify an event and read what it is about."""
        return notices.read_notice(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """200 for everything that was stored; 400 for what is not Stripe's word. Stripe calls for up to three days."""
        if refused is None and outcome is not Outcome.REFUSED:
            return Answer(200, json.dumps({"received": True}))
        return Answer(400, json.dumps({"error": refused.reason.value if refused else "refused"}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What the return address claims."""
        return pay.read_return(query, config)

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """The payment with its refunds and disputes."""
        return transactions.query(attempt, config, http, now)

    def fetch(
        self, facts: tuple[Fact, ...], config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """The same, on the occasion of a notice."""
        return transactions.fetch(facts, config, http)

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """A refund, whole or in part; it may still fail days after it succeeded."""
        return transactions.refund(order, attempt, config, http)

    def refund_state(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """What became of a refund."""
        return transactions.refund_state(order, attempt, config, http, now)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """A question that changes nothing."""
        return probe(config, http)
