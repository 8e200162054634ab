"""From a path or a name to the verdict."""

from __future__ import annotations

from . import bronze, gold, silver
from .evidence import gather
from .findings import Report
from .subject import opened


def judge(target: str, *, server: str = "", tests: bool = True, types: bool = True) -> Report:
    """Check a source folder, a wheel or an installed plugin.

    Args:
        server: superuser address of a PostgreSQL on which throw-away databases may be made; without it one is started.
        tests: False leaves the tests out; the package cannot be more than bronze then.
        types: False believes what the package says of its types.

    Raises:
        Unusable: nothing is there, it does not build, or it is no plugin.
    """
    with opened(target) as subject:
        seen = gather(subject, server, tests=tests, types=types)
        findings = (*bronze.checks(seen), *silver.checks(seen), *gold.checks(seen))
        return Report(subject.name, seen.facts.version, findings)
