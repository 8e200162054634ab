"""The `truong` command as an operator runs it, with vendors' wheels really built and installed beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from core.data.embedded import database_url
from core.data.session import Database

_ROOT = Path(__file__).resolve().parents[3]
_SETUP = """
[metadata]
name = truong-{name}
version = {version}

[options]
packages = find_namespace:
include_package_data = True

[options.packages.find]
include = truong_*

[options.package_data]
* = *.py, *.po, *.html

[options.entry_points]
truong.plugins =
    {name} = truong_{name}
"""


@dataclass
class Installation:
    """One installation: its database, its folder of files, and a folder where vendors' wheels are installed."""

    environment: dict[str, str]
    site: Path
    work: Path
    built: list[Path] = field(default_factory=list)

    def truong(self, *arguments: str, fails: bool = False, environment: Mapping[str, str] | None = None) -> str:
        """Run the command; returns everything that it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning:core", "-m", "core.cli", *arguments],
            cwd=_ROOT,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        return said

    def build(self, name: str, files: Mapping[str, str], *, version: str = "1.0") -> Path:
        """The wheel of a vendor's package `truong_<name>` with these files."""
        source = self.work / f"{name}-{version}"
        package = source / f"truong_{name}"
        for file, text in files.items():
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            (package / file).write_text(dedent(text))
        (source / "setup.cfg").write_text(dedent(_SETUP).format(name=name, version=version))
        (source / "setup.py").write_text("from setuptools import setup\n\nsetup()\n")
        return self.wheel(source)

    def wheel(self, source: Path) -> Path:
        """The wheel of a package's source folder."""
        wheels = self.work / "wheels" / str(len(self.built))
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source))
        found = next(wheels.glob("*.whl"))
        self.built.append(found)
        return found

    def install(self, wheel: Path) -> None:
        _pip("install", "--no-deps", "--upgrade", "--target", str(self.site), str(wheel))


def _pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", *arguments, "--no-index", "--quiet", "--disable-pip-version-check"],
        check=True,
        timeout=120,
    )


@pytest.fixture
def installation(db: Database, server: str, tmp_path: Path) -> Installation:
    """An installation on the test's own database, migrated, without schools."""
    name = db.engine.url.database or ""
    site = tmp_path / "site"
    site.mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("TRUONG_")},
        "TRUONG_VAR": str(tmp_path / "var"),
        "TRUONG_DATABASE_URL": database_url(server, name, "truong_app"),
        "TRUONG_ADMIN_DATABASE_URL": database_url(server, name, "truong_owner"),
        "PYTHONPATH": str(site),
    }
    return Installation(environment, site, tmp_path / "work")
