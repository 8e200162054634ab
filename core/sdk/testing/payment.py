"""The contract of payment providers: subclass it in the test module of an adapter, give the fixtures, done.

    class TestContract(PaymentProviderContract):
        @pytest.fixture
        def provider(self) -> PaymentProvider: ...
        @pytest.fixture
        def config(self) -> Config: ...
        @pytest.fixture
        def samples(self) -> Samples: ...

The suite needs pytest and Hypothesis; nothing in the running program imports it.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sdk.payments import (
    Config,
    HttpAnswer,
    Notice,
    Order,
    Ordering,
    Outcome,
    PaymentProvider,
    Redirect,
    RefundAsking,
    Refused,
    Transfer,
    Unknown,
    Verified,
)

from .changes import one_byte_changed
from .http import StubHttp, broken_network
from .payment_samples import NOW, Samples, assert_well_formed, make_attempt, make_order

__all__ = [
    "NOW",
    "PaymentProviderContract",
    "Samples",
    "StubHttp",
    "assert_well_formed",
    "broken_network",
    "make_attempt",
    "make_order",
]

_many = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


class PaymentProviderContract:
    """What the core relies on. Each test name says which promise it checks."""

    signs_content: ClassVar[bool] = True
    """False only for protocols whose proof is a static key: there a changed body cannot be noticed."""

    @pytest.fixture
    def provider(self) -> PaymentProvider:
        raise NotImplementedError("give the provider")

    @pytest.fixture
    def config(self) -> Config:
        raise NotImplementedError("give a usable configuration")

    @pytest.fixture
    def samples(self) -> Samples:
        raise NotImplementedError("give the samples")

    def test_speaks_the_port(self, provider: PaymentProvider) -> None:
        assert isinstance(provider, PaymentProvider)
        assert provider.name.isidentifier() and provider.name.islower()
        assert provider.flow in ("redirect", "transfer", "notifier")
        assert len({field.name for field in provider.fields}) == len(provider.fields)

    def test_good_configuration_has_no_problems(self, provider: PaymentProvider, config: Config) -> None:
        assert not provider.check(config)

    def test_empty_configuration_names_the_required_fields(self, provider: PaymentProvider) -> None:
        problems = provider.check({})
        required = {field.name for field in provider.fields if field.required and not field.default}
        assert required <= set(problems) <= {field.name for field in provider.fields}

    def test_prepare_is_deterministic(self, provider: PaymentProvider, config: Config, samples: Samples) -> None:
        if provider.flow == "notifier":
            with pytest.raises(ValueError, match=r"."):
                provider.prepare(samples.attempt, config)
            return
        first = provider.prepare(samples.attempt, config)
        assert first == provider.prepare(samples.attempt, config)
        assert samples.attempt.reference in _says(first)
        assert isinstance(first, Order) == isinstance(provider, Ordering)
        _assert_no_secret(provider, config, repr(first))

    def test_placing_again_sends_the_same_order(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        if not isinstance(provider, Ordering):
            return
        http = StubHttp(broken_network)
        for later in (0, 5):
            answer = provider.place(samples.attempt, config, http, NOW + timedelta(seconds=later))
            assert isinstance(answer, Unknown)
        assert http.sent[0] == http.sent[1], "the provider cannot see that it is the same order"
        assert samples.attempt.reference.encode() in http.sent[0]

    @given(status=st.sampled_from([200, 204, 400, 403, 429, 500, 502]), body=st.binary(max_size=300))
    @_many
    def test_odd_answers_to_an_order_lead_nowhere(
        self, provider: PaymentProvider, config: Config, samples: Samples, status: int, body: bytes
    ) -> None:
        if isinstance(provider, Ordering):
            http = StubHttp(lambda _request: HttpAnswer(status, {}, body))
            assert not isinstance(provider.place(samples.attempt, config, http, NOW), Redirect)

    @pytest.mark.parametrize("amount", [0, -1, 10**13])
    def test_prepare_refuses_amounts_it_cannot_carry(
        self, provider: PaymentProvider, config: Config, samples: Samples, amount: int
    ) -> None:
        with pytest.raises(ValueError, match=r"."):
            provider.prepare(replace(samples.attempt, amount=amount), config)

    def test_prepare_refuses_other_currencies(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        with pytest.raises(ValueError, match=r"."):
            provider.prepare(replace(samples.attempt, currency="XXX"), config)

    def test_genuine_notices_give_exactly_their_fact(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        for name, (notice, expected) in samples.good.items():
            result = provider.receive(notice, config)
            assert isinstance(result, Verified), (name, result)
            assert result.facts == (expected,), name
            assert_well_formed(expected)
            _assert_no_secret(provider, config, repr(result))

    def test_forged_notices_are_refused(self, provider: PaymentProvider, config: Config, samples: Samples) -> None:
        for name, notice in samples.forged.items():
            result = provider.receive(notice, config)
            assert isinstance(result, Refused), name
            _assert_no_secret(provider, config, repr(result))

    def test_nothing_is_genuine_without_a_secret(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        secrets = {field.name for field in provider.fields if field.secret}
        emptied = (
            {**config, **dict.fromkeys(secrets, "")},
            {k: v for k, v in config.items() if k not in secrets},
        )
        for notice, _fact in samples.good.values():
            for weak in emptied:
                assert isinstance(provider.receive(notice, weak), Refused)

    def test_notices_of_another_secret_are_refused(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        other = {**config, **{field.name: "another-secret" for field in provider.fields if field.secret}}
        for notice, _fact in samples.good.values():
            assert isinstance(provider.receive(notice, other), Refused)

    def test_dedupe_is_stable_and_tells_messages_apart(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        keys = [_verified(provider, notice, config).dedupe for notice, _fact in samples.good.values()]
        again = [_verified(provider, notice, config).dedupe for notice, _fact in samples.good.values()]
        assert keys == again
        assert len(set(keys)) == len(keys)
        assert all(keys)
        for name, (first, second) in samples.repeated.items():
            one, two = _verified(provider, first, config), _verified(provider, second, config)
            assert (one.dedupe, one.facts) == (two.dedupe, two.facts), name

    def test_time_of_arrival_does_not_change_the_key(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        for notice, _fact in samples.good.values():
            later = replace(notice, received_at=notice.received_at + timedelta(seconds=7))
            assert _verified(provider, later, config).dedupe == _verified(provider, notice, config).dedupe

    def test_pings_are_genuine_and_bring_nothing(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        for notice in samples.pings.values():
            assert _verified(provider, notice, config).facts == ()

    @given(data=st.data())
    @_many
    def test_garbage_is_refused_and_never_raises(
        self, provider: PaymentProvider, config: Config, data: st.DataObject
    ) -> None:
        names = st.sampled_from(
            ["authorization", "x-sepay-signature", "x-sepay-timestamp", "x-casso-signature", "content-type"]
        )
        notice = Notice(
            method=data.draw(st.sampled_from(["GET", "POST", "PUT", ""])),
            query=data.draw(st.binary(max_size=200)),
            headers=data.draw(st.dictionaries(names, st.text(max_size=80), max_size=4)),
            body=data.draw(st.binary(max_size=400)),
            received_at=NOW,
        )
        result = provider.receive(notice, config)
        assert isinstance(result, Refused)
        assert provider.read_return(notice.query, config) == "unknown"
        assert provider.answer(Outcome.REFUSED, result).status >= 200

    def test_one_changed_byte_is_never_another_payment(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        if not self.signs_content:
            return
        for notice, fact in samples.good.values():
            for query, body in one_byte_changed(notice.query, notice.body):
                result = provider.receive(replace(notice, query=query, body=body), config)
                if isinstance(result, Verified):
                    assert all(found == fact for found in result.facts), "a changed notice gave another fact"

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_every_outcome_has_an_answer(
        self, provider: PaymentProvider, config: Config, samples: Samples, outcome: Outcome
    ) -> None:
        answer = provider.answer(outcome)
        assert 200 <= answer.status < 500
        if answer.content_type == "application/json" and answer.body:
            json.loads(answer.body)
        _assert_no_secret(provider, config, answer.body)

    def test_every_refusal_has_an_answer(self, provider: PaymentProvider, config: Config, samples: Samples) -> None:
        for notice in samples.forged.values():
            refused = provider.receive(notice, config)
            assert isinstance(refused, Refused)
            answer = provider.answer(Outcome.REFUSED, refused)
            assert answer != provider.answer(Outcome.RECORDED) or provider.flow == "transfer"
            _assert_no_secret(provider, config, answer.body)

    @given(status=st.sampled_from([200, 204, 400, 403, 429, 500, 502]), body=st.binary(max_size=300))
    @_many
    def test_odd_answers_of_the_provider_are_unknown(
        self, provider: PaymentProvider, config: Config, samples: Samples, status: int, body: bytes
    ) -> None:
        http = StubHttp(lambda _request: HttpAnswer(status, {}, body))
        assert isinstance(provider.query(samples.attempt, config, http, NOW), Unknown)
        assert isinstance(provider.refund(make_order(samples), samples.attempt, config, http), Unknown)

    def test_no_answer_is_unknown(self, provider: PaymentProvider, config: Config, samples: Samples) -> None:
        http = StubHttp(broken_network)
        assert isinstance(provider.query(samples.attempt, config, http, NOW), Unknown)
        assert isinstance(provider.refund(make_order(samples), samples.attempt, config, http), Unknown)
        if isinstance(provider, RefundAsking):
            order = make_order(samples)
            assert isinstance(provider.refund_state(order, samples.attempt, config, http, NOW), Unknown)

    def test_repeating_a_refund_repeats_the_request(
        self, provider: PaymentProvider, config: Config, samples: Samples
    ) -> None:
        if not provider.supports_refund:
            return
        http = StubHttp(broken_network)
        for _time in range(2):
            provider.refund(make_order(samples), samples.attempt, config, http)
        assert http.sent[0] == http.sent[1], "the provider cannot see that it is the same order"

    def test_secrets_are_not_shown(self, provider: PaymentProvider, config: Config) -> None:
        _assert_no_secret(provider, config, repr(provider) + repr(vars(type(provider))))


def _says(action: Redirect | Transfer | Order) -> str:
    if isinstance(action, Redirect):
        return action.url
    return " ".join(action.remember.values()) if isinstance(action, Order) else action.qr_payload + action.memo


def _verified(provider: PaymentProvider, notice: Notice, config: Config) -> Verified:
    result = provider.receive(notice, config)
    assert isinstance(result, Verified), result
    return result


def _assert_no_secret(provider: PaymentProvider, config: Config, text: str) -> None:
    for field in provider.fields:
        if field.secret and config.get(field.name):
            assert config[field.name] not in text, f"{field.name} is shown"
