"""The contract suite of notification channels: an honest one passes, each planted fault is found."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal
from uuid import UUID

import pytest

from core.sdk import Message, _
from core.sdk.channels import (
    Accepted,
    Callback,
    Config,
    Declined,
    Field,
    Forged,
    HttpAnswer,
    HttpClient,
    HttpFailure,
    Later,
    Letter,
    NotificationChannel,
    Receipt,
    ReceiptState,
)
from core.sdk.testing.channel import NOW, ChannelSamples, NotificationChannelContract, StubHttp

CONFIG = {"key": "only-for-tests-7f3a"}
_NUMBERS = count(1)


class Sms:
    """A service for short messages: JSON, an HMAC over the body, receipts signed the same way."""

    name = "sms"
    label: Message = _("Cancel")
    fields: tuple[Field, ...] = (Field("key", _("Cancel"), secret=True),)
    outbound_hosts: tuple[str, ...] = ("sms.example",)
    reaches: Literal["phone", "email"] = "phone"
    longest = 160

    def check(self, config: Config) -> Mapping[str, Message]:
        return {} if config.get("key") else {"key": _("Please fill this in.")}

    def price(self, letter: Letter, config: Config) -> int:
        return 350 * -(-len(letter.text) // self.longest)

    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        body = json.dumps({"id": str(letter.id), "to": letter.address, "text": letter.text}).encode()
        try:
            answer = http.request("POST", "https://sms.example/v1", headers=_signed(config, body), body=body)
            reply = json.loads(answer.body)
            if answer.status == 200:
                return Accepted(str(reply["number"]), int(reply["cost"]))
            if answer.status == 400 and reply["error"] in ("no_such_number", "blocked"):
                return Declined(reply["error"])
        except (HttpFailure, ValueError, KeyError, TypeError):
            return Later("no answer that decides")
        return Later(f"HTTP {answer.status}", timedelta(minutes=5))

    def receive(self, callback: Callback, config: Config) -> tuple[Receipt, ...] | Forged:
        if not config.get("key"):
            return Forged("no key")
        given = callback.headers.get("x-signature", "").encode()
        if not hmac.compare_digest(given, _signed(config, callback.body)["X-Signature"].encode()):
            return Forged("bad signature")
        try:
            return tuple(
                Receipt(r["number"], ReceiptState(r["state"]), datetime.fromtimestamp(r["at"], UTC))
                for r in json.loads(callback.body)
            )
        except (ValueError, KeyError, TypeError):
            return Forged("unreadable")


def _signed(config: Config, body: bytes) -> dict[str, str]:
    return {"X-Signature": hmac.new(config["key"].encode(), body, hashlib.sha256).hexdigest()}


def _callback(body: bytes, key: str = CONFIG["key"]) -> Callback:
    return Callback("POST", b"", {"x-signature": _signed({"key": key}, body)["X-Signature"]}, body, NOW)


BODY = json.dumps([{"number": "41", "state": "delivered", "at": int(NOW.timestamp())}]).encode()
SAMPLES = ChannelSamples(
    declined={"no such number": HttpAnswer(400, {}, b'{"error": "no_such_number"}')},
    receipts={"delivered": (_callback(BODY), (Receipt("41", ReceiptState.DELIVERED, NOW),))},
    forged={"another key": _callback(BODY, "guess"), "no signature": Callback("POST", b"", {}, BODY, NOW)},
)


def _takes_all(body: bytes) -> HttpAnswer:
    return HttpAnswer(200, {}, json.dumps({"number": next(_NUMBERS), "cost": 350}).encode())


class TestSms(NotificationChannelContract):
    @pytest.fixture
    def channel(self) -> NotificationChannel:
        return Sms()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def http(self) -> HttpClient:
        return StubHttp(_takes_all)

    @pytest.fixture
    def samples(self) -> ChannelSamples:
        return SAMPLES


class Hopes(Sms):
    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        result = super().send(letter, config, http)
        return Accepted("?") if isinstance(result, Later) else result


class GivesUp(Sms):
    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        result = super().send(letter, config, http)
        return Declined("failed") if isinstance(result, Later) else result


class NewEachTime(Sms):
    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        return super().send(Letter(letter.id, letter.address, "", f"{letter.text}{next(_NUMBERS)}"), config, http)


class AllTheSame(Sms):
    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        super().send(Letter(SAME.id, letter.address, "", letter.text), config, http)
        return Accepted("1")


class Talks(Sms):
    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        result = super().send(letter, config, http)
        return Declined(f"{letter.address} is blocked") if isinstance(result, Declined) else result


class Trusts(Sms):
    def receive(self, callback: Callback, config: Config) -> tuple[Receipt, ...] | Forged:
        return super().receive(_callback(callback.body), CONFIG)


class RaisesOnGarbage(Sms):
    def receive(self, callback: Callback, config: Config) -> tuple[Receipt, ...] | Forged:
        if not callback.body:
            raise ValueError("empty")
        return super().receive(callback, config)


class Guesses(Sms):
    def price(self, letter: Letter, config: Config) -> int:
        return next(_NUMBERS)


SAME = Letter(UUID(int=1), "", "", "")
Suite = NotificationChannelContract
Check = Callable[[NotificationChannel], None]
S = Suite()
MUTANTS: list[tuple[NotificationChannel, Check]] = [
    (Hopes(), lambda c: S.test_no_answer_is_later(c, CONFIG)),
    (Hopes(), lambda c: S.test_odd_answers_are_later(c, CONFIG)),
    (GivesUp(), lambda c: S.test_no_answer_is_later(c, CONFIG)),
    (NewEachTime(), lambda c: S.test_repeating_a_message_repeats_the_request(c, CONFIG)),
    (AllTheSame(), lambda c: S.test_repeating_a_message_repeats_the_request(c, CONFIG)),
    (AllTheSame(), lambda c: S.test_two_messages_have_two_references(c, CONFIG, StubHttp(_takes_all))),
    (Talks(), lambda c: S.test_nothing_private_is_told(c, CONFIG, StubHttp(_takes_all), SAMPLES)),
    (Trusts(), lambda c: S.test_forged_receipts_are_refused(c, CONFIG, SAMPLES)),
    (Trusts(), lambda c: S.test_nothing_is_genuine_without_a_secret(c, CONFIG, SAMPLES)),
    (Trusts(), lambda c: S.test_one_changed_byte_is_never_another_receipt(c, CONFIG, SAMPLES)),
    (RaisesOnGarbage(), lambda c: S.test_garbage_is_refused_and_never_raises(c, CONFIG)),
    (Guesses(), lambda c: S.test_the_price_is_known_before(c, CONFIG)),
]


@pytest.mark.parametrize(
    ("mutant", "check"), MUTANTS, ids=[f"{type(m).__name__}-{n}" for n, (m, _c) in enumerate(MUTANTS)]
)
def test_mutant_is_caught(mutant: NotificationChannel, check: Check) -> None:
    check(Sms())
    with pytest.raises((AssertionError, ValueError)):
        check(mutant)
