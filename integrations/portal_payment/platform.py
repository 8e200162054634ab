"""The portal's payment platform, version 1.0.6, behind the payment port. Unofficial."""

from __future__ import annotations

import json
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
    Payable,
    Probe,
    Redirect,
    RefundOrder,
    Refusal,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.text import Message, _

from . import account, lookup, messages, signing
from .receipts import Receipt

_ALGORITHMS = (("sha256", _("SHA-256, secret last (version 1.0.6)")), ("hmac-sha256", _("HMAC-SHA256")))


class PlatformProvider:
    """One partner of the platform."""

    name: str = "portal_payment"
    label: Message = _("National public-service portal (unofficial)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field("merchant_code", _("Partner code (MaDoiTac)")),
        Field("secret_key", _("Secret of the partner"), secret=True),
        Field("api_url", _("Address of the platform"), help=_("Issued with the agreement; none is public.")),
        Field("algorithm", _("How messages are signed"), default="sha256", choices=_ALGORITHMS),
        Field(
            "confirm_type",
            _("Type of the platform's notices (LoaiBanTin)"),
            required=False,
            default=messages.CONFIRM,
            help=_("Not known for certain; as the platform's document says."),
        ),
        *account.BENEFICIARY,
        *account.LOOKUP,
    )
    outbound_hosts: tuple[str, ...] = ()
    supports_query: bool = True
    supports_refund: bool = False

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        found = account.problems(config, ("secret_key",))
        if config.get("algorithm", "sha256") not in signing.ALGORITHMS:
            found["algorithm"] = _("Please choose one of the entries.")
        return found

    def prepare(self, attempt: Attempt, config: Config) -> Order:
        """The order's number; `place` makes it."""
        account.refuse_odd(attempt)
        return Order({"MaThamChieu": attempt.reference})

    def place(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> Redirect | Declined | Unknown:
        """INIT."""
        return messages.place(attempt, config, http)

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify and read a CONFIRM."""
        return messages.read_notice(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """`MaLoi` 00 for everything that was stored, 97 for a wrong signature, 99 for what cannot be read."""
        if refused is None and outcome is not Outcome.REFUSED:
            return Answer(200, json.dumps({"MaLoi": "00"}))
        wrong = refused is not None and refused.reason is Refusal.BAD_SIGNATURE
        return Answer(400, json.dumps({"MaLoi": "97" if wrong else "99"}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """What the form claims that payers come back with."""
        return messages.read_return(query, config)

    def read_form(self, body: bytes, config: Config) -> tuple[str, bytes] | None:
        """Our reference in that form, which the platform posts to one address of the partner."""
        return messages.read_form(body, config)

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """QUERY."""
        return messages.query(attempt, config, http, now)

    def receipt(self, attempt: Attempt, config: Config, http: HttpClient) -> Receipt | Unknown:
        """GET_BILL: the platform's own receipt of a payment."""
        return messages.receipt(attempt, config, http)

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """Only the bank's side of the platform knows refunds: they go onto the payout list."""
        return Unknown("the platform has no refunds for partners")

    def read_lookup(self, notice: Notice, config: Config) -> str | Refused:
        """A question for a bill."""
        return lookup.read(notice, config)

    def answer_lookup(self, found: Payable | Refused | None, config: Config) -> Answer:
        """1 for a bill, 0 for none."""
        return lookup.answer(found, config)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """QUERY for a payment that cannot exist."""
        return messages.probe(config, http, now)
