"""No payment provider without the contract suite; no simulator that leans on the code it tests."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import integrations
from core.sdk.payments import PaymentProvider
from core.sdk.testing.payment import PaymentProviderContract

ROOT = Path(__file__).resolve().parents[2]


def providers() -> list[PaymentProvider]:
    """What the integrations of this repository offer, found as a reader of the folder would."""
    found: list[PaymentProvider] = []
    for module in pkgutil.iter_modules(integrations.__path__):
        plugin = importlib.import_module(f"integrations.{module.name}").Plugin()
        if hasattr(plugin, "provide_payment_providers"):
            found += plugin.provide_payment_providers()
    return found


def test_the_providers_of_the_first_release_are_there() -> None:
    assert {"vnpay", "vietqr", "bank_notices"} <= {provider.name for provider in providers()}


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)
def test_provider_runs_the_contract_suite(provider: PaymentProvider) -> None:
    module = importlib.import_module(f"tests.integrations.{provider.name}.test_contract")
    suites = [
        value
        for name, value in vars(module).items()
        if name.startswith("Test") and isinstance(value, type) and issubclass(value, PaymentProviderContract)
    ]
    assert suites


SIMULATORS = sorted((ROOT / "integrations").glob("*/simulator/**/*.py"))


@pytest.mark.parametrize("file", SIMULATORS, ids=lambda file: str(file.relative_to(ROOT)))
def test_simulators_stand_alone(file: Path) -> None:
    """Own signing code: a simulator that imports the adapter would agree with each of its mistakes."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"{file.name} imports from outside of the simulator"
            names = [node.module or ""] if node.level == 0 else []
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        product = [name for name in names if name.split(".")[0] in ("core", "plugins", "integrations")]
        assert not [name for name in product if not name.startswith("core.sdk.testing.simulators")]
