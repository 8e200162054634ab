"""The portal's older shape, KeyPay 3.0, behind the payment port. Unofficial.

The `status` of its callback is outside of the check sum, so a callback never says that something was paid: it is the
occasion to ask (`fetch`), and what the query answers counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from core.sdk import wire
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

from . import account, lookup, signing
from .calls import fine, post

VERSION = "3.0"
NOBODY = "TRUONGTEST0"


class KeypayProvider:
    """One client of KeyPay."""

    name: str = "portal_payment_keypay"
    label: Message = _("National public-service portal, KeyPay (unofficial)")
    flow: Literal["redirect", "transfer", "notifier"] = "redirect"
    fields: tuple[Field, ...] = (
        Field("merchant_code", _("Client number (client_id)")),
        Field("hash_key_1", _("hash_key_1 (signs what the school sends)"), secret=True),
        Field("hash_key_2", _("hash_key_2 (proves what the portal sends)"), secret=True),
        Field("api_url", _("Address of the platform"), help=_("Issued with the agreement; none is public.")),
        *account.BENEFICIARY,
        *account.LOOKUP,
    )
    outbound_hosts: tuple[str, ...] = ()
    supports_query: bool = True
    supports_refund: bool = False

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        return account.problems(config, ("hash_key_1", "hash_key_2"))

    def prepare(self, attempt: Attempt, config: Config) -> Order:
        """The order's number; `place` makes it."""
        account.refuse_odd(attempt)
        return Order({"transaction_id": attempt.reference})

    def place(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> Redirect | Declined | Unknown:
        """create."""
        fields = {
            "client_id": config.get("merchant_code", ""),
            "transaction_id": attempt.reference,
            "trans_amount": str(attempt.amount),
            "command": "PAY",
            "version": VERSION,
            "addition_fee": "0",
        }
        body: dict[str, object] = {
            **fields,
            "description": f"{account.WHAT} {attempt.reference}",
            "locale": "en" if attempt.locale.startswith("en") else "vn",
            "country_code": "+84",
            "currency_code": "VND",
            "environment": "1",
            "return_url": attempt.return_url,
            "bill_info": account.bill(attempt.reference, attempt.amount, config),
            "check_sum": signing.keypay(fields, signing.KEYPAY, config.get("hash_key_1", "")),
        }
        answer = post(f"{config.get('api_url', '').rstrip('/')}/create", body, config, http)
        if isinstance(answer, Unknown):
            return answer
        told = wire.texts(answer)
        code = wire.clean(told.get("error", ""), 20)
        if not code:
            return Unknown("create answered without a code")
        if not fine(code):
            said = _("The portal does not take this payment (code %(code)s).", code=code)
            return Declined(said, f"create answered {code}")
        url = told.get("payment_url", "")
        return Redirect(url) if urlsplit(url).scheme in ("https", "http") else Unknown("create gave no address")

    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        """Verify a callback: the six signed fields, with hash_key_2."""
        if notice.method.upper() != "POST":
            return Refused(Refusal.MALFORMED, "the portal notifies by POST")
        try:
            fields = wire.texts(wire.read_object(notice.body))
            key = config.get("hash_key_2", "")
            wanted = signing.keypay(fields, signing.KEYPAY, key)
            if not key or not signing.same(wanted, fields.get("check_sum", "")):
                return Refused(Refusal.BAD_SIGNATURE, "wrong check_sum" if fields.get("check_sum") else "no check_sum")
            if fields.get("client_id") != config.get("merchant_code"):
                return Refused(Refusal.WRONG_MERCHANT, "signed for another client")
            fact = _fact(FactKind.PENDING, fields, fields.get("transaction_id", ""), notice.received_at, config)
        except (wire.MalformedError, signing.AmbiguousError) as error:
            return Refused(Refusal.MALFORMED, str(error))
        # Two callbacks that differ in the unsigned status only are two occasions to ask.
        return Verified(f"callback:{wanted}:{wire.clean(fields.get('status', ''), 20)}", (fact,))

    def fetch(
        self, facts: tuple[Fact, ...], config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """Ask what became of the payments that callbacks named."""
        found: list[Fact] = []
        for fact in facts:
            answer = self._state(fact.reference or "", config, http, now)
            if isinstance(answer, Unknown):
                return answer
            found += answer
        return tuple(found)

    def query(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        """The state of a payment."""
        return self._state(attempt.reference, config, http, now)

    def _state(self, reference: str, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
        answer = self._ask(reference, config, http)
        if isinstance(answer, Unknown):
            return answer
        told = wire.texts(answer)
        if not fine(told.get("error", "")) or told.get("transaction_id") != reference:
            return Unknown(f"the query answered {wire.clean(told.get('error', ''), 20) or 'nothing'}")
        status = told.get("status", "")
        if not status.lstrip("-").isdigit():
            return Unknown("the query answered without a status")
        try:
            kind = FactKind.PAID if status == "0" else FactKind.FAILED
            return (_fact(kind, told, reference, now, config),)
        except wire.MalformedError as error:
            return Unknown(str(error))

    def _ask(self, reference: str, config: Config, http: HttpClient) -> dict[str, wire.Json] | Unknown:
        fields = {"client_id": config.get("merchant_code", ""), "command": "PAY", "transaction_id": reference}
        mac = signing.keypay(fields, signing.KEYPAY_QUERY, config.get("hash_key_1", ""))
        return post(f"{config.get('api_url', '').rstrip('/')}/query", {**fields, "check_sum": mac}, config, http)

    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        """`return_code` 0 for everything that was stored, also a failure; -1 for what is not the portal's word."""
        kept = refused is None and outcome is not Outcome.REFUSED
        said = {"return_code": 0 if kept else -1, "return_msg": "success" if kept else "refused"}
        return Answer(200, json.dumps(said))

    def read_return(self, query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
        """The return address is not known to be signed: it says nothing."""
        return "unknown"

    def refund(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient
    ) -> tuple[Fact, ...] | Unknown:
        """There are none for clients: they go onto the payout list."""
        return Unknown("KeyPay has no refunds for clients")

    def read_lookup(self, notice: Notice, config: Config) -> str | Refused:
        """A question for a bill."""
        return lookup.read(notice, config)

    def answer_lookup(self, found: Payable | Refused | None, config: Config) -> Answer:
        """1 for a bill, 0 for none."""
        return lookup.answer(found, config)

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """A query for a payment that cannot exist."""
        answer = self._ask(NOBODY, config, http)
        if isinstance(answer, Unknown) and answer.detail == "no answer":
            return Probe(
                False, _("The portal does not answer at this address. Please check the address and the network.")
            )
        code = "" if isinstance(answer, Unknown) else wire.clean(wire.texts(answer).get("error", ""), 20)
        if not code:
            return Probe(False, _("Something answers at this address, but it is not the portal's platform."))
        return Probe(
            True, _("The portal answers (code %(code)s). Its codes are not published: try a small payment.", code=code)
        )


def _fact(kind: FactKind, fields: Mapping[str, str], reference: str, now: datetime, config: Config) -> Fact:
    """A fact; KeyPay names no number of its own, so ours stands for it."""
    if not reference:
        raise wire.MalformedError("transaction_id is missing")
    amount = wire.amount(fields.get("trans_amount", ""))
    fact = Fact(kind, wire.clean(reference, 64), amount, "VND", now, wire.clean(reference, 64))
    fee = wire.clean(fields.get("addition_fee", ""), 20)
    return replace(fact, merchant=config.get("merchant_code", ""), data={"addition_fee": fee} if fee else {})
