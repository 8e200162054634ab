"""The contract suite finds broken adapters: each mutant breaks one promise, one test must notice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from core.sdk.payments import (
    Answer,
    Attempt,
    Config,
    Notice,
    Outcome,
    Redirect,
    Refused,
    Transfer,
    Verified,
)
from core.sdk.testing.payment import PaymentProviderContract, Samples
from integrations.vnpay.adapter import VnpayProvider
from integrations.vnpay.notices import read_fact
from integrations.vnpay.wire import decode_pairs, split_query
from tests.integrations.vnpay.samples import CONFIG
from tests.integrations.vnpay.test_contract import TestContract as VnpayContract
from tests.integrations.vnpay.test_contract import make_samples

_NUMBERS = count()


class AcceptsForgeries(VnpayProvider):
    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        genuine = super().receive(notice, config)
        if isinstance(genuine, Verified):
            return genuine
        try:
            fields = decode_pairs(split_query(notice.query))
            return Verified("x", (read_fact(fields, notice.received_at),))
        except (KeyError, ValueError):
            return genuine


class Raises(VnpayProvider):
    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        notice.query.decode("ascii")
        return super().receive(notice, config)


class ForgetsMessages(VnpayProvider):
    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        result = super().receive(notice, config)
        return replace(result, dedupe=str(next(_NUMBERS))) if isinstance(result, Verified) else result


class MixesMessagesUp(VnpayProvider):
    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        result = super().receive(notice, config)
        return replace(result, dedupe=result.facts[0].reference or "") if isinstance(result, Verified) else result


class CountsInHundredths(VnpayProvider):
    def receive(self, notice: Notice, config: Config) -> Verified | Refused:
        result = super().receive(notice, config)
        if isinstance(result, Refused):
            return result
        return replace(result, facts=tuple(replace(f, amount=f.amount * 100) for f in result.facts))


class TellsItsSecret(VnpayProvider):
    def answer(self, outcome: Outcome, refused: Refused | None = None) -> Answer:
        return Answer(200, json.dumps({"RspCode": "00", "Message": CONFIG["hash_secret"]}))


class NeverTheSameAddress(VnpayProvider):
    def prepare(self, attempt: Attempt, config: Config) -> Redirect | Transfer:
        redirect = super().prepare(attempt, config)
        assert isinstance(redirect, Redirect)
        return replace(redirect, url=f"{redirect.url}&n={next(_NUMBERS)}")


Check = Callable[[VnpayContract, VnpayProvider, Samples], None]

MUTANTS: list[tuple[VnpayProvider, Check]] = [
    (
        AcceptsForgeries(),
        lambda suite, mutant, made: suite.test_forged_notices_are_refused(mutant, CONFIG, made),
    ),
    (
        AcceptsForgeries(),
        lambda suite, mutant, made: suite.test_nothing_is_genuine_without_a_secret(mutant, CONFIG, made),
    ),
    (Raises(), lambda suite, mutant, made: suite.test_garbage_is_refused_and_never_raises(mutant, CONFIG)),
    (
        ForgetsMessages(),
        lambda suite, mutant, made: suite.test_dedupe_is_stable_and_tells_messages_apart(mutant, CONFIG, made),
    ),
    (
        MixesMessagesUp(),
        lambda suite, mutant, made: suite.test_dedupe_is_stable_and_tells_messages_apart(mutant, CONFIG, made),
    ),
    (
        CountsInHundredths(),
        lambda suite, mutant, made: suite.test_genuine_notices_give_exactly_their_fact(mutant, CONFIG, made),
    ),
    (
        TellsItsSecret(),
        lambda suite, mutant, made: suite.test_every_outcome_has_an_answer(mutant, CONFIG, made, Outcome.RECORDED),
    ),
    (
        NeverTheSameAddress(),
        lambda suite, mutant, made: suite.test_prepare_is_deterministic(mutant, CONFIG, made),
    ),
]


@pytest.mark.parametrize(("mutant", "check"), MUTANTS, ids=[type(m).__name__ for m, _c in MUTANTS])
def test_mutant_is_caught(mutant: VnpayProvider, check: Check) -> None:
    suite = VnpayContract()
    assert isinstance(suite, PaymentProviderContract)
    made = make_samples()
    check(suite, VnpayProvider(), made)
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        check(suite, mutant, made)
