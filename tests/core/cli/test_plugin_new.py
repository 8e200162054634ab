"""What `truong plugin new` writes is built, installed, linted, and passes its own tests beside the whole program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .conftest import Installation


def test_a_new_plugin_passes_its_own_tests(installation: Installation, tmp_path: Path) -> None:
    into = tmp_path / "vendor"
    said = installation.truong("plugin", "new", "canteen", "--title", "Nhà ăn", "--into", str(into))
    package = into / "truong_canteen"
    assert str(package) in said
    assert "there already" in installation.truong("plugin", "new", "canteen", "--into", str(into), fails=True)
    assert "small letters" in installation.truong("plugin", "new", "Core!", fails=True)
    _run(installation, package, "-m", "ruff", "check", ".")
    _run(installation, package, "-m", "ruff", "format", "--check", ".")
    installation.install(installation.wheel(package))
    tests = _run(
        installation,
        package / "tests",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(package / "pyproject.toml"),
    )
    assert "4 passed" in tests


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
