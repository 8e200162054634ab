"""Bank notices behind the payment port: what a notifier service sees on the school's own account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from core.sdk.payments import (
    Answer,
    Attempt,
    Config,
    Fact,
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

from .probe import probe
from .styles import STYLES
from .transactions import plain_account

_STATUS = {Refusal.BAD_SIGNATURE: 401, Refusal.STALE: 401}


class BankNoticesProvider:
    """One notified account of a school."""

    name: str = "bank_notices"
    label: Message = _("Bank notices")
    flow: Literal["redirect", "transfer", "notifier"] = "notifier"
    fields: tuple[Field, ...] = (
        Field(
            "style",
            _("Notifier"),
            default="sepay",
            choices=(
                ("sepay", _("SePay, signed")),
                ("sepay_apikey", _("SePay with an API key")),
                ("payos", Message("payOS")),
                ("casso", Message("Casso")),
            ),
        ),
        Field("secret", _("Signing key of the notifier"), secret=True),
        Field("account_number", _("Account number"), help=_("Notices of other accounts are refused.")),
    )
    outbound_hosts: tuple[str, ...] = ()
    supports_query: bool = False
    supports_refund: bool = False

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if config.get("style", "sepay") not in STYLES:
            problems["style"] = _("Choose sepay, sepay_apikey, payos or casso.")
        if not config.get("secret", "").strip():
            problems["secret"] = _("The signing key is missing.")
        if not plain_account(config.get("account_number", "")):
            problems["account_number"] = _("The account number is missing.")
        return problems

    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer:
        """Nobody pays through a notifier."""
        raise ValueError("bank notices bring facts of an account; nobody can pay through them")

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify and read one webhook call (always a POST)."""
        if notice.method.upper() != "POST":
            return Refused(Refusal.MALFORMED, "notifiers call by POST")
        style = STYLES.get(config.get("style") or "sepay")
        if style is None:
            return Refused(Refusal.MALFORMED, "the channel has no known style")
        return style(notice, config)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """2xx ends the delivery; everything else makes the notifier call again."""
        if refused is None and outcome is not Outcome.REFUSED:
            return Answer(200, '{"success":true}')
        reason = refused.reason if refused is not None else Refusal.MALFORMED
        return Answer(_STATUS.get(reason, 400), json.dumps({"success": False, "error": reason.value}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """Nobody comes back from a transfer."""
        return "unknown"

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """Notifiers are not asked; the statement import closes the gaps."""
        return Unknown("the bank statement shows what notices have missed")

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """A transfer is given back by another transfer (payout list)."""
        return Unknown("transfers are given back through a payout list")

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """A notice that we sign ourselves with the settings must be accepted."""
        return probe(self, config, now)
