"""A running installation with two schools and their people, and a Chromium that looks at it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from core.data import i18n
from core.kernel.registry import Registry
from core.web.app import install_texts

from .programs import Installation
from .watching import Chromium

PASSWORD = "hoa phượng đỏ 2026"
SCHOOLS = (
    ("HOAPHUONG", "Trường THCS Hoa Phượng", "--level", "lower_secondary", "--prefix", "TRH"),
    ("CANHDIEU", "Trường Tiểu học Cánh Diều", "--level", "primary", "--prefix", "TRG"),
)
PEOPLE = (
    ("vanphong", "Nguyễn Thị Hạnh", "office", "HOAPHUONG"),
    ("ketoan", "Trần Thu Lan", "accountant", "HOAPHUONG"),
    ("hieutruong", "Lê Minh Quân", "head", "HOAPHUONG"),
    ("vanphong2", "Phạm Thu Hà", "office", "CANHDIEU"),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With a failure come the logs of all programs and the way the page looked."""
    report = yield
    installation = getattr(item, "funcargs", {}).get("installation")
    if isinstance(report, pytest.TestReport) and report.failed and installation is not None:
        for name in installation.running:
            report.sections.append((f"log of {name}", installation.tail(name)))
        report.sections.append(("calls of the providers", installation.calls()))
    return report


@pytest.fixture(scope="session")
def installation(registry: Registry) -> Iterator[Installation]:
    """Migrated, with two schools and their staff; web and worker run, the providers wait for their addresses."""
    folder = Path(tempfile.mkdtemp(prefix="truong-e2e-"))
    folder.chmod(0o755)
    made = Installation(folder / "var")
    try:
        made.truong("db", "upgrade")
        schools = [("school", "create", *words, "--year", "2026-2027") for words in SCHOOLS]
        made.truong_each([*schools, *(_account(*person) for person in PEOPLE)])
        made.start_product()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _account(login: str, name: str, role: str, school: str) -> tuple[str, ...]:
    return "account", "create", login, name, "--role", role, "--school", school, "--password", PASSWORD


@pytest.fixture(scope="module")
def chromium(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser. The module's own, because two running Playwrights do not fit into one process."""
    install_texts(registry)
    path = shutil.which("chromium")
    assert path, "the end-to-end test needs Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options += ["--disable-component-update", "--no-first-run"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        yield Chromium(browser, i18n.translator("vi"), tmp_path_factory.mktemp("screens"))
        browser.close()
