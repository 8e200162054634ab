"""The e-invoice adapter keeps the contract, against the simulator; the simulator runs as a program of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.sdk.einvoices import Config, EInvoiceProvider, NoAnswer, Standing
from core.sdk.testing.einvoice import NOW, EInvoiceProviderContract, EInvoiceService, make_order
from integrations.einvoice.adapter import JsonEInvoiceProvider
from tests.integrations.simulators import running

from .service import CONFIG, Service


class TestContract(EInvoiceProviderContract):
    @pytest.fixture
    def provider(self) -> EInvoiceProvider:
        return JsonEInvoiceProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def service(self) -> EInvoiceService:
        return Service()


def test_a_request_that_arrives_twice_is_one_invoice() -> None:
    service = Service()
    service.turn(duplicate=1)
    taken = JsonEInvoiceProvider().send(make_order(), CONFIG, service, NOW)
    assert isinstance(taken, Standing) and taken.issued.number == "00000001"
    assert service.issued() == 1
    assert service.requests == ["POST /v1/invoices", "GET /v1/invoices/TRH-2026-000001"]


def test_a_wrong_total_is_refused_by_the_service() -> None:
    refused = JsonEInvoiceProvider().send(replace(make_order(), total=1), CONFIG, Service(), NOW)
    assert isinstance(refused, Standing) and refused.reason.startswith("TOTAL_DIFFERS")


@pytest.mark.parametrize("changed", [{"secret": "another"}, {"tax_code": "0100000009"}])
def test_whoever_has_no_key_issues_nothing(changed: dict[str, str]) -> None:
    service = Service()
    assert isinstance(JsonEInvoiceProvider().send(make_order(), {**CONFIG, **changed}, service, NOW), NoAnswer)
    assert service.issued() == 0


def test_the_simulator_is_a_program() -> None:
    with running("integrations.einvoice.simulator") as simulator:
        assert simulator.get("/control/health") == {"simulator": "einvoice"}
        assert simulator.get("/control/ledger") == {"invoices": [], "issued": 0}
