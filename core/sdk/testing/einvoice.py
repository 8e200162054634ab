"""The contract of e-invoice providers: subclass it in the test module of an adapter, give the fixtures, done.

    class TestContract(EInvoiceProviderContract):
        @pytest.fixture
        def provider(self) -> EInvoiceProvider: ...
        @pytest.fixture
        def config(self) -> Config: ...
        @pytest.fixture
        def service(self) -> EInvoiceService: ...     # an empty service that can be told to misbehave

The suite needs pytest and Hypothesis; nothing in the running program imports it.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

from dataclasses import replace
from typing import Protocol
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sdk.einvoices import (
    Absent,
    Buyer,
    Config,
    EInvoiceProvider,
    HttpAnswer,
    HttpClient,
    Issued,
    Kind,
    Line,
    NoAnswer,
    Order,
    Standing,
    State,
)

from .http import StubHttp, broken_network
from .payment_samples import NOW

__all__ = ["NOW", "EInvoiceProviderContract", "EInvoiceService", "StubHttp", "broken_network", "make_order"]

_many = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
_KINDS = [Kind.ADJUST, Kind.REPLACE, Kind.CANCEL]


class EInvoiceService(Protocol):
    """The other side, usually a simulator."""

    @property
    def http(self) -> HttpClient:
        """Reaches it."""
        ...

    def lose_answer(self) -> None:
        """The next request is carried out and not answered."""
        ...

    def refuse(self) -> None:
        """The next order is refused."""
        ...

    def hold_codes(self) -> None:
        """The authority's code of coming orders comes only with `give_codes`."""
        ...

    def give_codes(self) -> None:
        """Every code that waits is there."""
        ...

    def issued(self) -> int:
        """How many invoices the service believes in: a number each."""
        ...


def make_order(number: int = 1, kind: Kind = Kind.ISSUE) -> Order:
    """An order as the core writes it."""
    lines = (Line("Tiền ăn tháng 11", "day", 22, 35_000, 770_000), Line("Nước uống", "month", 1, 12_000, 12_000))
    return Order(
        id=UUID(int=number),
        key=f"TRH-2026-{number:06d}",
        kind=kind,
        day=NOW.date(),
        buyer=Buyer("Nguyễn Thị Lan Anh", email="lananh@example.vn"),
        about="HS0001 Nguyễn Văn An, lớp 6A1",
        lines=lines,
        total=782_000,
        created_at=NOW,
    )


def _follow_up(kind: Kind, first: Order, issued: Issued) -> Order:
    """What is asked for about an invoice that is there."""
    lines: tuple[Line, ...] = (Line("Nước uống", "month", -1, 12_000, -12_000),) if kind is Kind.ADJUST else first.lines
    lines = () if kind is Kind.CANCEL else lines
    order = replace(make_order(2), kind=kind, lines=lines, total=sum(line.amount for line in lines))
    return replace(order, original=issued, original_key=first.key, reason="Sai tên hàng hóa")


class EInvoiceProviderContract:
    """What the core relies on. Each test name says which promise it checks."""

    @pytest.fixture
    def provider(self) -> EInvoiceProvider:
        raise NotImplementedError("give the provider")

    @pytest.fixture
    def config(self) -> Config:
        raise NotImplementedError("give a usable configuration")

    @pytest.fixture
    def service(self) -> EInvoiceService:
        raise NotImplementedError("give an empty service")

    def test_speaks_the_port(self, provider: EInvoiceProvider) -> None:
        assert isinstance(provider, EInvoiceProvider)
        assert provider.name.isidentifier() and provider.name.islower()
        assert Kind.ISSUE in provider.kinds
        assert len({item.name for item in provider.fields}) == len(provider.fields)

    def test_configuration_is_checked(self, provider: EInvoiceProvider, config: Config) -> None:
        assert not provider.check(config)
        required = {item.name for item in provider.fields if item.required and not item.default}
        assert required <= set(provider.check({})) <= {item.name for item in provider.fields}

    def test_an_invoice_is_issued(self, provider: EInvoiceProvider, config: Config, service: EInvoiceService) -> None:
        made = _sent(provider, make_order(), config, service)
        assert made.state in (State.TAKEN, State.VALID)
        assert made.issued.provider_id and made.issued.number
        assert service.issued() == 1

    def test_a_key_that_comes_again_is_the_same_invoice(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        first, again = (_sent(provider, make_order(), config, service) for _time in range(2))
        assert first.issued.number == again.issued.number
        assert service.issued() == 1

    def test_two_keys_are_two_invoices(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        one, other = (_sent(provider, make_order(number), config, service) for number in (1, 2))
        assert one.issued.number != other.issued.number
        assert service.issued() == 2

    def test_an_unknown_key_is_absent(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        assert provider.look_up(make_order(), config, service.http, NOW) == Absent()
        assert service.issued() == 0

    def test_a_lost_answer_is_found(self, provider: EInvoiceProvider, config: Config, service: EInvoiceService) -> None:
        service.lose_answer()
        assert isinstance(provider.send(make_order(), config, service.http, NOW), NoAnswer)
        found = provider.look_up(make_order(), config, service.http, NOW)
        assert isinstance(found, Standing) and found.issued.number
        assert _sent(provider, make_order(), config, service).issued.number == found.issued.number
        assert service.issued() == 1

    def test_a_refusal_says_why_and_may_be_corrected(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        service.refuse()
        refused = provider.send(make_order(), config, service.http, NOW)
        assert isinstance(refused, Standing) and refused.state is State.REFUSED and refused.reason
        corrected = replace(make_order(), buyer=Buyer("Công ty Hoa Phượng", tax_code="0100000002"))
        assert _sent(provider, corrected, config, service).state is not State.REFUSED
        assert service.issued() == 1

    def test_the_authoritys_code_may_come_late(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        service.hold_codes()
        assert _sent(provider, make_order(), config, service).state is State.TAKEN
        service.give_codes()
        found = provider.look_up(make_order(), config, service.http, NOW)
        assert isinstance(found, Standing) and found.state is State.VALID
        assert found.issued.authority_code

    @pytest.mark.parametrize("kind", _KINDS)
    def test_what_follows_an_invoice(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService, kind: Kind
    ) -> None:
        first = make_order()
        issued = _sent(provider, first, config, service).issued
        order = _follow_up(kind, first, issued)
        if kind not in provider.kinds:
            with pytest.raises(ValueError, match="offers"):
                provider.send(order, config, service.http, NOW)
            return
        for _time in range(2):
            assert _sent(provider, order, config, service).state in (State.TAKEN, State.VALID)
        assert service.issued() == (1 if kind is Kind.CANCEL else 2)

    def test_no_network_is_no_answer(self, provider: EInvoiceProvider, config: Config) -> None:
        http = StubHttp(broken_network)
        for _time in range(2):
            assert isinstance(provider.send(make_order(), config, http, NOW), NoAnswer)
        assert http.sent[0] == http.sent[1], "a repeated order is another request"
        assert make_order().key.encode() in http.sent[0]
        assert isinstance(provider.look_up(make_order(), config, http, NOW), NoAnswer)

    @given(status=st.sampled_from([200, 201, 204, 302, 401, 404, 409, 422, 500, 503]), body=st.binary(max_size=200))
    @_many
    def test_odd_answers_decide_nothing(
        self, provider: EInvoiceProvider, config: Config, status: int, body: bytes
    ) -> None:
        http = StubHttp(lambda _request: HttpAnswer(status, {}, body))
        assert isinstance(provider.send(make_order(), config, http, NOW), NoAnswer)
        assert isinstance(provider.look_up(make_order(), config, http, NOW), NoAnswer), "absent is said by the service"

    def test_nothing_private_is_told(
        self, provider: EInvoiceProvider, config: Config, service: EInvoiceService
    ) -> None:
        order = make_order()
        told = [repr(provider.send(order, config, http, NOW)) for http in (service.http, StubHttp(broken_network))]
        told += [repr(order), repr(provider), repr(vars(type(provider)))]
        for text in told:
            assert order.buyer.name not in text and order.buyer.email not in text and order.about not in text
            for item in provider.fields:
                assert not (item.secret and config.get(item.name) and config[item.name] in text)


def _sent(provider: EInvoiceProvider, order: Order, config: Config, service: EInvoiceService) -> Standing:
    """An order that is taken at once."""
    answer = provider.send(order, config, service.http, NOW)
    assert isinstance(answer, Standing), answer
    return answer
