"""What is judged: a source folder, a wheel, or a package that is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, EntryPoint, PathDistribution, distributions
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.kernel.discovery import BUILTIN, GROUP

_BUILD_SECONDS = 300
_LEFT = shutil.ignore_patterns("build", "dist", "*.egg-info", ".*", "__pycache__", "node_modules")
_ROOT = Path(__file__).resolve().parents[3]


class Unusable(Exception):
    """There is nothing that could be judged; the message says why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A package with everything that is known of it before it is imported."""

    name: str
    """Of the plugin."""
    module: str
    package: Path
    """The folder of its code, as installed."""
    site: Path | None
    """The folder that must be on the path; None where it is installed."""
    files: tuple[str, ...]
    """What the wheel would write, relative to the folder it is installed in."""
    distribution: Distribution | None
    tests: Path | None
    """The folder of its tests; a wheel alone has none."""
    project: Path | None
    """The folder of the source."""
    builtin: bool = False


@contextmanager
def opened(target: str) -> Iterator[Subject]:
    """The subject behind a path or a name.

    Raises:
        Unusable: nothing is there, it does not build, or it is no plugin.
    """
    path = Path(target)
    if not path.exists():
        yield _installed(target)
        return
    with tempfile.TemporaryDirectory(prefix="truong-check-") as folder:
        work = Path(folder)
        source = path.resolve() if path.is_dir() else None
        wheel = _build(source, work) if source else path
        site = work / "site"
        try:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
                names = tuple(archive.namelist())
        except zipfile.BadZipFile as error:
            raise Unusable(f"{path.name} is no wheel") from error
        subject = _of(_distribution(site), site, names)
        yield replace(subject, project=source, tests=_tests(source))


def _build(source: Path, work: Path) -> Path:
    """The wheel of a source folder; nothing is downloaded."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    copy = shutil.copytree(source, work / "source", ignore=_LEFT)  # nothing is left in it, nothing old is packed
    command += ["--disable-pip-version-check", "--wheel-dir", str(work), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False)
    found = sorted(work.glob("*.whl"))
    if done.returncode or not found:
        raise Unusable("it does not build: " + " ".join((done.stderr or done.stdout).split())[-600:])
    return found[0]


def _distribution(site: Path) -> Distribution:
    found = [PathDistribution(folder) for folder in sorted(site.glob("*.dist-info"))]
    if len(found) != 1:
        raise Unusable("the wheel says nothing of itself (no .dist-info)")
    return found[0]


def _of(distribution: Distribution, site: Path, names: tuple[str, ...]) -> Subject:
    entry = _entry(distribution)
    module = entry.value.partition(":")[0]
    package = site / module.replace(".", "/")
    if not (package / "__init__.py").is_file():
        raise Unusable(f"the entry point names {module!r}, which is not in the wheel")
    return Subject(entry.name, module, package, site, names, distribution, None, None)


def _entry(distribution: Distribution) -> EntryPoint:
    entries = [entry for entry in distribution.entry_points if entry.group == GROUP]
    if len(entries) != 1:
        raise Unusable(f"one entry point in the group {GROUP} is needed, there are {len(entries)}")
    return entries[0]


def _installed(name: str) -> Subject:
    for module in BUILTIN:
        if module.rpartition(".")[2] == name:
            tests = _ROOT / "tests" / module.replace(".", "/")
            package = _folder(module)
            return Subject(name, module, package, None, (), None, tests if tests.is_dir() else None, None, builtin=True)
    for distribution in distributions():
        if any(entry.group == GROUP and entry.name == name for entry in distribution.entry_points):
            module = _entry(distribution).value.partition(":")[0]
            files = tuple(str(file) for file in distribution.files or ())
            project = _source_of(distribution)
            return Subject(name, module, _folder(module), None, files, distribution, _tests(project), project)
    raise Unusable(f"there is neither a path nor an installed plugin {name!r}")


def _folder(module: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise Unusable(f"the package {module} cannot be found")
    return Path(spec.origin).resolve().parent


def _source_of(distribution: Distribution) -> Path | None:
    """The source folder of a package that was installed from one (PEP 610)."""
    record = distribution.read_text("direct_url.json")
    parts = urlsplit(json.loads(record)["url"]) if record else None
    folder = Path(unquote(parts.path)) if parts and parts.scheme == "file" else None
    return folder if folder is not None and folder.is_dir() else None


def _tests(project: Path | None) -> Path | None:
    folder = project / "tests" if project else None
    return folder if folder and folder.is_dir() else None
