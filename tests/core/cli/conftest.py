"""The `truong` command as an operator runs it, with vendors' wheels really built and installed beside it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from core.data.embedded import database_url
from core.data.session import Database

ROOT = Path(__file__).resolve().parents[3]
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
    wheels: Path

    def truong(self, *arguments: str, fails: bool = False, environment: Mapping[str, str] | None = None) -> str:
        """Run the command; returns everything that it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning:core", "-m", "core.cli", *arguments],
            cwd=ROOT,
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
        """The wheel of a package's source folder; one that was built before by any test is not built again."""
        key = _fingerprint(source)
        if key not in _BUILT:
            folder = Path(tempfile.mkdtemp(prefix="wheel-", dir=self.wheels))
            build_wheel(source, folder)
            _BUILT[key] = next(folder.glob("*.whl"))
        return _BUILT[key]

    def install(self, wheel: Path) -> None:
        """As pip leaves a wheel behind, without its two seconds; an older version goes first."""
        module = wheel.name.partition("-")[0]
        for old in self.site.glob(f"{module}*"):
            shutil.rmtree(old)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.site)


_BUILT: dict[str, Path] = {}


def _fingerprint(source: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        whole.update(f"{file.relative_to(source)}\0".encode() + file.read_bytes())
    return whole.hexdigest()


def build_wheel(source: Path, folder: Path) -> None:
    """By the backend that the sources name, as pip would call it (PEP 517)."""
    code = f"import setuptools.build_meta as backend; backend.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, timeout=120, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="package", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All programs that these tests start share what Python has compiled once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where wheels are kept for all tests."""
    return tmp_path_factory.mktemp("wheels")


@pytest.fixture
def installation(db: Database, server: str, tmp_path: Path, wheels: Path) -> Installation:
    """An installation on the test's own database, migrated, without schools."""
    name = db.engine.url.database or ""
    site = tmp_path / "site"
    site.mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("TRUONG_")},
        "TRUONG_VAR": str(tmp_path / "var"),
        "TRUONG_DATABASE_URL": database_url(server, name, "truong_app"),
        "TRUONG_WORKER_DATABASE_URL": database_url(server, name, "truong_worker"),
        "TRUONG_ADMIN_DATABASE_URL": database_url(server, name, "truong_owner"),
        "PYTHONPATH": str(site),
        "TRUONG_CHECK_SERVER": server,
    }
    return Installation(environment, site, tmp_path / "work", wheels)
