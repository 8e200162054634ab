"""No payment provider without the contract suite; no simulator that leans on the code it tests."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import integrations
import plugins
from core.hookspecs.providers import ProviderSpecs
from core.sdk.testing.channel import NotificationChannelContract
from core.sdk.testing.einvoice import EInvoiceProviderContract
from core.sdk.testing.file_store import FileStoreContract
from core.sdk.testing.identity import IdentityProviderContract
from core.sdk.testing.payment import PaymentProviderContract
from core.sdk.testing.portal import PortalServiceContract
from core.sdk.testing.signing import SigningProviderContract

ROOT = Path(__file__).resolve().parents[2]


SUITES: dict[str, type] = {
    "provide_payment_providers": PaymentProviderContract,
    "provide_signing_providers": SigningProviderContract,
    "provide_identity_providers": IdentityProviderContract,
    "provide_portal_services": PortalServiceContract,
    "provide_notification_channels": NotificationChannelContract,
    "provide_einvoice_providers": EInvoiceProviderContract,
    "provide_file_stores": FileStoreContract,
}
"""Every kind of provider has a suite; a new kind is written here with its own."""
READ_ONLY = {"provide_statement_readers", "provide_absence_sources"}
"""They read a file or the module's own tables: nobody outside is called, and their own tests say all."""


def providers() -> list[tuple[str, str, str]]:
    """What plugins and integrations of this repository offer: package, hook, name of the provider."""
    found: list[tuple[str, str, str]] = []
    for room in (integrations, plugins):
        for module in pkgutil.iter_modules(room.__path__):
            package = f"{room.__name__}.{module.name}"
            plugin = importlib.import_module(package).Plugin()
            for hook in SUITES:
                if hasattr(plugin, hook):
                    found += [(package, hook, provider.name) for provider in getattr(plugin, hook)()]
    return found


def test_the_providers_of_the_first_release_are_there() -> None:
    assert {"vnpay", "vietqr", "bank_notices"} <= {name for _package, _hook, name in providers()}


def test_every_kind_of_provider_has_a_suite() -> None:
    hooks = {name for name in vars(ProviderSpecs) if name.startswith("provide_")}
    assert hooks - READ_ONLY == set(SUITES)


@pytest.mark.parametrize(("package", "hook", "name"), providers(), ids=[name for _p, _h, name in providers()])
def test_provider_runs_the_contract_suite(package: str, hook: str, name: str) -> None:
    module = importlib.import_module(f"tests.{package}.test_contract")
    suites = [
        value
        for title, value in vars(module).items()
        if title.startswith("Test") and isinstance(value, type) and issubclass(value, SUITES[hook])
    ]
    offered = sum(1 for other in providers() if other[:2] == (package, hook))
    assert len(suites) >= offered, "each provider of a package has its own run of the suite"


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
