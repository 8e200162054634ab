"""VietQR behind the payment port: a QR code for a transfer to the school's own account, no surcharge.

No callback exists: the money is seen by a bank notifier or in the bank statement.
"""

from __future__ import annotations

import re
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
    Redirect,
    RefundOrder,
    Refusal,
    Refused,
    Transfer,
    Unknown,
    Verified,
)
from core.sdk.text import Message, _

from .banks import bank_table
from .memo import ascii_words, transfer_memo
from .payload import QrTransfer


class VietqrProvider:
    """One receiving account of a school."""

    name: str = "vietqr"
    label: Message = _("Bank transfer by QR code (VietQR)")
    flow: Literal["redirect", "transfer", "notifier"] = "transfer"
    fields: tuple[Field, ...] = (
        Field("bank_bin", _("Bank (BIN of NAPAS)"), help=_("6 digits, for example 970436 for Vietcombank.")),
        Field("account_number", _("Account or card number")),
        Field("account_name", _("Account holder"), help=_("As the bank writes it: capitals without accents.")),
        Field(
            "service",
            _("Kind of number"),
            default="account",
            choices=(("account", _("Account number")), ("card", _("Card number"))),
        ),
        Field("memo_prefix", _("Words before the payment code"), required=False),
    )
    outbound_hosts: tuple[str, ...] = ()
    supports_query: bool = False
    supports_refund: bool = False

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if not re.fullmatch(r"[0-9]{6}", config.get("bank_bin", "")):
            problems["bank_bin"] = _("The BIN has 6 digits.")
        if not re.fullmatch(r"[A-Za-z0-9]{1,19}", config.get("account_number", "")):
            problems["account_number"] = _("The number has 1 to 19 letters and digits.")
        if not config.get("account_name", "").strip():
            problems["account_name"] = _("The account holder is missing.")
        if config.get("service", "account") not in ("account", "card"):
            problems["service"] = _("Choose account or card.")
        return problems

    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer:
        """The QR payload and the same in words.

        Raises:
            ValueError: for another currency, or an amount above the limit of NAPAS 247.
        """
        if attempt.currency != "VND":
            raise ValueError("VietQR carries VND only")
        memo = transfer_memo(attempt.reference, config.get("memo_prefix", ""))
        qr = QrTransfer(
            bank_bin=config["bank_bin"],
            receiver=config["account_number"],
            amount=attempt.amount,
            purpose=memo,
            service="card" if config.get("service") == "card" else "account",
        )
        return Transfer(
            qr_payload=qr.encode(),
            bank_name=bank_table().name_of(qr.bank_bin),
            account_number=qr.receiver,
            account_name=ascii_words(config["account_name"]).upper(),
            amount=attempt.amount,
            memo=memo,
        )

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Nobody calls: whoever does is refused."""
        return Refused(Refusal.MALFORMED, "VietQR has no callback")

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """There is no protocol to answer in."""
        return Answer(404, '{"success":false}')

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """Nobody comes back from a transfer."""
        return "unknown"

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """A transfer cannot be asked about."""
        return Unknown("transfers are seen in bank notices and statements")

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """A transfer is given back by another transfer (payout list)."""
        return Unknown("transfers are given back through a payout list")
