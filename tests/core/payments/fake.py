"""A payment service of our own invention: two rails that sign JSON with HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from core.payments.facts import from_json, to_json
from core.payments.port import (
    Answer,
    Attempt,
    Config,
    Fact,
    FactKind,
    Field,
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
from core.types.http import HttpAnswer, HttpClient
from core.types.message import Message

NOW = datetime(2026, 9, 15, 2, 0, tzinfo=UTC)
KEY = "a key that only the test knows"


@dataclass
class FakeProvider:
    """`says` and `refunds` are what the service would answer to questions of ours."""

    name: str = "fakepay"
    label: Message = field(default_factory=lambda: Message("Fake pay"))
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field("key", Message("Key"), secret=True),
        Field("merchant_code", Message("Merchant"), required=False),
        Field("account_number", Message("Account"), required=False),
    )
    outbound_hosts: tuple[str, ...] = ()
    supports_query: bool = True
    supports_refund: bool = True
    says: dict[str, tuple[Fact, ...]] = field(default_factory=dict)
    refunds: list[tuple[Fact, ...] | Unknown] = field(default_factory=list)
    orders: list[RefundOrder] = field(default_factory=list)
    reach: ClassVar[staticmethod[[str], object]] = staticmethod(len)
    """Told before and after each call; tests die there, or look at what the database does meanwhile."""

    def check(self, config: Config) -> Mapping[str, Message]:
        return {} if config.get("key") else {"key": Message("The key is missing.")}

    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer:
        if self.flow == "redirect":
            return Redirect(f"https://pay.example/{attempt.reference}", {"order": attempt.reference})
        return Transfer("QR", "Bank", config["account_number"], "SCHOOL", attempt.amount, attempt.reference)

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        try:
            message = json.loads(notice.body)
            facts = tuple(from_json(item) for item in message["facts"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return Refused(Refusal.MALFORMED)
        wanted = hmac.new(config["key"].encode(), notice.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, notice.headers.get("x-signature", "")):
            return Refused(Refusal.BAD_SIGNATURE)
        return Verified(str(message.get("id") or hashlib.sha256(notice.body).hexdigest()), facts)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        return Answer(400 if outcome is Outcome.REFUSED else 200, json.dumps({"outcome": outcome.value}))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        return "success" if b"ok" in query else "unknown"

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        self.reach("before commit, a question")
        return self.says.get(attempt.reference, Unknown("silent"))

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        self.reach("before commit, an order")
        self.orders.append(order)
        self.reach("before commit, a taken order")
        return self.refunds.pop(0) if self.refunds else Unknown("silent")


class NoHttp:
    """The fake services need no network."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        raise AssertionError("no test speaks to the network")


def fact(kind: FactKind, txn: str, amount: int, **more: Any) -> Fact:
    """A fact with sensible rest."""
    values: dict[str, Any] = {"currency": "VND", "occurred_at": NOW, **more}
    return Fact(kind=kind, provider_txn=txn, amount=amount, **values)


def notice(*facts: Fact, key: str = KEY, **more: Any) -> Notice:
    """A signed message with these facts."""
    body = json.dumps({"facts": [to_json(f) for f in facts], **more}, sort_keys=True).encode()
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return Notice("POST", b"", {"x-signature": signature}, body, NOW, "192.0.2.7")
