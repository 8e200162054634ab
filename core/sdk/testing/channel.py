"""The contract of notification channels: subclass it in the test module of an adapter, give the fixtures, done.

    class TestContract(NotificationChannelContract):
        @pytest.fixture
        def channel(self) -> NotificationChannel: ...
        @pytest.fixture
        def config(self) -> Config: ...
        @pytest.fixture
        def http(self) -> HttpClient: ...             # a service that takes every message
        @pytest.fixture
        def samples(self) -> ChannelSamples: ...

The suite needs pytest and Hypothesis; nothing in the running program imports it.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sdk.channels import (
    Accepted,
    Callback,
    Config,
    Declined,
    Forged,
    HttpAnswer,
    HttpClient,
    Later,
    Letter,
    NotificationChannel,
    Receipt,
)

from .changes import one_byte_changed
from .http import StubHttp, broken_network
from .payment_samples import NOW

__all__ = ["NOW", "ChannelSamples", "NotificationChannelContract", "StubHttp", "broken_network", "make_letter"]

_many = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


@dataclass(frozen=True)
class ChannelSamples:
    """What the suite needs of an adapter. Channels without receipts leave the callbacks empty."""

    declined: Mapping[str, HttpAnswer]
    """Answers by which the service says that a message will never arrive, by name."""
    receipts: Mapping[str, tuple[Callback, tuple[Receipt, ...]]] = field(default_factory=dict)
    """Genuine callbacks, with the receipts that each must give."""
    forged: Mapping[str, Callback] = field(default_factory=dict)
    """Callbacks that must be refused."""


def make_letter(channel: NotificationChannel, id: UUID | None = None) -> Letter:
    """A message as the core writes it."""
    address = "+84900000001" if channel.reaches == "phone" else "thu@example.vn"
    return Letter(
        id or uuid4(), address, "Phiếu thu tháng 11", "Trường vừa phát hành phiếu thu tháng 11.",
        "https://truong.example/inbox/1", "finance.bill.issued", "vi", NOW,
    )  # fmt: skip


class NotificationChannelContract:
    """What the core relies on. Each test name says which promise it checks."""

    signs_callbacks: ClassVar[bool] = True
    """False only for services that prove a callback by a static key: a changed body cannot be noticed there."""

    @pytest.fixture
    def channel(self) -> NotificationChannel:
        raise NotImplementedError("give the channel")

    @pytest.fixture
    def config(self) -> Config:
        raise NotImplementedError("give a usable configuration")

    @pytest.fixture
    def http(self) -> HttpClient:
        raise NotImplementedError("give a client that reaches a service which takes every message")

    @pytest.fixture
    def samples(self) -> ChannelSamples:
        raise NotImplementedError("give the samples")

    def test_speaks_the_port(self, channel: NotificationChannel) -> None:
        assert isinstance(channel, NotificationChannel)
        assert channel.name.isidentifier() and channel.name.islower()
        assert channel.reaches in ("phone", "email")
        assert channel.longest >= 70, "not even a short message fits"
        assert len({item.name for item in channel.fields}) == len(channel.fields)

    def test_configuration_is_checked(self, channel: NotificationChannel, config: Config) -> None:
        assert not channel.check(config)
        required = {item.name for item in channel.fields if item.required and not item.default}
        assert required <= set(channel.check({})) <= {item.name for item in channel.fields}

    def test_the_price_is_known_before(self, channel: NotificationChannel, config: Config) -> None:
        letter = make_letter(channel)
        price = channel.price(letter, config)
        assert type(price) is int and price >= 0
        assert channel.price(letter, config) == price
        assert channel.price(replace(letter, text=letter.text * 6), config) >= price

    def test_a_message_is_taken(self, channel: NotificationChannel, config: Config, http: HttpClient) -> None:
        taken = channel.send(make_letter(channel), config, http)
        assert isinstance(taken, Accepted), taken
        assert taken.reference and type(taken.cost) is int and taken.cost >= 0

    def test_two_messages_have_two_references(
        self, channel: NotificationChannel, config: Config, http: HttpClient
    ) -> None:
        one, other = (channel.send(make_letter(channel), config, http) for _time in range(2))
        assert isinstance(one, Accepted) and isinstance(other, Accepted)
        assert one.reference != other.reference

    def test_repeating_a_message_repeats_the_request(self, channel: NotificationChannel, config: Config) -> None:
        """A message whose answer was lost is sent again: the service must be able to see that it is the same."""
        http, letter = StubHttp(broken_network), make_letter(channel)
        for _time in range(2):
            channel.send(letter, config, http)
        assert http.sent[0] == http.sent[1]
        channel.send(replace(letter, id=uuid4()), config, http)
        assert http.sent[2] != http.sent[0], "two messages look like one"

    def test_what_never_arrives_is_declined(
        self, channel: NotificationChannel, config: Config, samples: ChannelSamples
    ) -> None:
        assert samples.declined, "a service that refuses nothing?"
        for name, answer in samples.declined.items():
            http = StubHttp(lambda _body, answer=answer: answer)  # type: ignore[misc]
            result = channel.send(make_letter(channel), config, http)
            assert isinstance(result, Declined), (name, result)

    def test_no_answer_is_later(self, channel: NotificationChannel, config: Config) -> None:
        result = channel.send(make_letter(channel), config, StubHttp(broken_network))
        assert isinstance(result, Later)
        assert timedelta(0) < result.after <= timedelta(days=1)

    @given(status=st.sampled_from([200, 204, 302, 429, 500, 502, 503]), body=st.binary(max_size=300))
    @_many
    def test_odd_answers_are_later(
        self, channel: NotificationChannel, config: Config, status: int, body: bytes
    ) -> None:
        http = StubHttp(lambda _request: HttpAnswer(status, {}, body))
        assert isinstance(channel.send(make_letter(channel), config, http), Later)

    def test_nothing_private_is_told(
        self, channel: NotificationChannel, config: Config, http: HttpClient, samples: ChannelSamples
    ) -> None:
        letter = make_letter(channel)
        told = [repr(channel.send(letter, config, http)), repr(channel.send(letter, config, StubHttp(broken_network)))]
        for answer in samples.declined.values():
            told.append(repr(channel.send(letter, config, StubHttp(lambda _body, answer=answer: answer))))  # type: ignore[misc]
        told += [repr(channel), repr(vars(type(channel)))]
        for text in told:
            assert letter.address not in text and letter.text not in text
            _assert_no_secret(channel, config, text)

    def test_genuine_receipts_are_read(
        self, channel: NotificationChannel, config: Config, samples: ChannelSamples
    ) -> None:
        for name, (callback, expected) in samples.receipts.items():
            assert channel.receive(callback, config) == expected, name
            assert channel.receive(callback, config) == expected, f"{name}: not the same twice"
            for receipt in expected:
                assert receipt.reference and receipt.at.utcoffset() == timedelta(0)

    def test_forged_receipts_are_refused(
        self, channel: NotificationChannel, config: Config, samples: ChannelSamples
    ) -> None:
        assert samples.forged or not samples.receipts
        for name, callback in samples.forged.items():
            assert isinstance(channel.receive(callback, config), Forged), name

    def test_nothing_is_genuine_without_a_secret(
        self, channel: NotificationChannel, config: Config, samples: ChannelSamples
    ) -> None:
        secrets = {item.name for item in channel.fields if item.secret}
        weak = (
            {**config, **dict.fromkeys(secrets, "")},
            {k: v for k, v in config.items() if k not in secrets},
            {**config, **dict.fromkeys(secrets, "another-secret")},
        )
        for callback, _receipts in samples.receipts.values():
            for other in weak:
                assert isinstance(channel.receive(callback, other), Forged)

    @given(data=st.data())
    @_many
    def test_garbage_is_refused_and_never_raises(
        self, channel: NotificationChannel, config: Config, data: st.DataObject
    ) -> None:
        callback = Callback(
            data.draw(st.sampled_from(["GET", "POST", ""])),
            data.draw(st.binary(max_size=200)),
            data.draw(st.dictionaries(st.sampled_from(["authorization", "x-signature"]), st.text(max_size=80))),
            data.draw(st.binary(max_size=400)),
            NOW,
        )
        assert isinstance(channel.receive(callback, config), Forged)

    def test_one_changed_byte_is_never_another_receipt(
        self, channel: NotificationChannel, config: Config, samples: ChannelSamples
    ) -> None:
        if not self.signs_callbacks:
            return
        for callback, expected in samples.receipts.values():
            for query, body in one_byte_changed(callback.query, callback.body):
                result = channel.receive(replace(callback, query=query, body=body), config)
                assert isinstance(result, Forged) or result == expected


def _assert_no_secret(channel: NotificationChannel, config: Config, text: str) -> None:
    for item in channel.fields:
        if item.secret and config.get(item.name):
            assert config[item.name] not in text, f"{item.name} is shown"
