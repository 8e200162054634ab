"""Everything that the checks look at, gathered once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.cli.quality.facts import Facts, read
from core.data.embedded import start_embedded
from core.settings.instance import load_settings

from . import testing
from .source import OURS, SourceFile, files_of
from .subject import Subject
from .testing import Seen

_PROBE_SECONDS = 600
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A package, what its files say, what it did when it was loaded, and what its tests showed."""

    subject: Subject
    files: tuple[SourceFile, ...]
    broken: tuple[str, ...]
    """Files that are not Python."""
    facts: Facts
    seen: Seen | None
    """None: the tests were not run."""
    types: tuple[str, ...] | None
    """What mypy found; None: there is no mypy."""


def gather(subject: Subject, server: str, *, tests: bool, types: bool = True) -> Evidence:
    """Look at the files, load the package in a process of its own, run its tests and mypy.

    Args:
        server: superuser address of a PostgreSQL for throw-away databases; without it one is started.
    """
    files, broken = [], []
    for file in files_of(subject.package):
        try:
            file.tree  # noqa: B018 - parsed here, so that what cannot be read is told once
            files.append(file)
        except (SyntaxError, UnicodeDecodeError) as error:
            broken.append(f"{file.place}: {error}")
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, (str(subject.site or ""), os.environ.get("PYTHONPATH"))))}
    shadows = sorted(OURS & {name.partition("/")[0] for name in subject.files}) if subject.site else []
    if shadows:
        facts = Facts(state="not loaded", diagnosis=f"it would replace {', '.join(shadows)} of the program itself")
    else:
        facts = _probe(subject, server, environment)
    run = tests and subject.tests is not None and facts.state == "ok"
    seen = testing.run(subject, subject.package, environment) if run else None
    return Evidence(subject, tuple(files), tuple(broken), facts, seen, _types(subject, environment) if types else ())


def _probe(subject: Subject, server: str, environment: Mapping[str, str]) -> Facts:
    with tempfile.TemporaryDirectory(prefix="truong-probe-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as somebody else where this runs as root
        server = server or start_embedded(folder / "data", keep_running=False)
        output, database = folder / "facts.json", f"check_{os.getpid()}"
        command = [sys.executable, "-m", "core.cli.quality.probe", subject.name, subject.module, server, database]
        try:
            done = subprocess.run(
                [*command, str(output)], cwd=_ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
                timeout=_PROBE_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Facts(state="hangs", diagnosis=f"it was not loaded within {_PROBE_SECONDS} seconds")
        if output.exists():
            return read(output)
        return Facts(state="ends the program", diagnosis=" ".join((done.stdout + done.stderr).split())[-500:])


def _types(subject: Subject, environment: Mapping[str, str]) -> tuple[str, ...] | None:
    if find_spec("mypy") is None:
        return None
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--config-file=",
               f"--cache-dir={_cache()}", "--disable-error-code=import-untyped", "--follow-imports=silent",
               str(subject.package)]  # fmt: skip
    done = subprocess.run(
        command, cwd=_ROOT, env={**os.environ, "MYPYPATH": environment["PYTHONPATH"]}, capture_output=True,
        text=True, timeout=_PROBE_SECONDS, check=False,
    )  # fmt: skip
    return tuple(line for line in (done.stdout + done.stderr).splitlines() if ": error:" in line or done.returncode > 1)


def _cache() -> Path:
    """A cache that later checks find again: reading the whole program takes mypy half a minute."""
    return load_settings().var.absolute() / "mypy"
