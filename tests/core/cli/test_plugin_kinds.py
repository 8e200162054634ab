"""What `truong plugin new` writes, for every kind: linted, built, installed, passing its own tests and the check."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli.plugin import checking
from core.cli.plugin.making import COMMON, KINDS, SCAFFOLD, new, write
from core.cli.quality import Finding, Level, Report, judge, source, texts
from core.cli.quality.testing import SUITES, Seen

from .conftest import Installation

OTHERS = [kind for kind in KINDS if kind != "payment"]  # which the whole check below makes its tests run


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_every_kind_passes_its_own_tests_and_keeps_its_contract(installation: Installation, tmp_path: Path) -> None:
    into = tmp_path / "vendor"
    for kind in OTHERS:
        values = {"name": f"my_{kind}", "title": "My own", "title_vi": "Của tôi", "contact": "an@truong.edu.vn"}
        for folder in (COMMON, SCAFFOLD / kind):
            write(folder, into / f"truong_my_{kind}", values)
    folders = sorted(into.iterdir())
    _run(installation, into, "-m", "ruff", "check", ".")
    _run(installation, into, "-m", "ruff", "format", "--check", ".")
    with ThreadPoolExecutor(2) as hands:
        for wheel in hands.map(installation.wheel, folders):
            installation.install(wheel)
    seen = _tests(installation, folders, tmp_path / "seen.json")
    assert set(seen.outcomes.values()) == {"passed"}
    kept = {found["suite"] for found in seen.contracts if found["outcome"] == "passed"}
    assert kept == {suite for hook, (module, suite) in SUITES.items() if module in OTHERS}
    for folder in folders:
        package = folder / folder.name
        files = source.files_of(package)
        assert texts.faults(package, files) == []
        assert list(source.foreign_imports(files, folder.name, ())) == []
        assert list(source.ways_out(files)) == []


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_new_package_is_gold(installation: Installation, server: str, tmp_path: Path) -> None:
    """The command itself, from an empty folder to the verdict."""
    said = installation.truong(
        "plugin", "new", "canteen", "--kind", "payment", "--title", "Canteen", "--title-vi", "Nhà ăn",
        "--contact", "an@truong.edu.vn", "--into", str(tmp_path),
    )  # fmt: skip
    package = tmp_path / "truong_canteen"
    assert str(package) in said
    assert "there already" in installation.truong("plugin", "new", "canteen", "--into", str(tmp_path), fails=True)
    report = judge(str(package), server=server, types=False)  # mypy reads the whole program: half a minute
    assert report.level is Level.GOLD, [f for f in report.findings if f.result != "ok"]


def test_the_verdict_is_told_to_people_and_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = (Finding("loads", Level.BRONZE, "ok"), Finding("tests", Level.SILVER, "failed", "1 failed", "Mend it."))
    monkeypatch.setattr(checking, "judge", lambda *given, **options: Report("canteen", "1.0", findings))
    ask = CliRunner().invoke
    assert ask(checking.check, ["."]).exit_code == 0
    below = ask(checking.check, [".", "--level", "silver"])
    assert below.exit_code == 1
    assert "→ Mend it." in below.output and "Level: bronze" in below.output
    told = json.loads(ask(checking.check, [".", "--json"]).output)
    assert (told["level"], told["findings"][1]["mend"]) == ("bronze", "Mend it.")


def test_names_of_the_core_are_taken() -> None:
    for name in ("Core!", "core", "plugins", "1st"):
        assert "small letters" in CliRunner().invoke(new, [name]).output


def _tests(installation: Installation, folders: list[Path], output: Path) -> Seen:
    """All packages in one process, as many vendors' packages live in one installation."""
    installation.environment |= {"TRUONG_WITNESS_OUTPUT": str(output), "TRUONG_WITNESS_PACKAGE": str(installation.site)}
    tests = [str(folder / "tests") for folder in folders]
    _run(
        installation, output.parent, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib",
        "-p", "core.cli.quality.witness", "-c", str(folders[0] / "pyproject.toml"), *tests,
    )  # fmt: skip
    seen = json.loads(output.read_text())
    return Seen(seen["outcomes"], tuple(seen["reached"]), tuple(seen["contracts"]))


def _run(installation: Installation, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
