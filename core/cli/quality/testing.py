"""Running the tests of a package, and comparing what ran with the contracts of what it offers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from .facts import Facts
from .subject import Subject

_SECONDS = 900
SUITES: Mapping[str, tuple[str, str]] = {
    "provide_payment_providers": ("payment", "PaymentProviderContract"),
    "provide_signing_providers": ("signing", "SigningProviderContract"),
    "provide_identity_providers": ("identity", "IdentityProviderContract"),
    "provide_portal_services": ("portal", "PortalServiceContract"),
    "provide_notification_channels": ("channel", "NotificationChannelContract"),
    "provide_einvoice_providers": ("einvoice", "EInvoiceProviderContract"),
    "provide_file_stores": ("file_store", "FileStoreContract"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the witness saw."""

    outcomes: Mapping[str, str] = field(default_factory=dict)
    reached: tuple[str, ...] = ()
    contracts: tuple[Mapping[str, str], ...] = ()
    trouble: str = ""
    """Why pytest did not get as far as its end."""

    @property
    def passed(self) -> int:
        return sum(outcome == "passed" for outcome in self.outcomes.values())


def run(subject: Subject, package: Path, environment: Mapping[str, str]) -> Seen:
    """Run the tests of the source against the package as it is installed."""
    with tempfile.TemporaryDirectory(prefix="truong-witness-") as folder:
        output = Path(folder) / "seen.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "core.cli.quality.witness"]
        project = subject.project / "pyproject.toml" if subject.project else None
        if project is not None and project.is_file():
            command += ["-c", str(project), "--rootdir", str(subject.project)]
        try:
            done = subprocess.run(
                [*command, str(subject.tests)],
                cwd=subject.tests,  # not where the source lies beside them: what is installed is tested
                env={
                    **os.environ,
                    **environment,
                    "TRUONG_WITNESS_OUTPUT": str(output),
                    "TRUONG_WITNESS_PACKAGE": str(package),
                },
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Seen(trouble=f"the tests did not end within {_SECONDS} seconds")
        if not output.exists():
            return Seen(trouble=" ".join((done.stdout + done.stderr).split())[-400:] or "pytest wrote nothing")
        seen = json.loads(output.read_text("utf-8"))
        trouble = "" if seen["outcomes"] else " ".join((done.stdout + done.stderr).split())[-400:]
        return Seen(seen["outcomes"], tuple(seen["reached"]), tuple(seen["contracts"]), trouble)


def faults(seen: Seen) -> Iterator[str]:
    """Why the tests prove nothing, or less than they say."""
    if seen.trouble:
        yield seen.trouble
        return
    yield from (f"{test} {outcome}" for test, outcome in seen.outcomes.items() if outcome != "passed")
    reached = sum(seen.outcomes[test] == "passed" for test in seen.reached if test in seen.outcomes)
    if 2 * reached < seen.passed:
        yield f"only {reached} of {seen.passed} tests call anything of the package"


def contract_faults(facts: Facts, seen: Seen, module: str) -> Iterator[str]:
    """Tests of the suites that did not pass for a provider that the package offers."""
    for hook, providers in facts.providers.items():
        module, suite = SUITES[hook]
        names = dir(getattr(import_module(f"core.sdk.testing.{module}"), suite))
        wanted = {test for test in names if test.startswith("test_")}
        for name, kind in providers:
            mine = [c for c in seen.contracts if c["suite"] == suite and _is_meant(c, hook, name, kind, module)]
            kept = {c["test"] for c in mine} - {c["test"] for c in mine if c["outcome"] != "passed"}
            if not mine:
                yield f"{name}: no test module runs {suite} for it"
            elif lacking := sorted(wanted - kept):
                yield f"{name}: {', '.join(lacking)} of {suite} did not run or pass"


def _is_meant(seen: Mapping[str, str], hook: str, name: str, kind: str, module: str) -> bool:
    """Whether a test was given this provider and not a better one of the same name."""
    if hook == "provide_file_stores":  # the suite is given a store, the hook gives what opens it
        return seen["class"].startswith(f"{module}.")
    return (seen["name"], seen["class"]) == (name, kind)
