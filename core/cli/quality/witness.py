"""A pytest plugin that sees which tests ran, whether they reached the package, and which contract they kept.

`-p core.cli.quality.witness` with `TRUONG_WITNESS_OUTPUT` (a file) and `TRUONG_WITNESS_PACKAGE` (a folder) set. It
believes nothing that a test says of itself: a test of a contract counts only when it is the suite's own function and
was given the provider.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_SUITES = "core.sdk.testing."
_GIVEN = ("provider", "channel", "service", "store")
"""Fixtures by which the suites are given what they test."""


class Witness:
    """Keeps what it saw until the session ends."""

    def __init__(self, output: Path, package: str) -> None:
        self.output, self.package = output, package
        self.outcomes: dict[str, str] = {}
        self.reached: set[str] = set()
        self.contracts: list[dict[str, str]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Look whether the test gets as far as the package: until the first of its functions is called."""

        def seen(frame: FrameType, what: str, argument: object) -> None:
            if what == "call" and frame.f_code.co_filename.startswith(self.package):
                self.reached.add(pyfuncitem.nodeid)
                sys.setprofile(None)

        sys.setprofile(seen)
        try:
            return (yield)
        finally:
            sys.setprofile(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the outcome, and for a suite's own test what it was given."""
        report = yield
        if report.when == "call" or report.outcome != "passed":
            bad = report.outcome if not hasattr(report, "wasxfail") else "xfailed"
            self.outcomes[item.nodeid] = bad
        if report.when == "call" and isinstance(item, pytest.Function):
            self._contract(item, report.outcome)
        return report

    def _contract(self, item: pytest.Function, outcome: str) -> None:
        function = getattr(item.function, "__func__", item.function)
        given = next((item.funcargs[name] for name in _GIVEN if name in item.funcargs), None)
        suites = [base for base in (item.cls.__mro__ if item.cls else ()) if base.__module__.startswith(_SUITES)]
        for suite in suites:
            if vars(suite).get(item.originalname) is function:
                self.contracts.append(
                    {
                        "suite": suite.__name__,
                        "test": item.originalname,
                        "outcome": outcome,
                        "name": str(getattr(given, "name", "")),
                        "class": f"{type(given).__module__}.{type(given).__qualname__}",
                    }
                )

    def pytest_sessionfinish(self) -> None:
        """Write it all down."""
        seen = {"outcomes": self.outcomes, "reached": sorted(self.reached), "contracts": self.contracts}
        self.output.write_text(json.dumps(seen), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Take up the post where the check has asked for it."""
    output = os.environ.get("TRUONG_WITNESS_OUTPUT")
    if output:
        config.pluginmanager.register(Witness(Path(output), os.environ["TRUONG_WITNESS_PACKAGE"]), "truong-witness")
