"""Gold: typed, documented, erasable, accessible, rehearsed, and calling nobody but whom it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .evidence import Evidence
from .findings import Finding, Level, verdict
from .source import ways_out

_GOLD = Level.GOLD


def checks(seen: Evidence) -> Iterator[Finding]:
    """All of the level."""
    facts = seen.facts
    yield verdict("typed", _GOLD, list(_types(seen)),
                  "Ship py.typed and be clean under `mypy --strict`.")  # fmt: skip
    yield verdict("documented", _GOLD, list(_documented(seen)),
                  "Each setting has a help text; the README names each setting and each event.")  # fmt: skip
    lacking = sorted(set(facts.data_classes) - set(facts.personal_classes))
    yield verdict("erasable", _GOLD, [f"{name} is neither shown nor erased" for name in lacking],
                  "`provide_personal_data` shows and erases each class that the manifest declares.")  # fmt: skip
    yield verdict("accessible", _GOLD, facts.barriers,
                  "The parts of `parts/ui.html` are accessible as they are; look at the page with axe too.",
                  f"{len(facts.pages)} pages read")  # fmt: skip
    faults = [*facts.rehearsal, *([f"demo: {facts.demo}"] if facts.demo else [])]
    if facts.tables and not facts.hooks.get("provide_demo"):
        faults.append("no demo fills the tables, so nothing is rehearsed with data")
    yield verdict("rehearsed", _GOLD, faults,
                  "The migrations are taken back and run again on the data of the demo; both must work.")  # fmt: skip
    yield verdict("outbound", _GOLD, [*ways_out(seen.files), *_hosts(seen)],
                  "Speak through the HttpClient that providers are given, to hosts that are declared.")  # fmt: skip
    loops = [place for file in seen.files for place in file.queries_in_loops()]
    yield verdict("bounded-queries", _GOLD,
                  [*facts.repeated, *(f"{place} asks the database in a loop" for place in loops)],
                  "One query for a whole list: join, or ask with `in_()`.")  # fmt: skip


def _types(seen: Evidence) -> Iterator[str]:
    package = seen.subject.package
    if not any((folder / "py.typed").is_file() for folder in (package, package.parent)):
        yield "there is no py.typed"
    if seen.types is None:
        yield from (place for file in seen.files for place in file.untyped())
    else:
        yield from (line.replace(f"{package}/", "") for line in seen.types)


def _documented(seen: Evidence) -> Iterator[str]:
    facts = seen.facts
    yield from (f"the setting {key} has no help" for key in facts.settings_without_help)
    folders = (seen.subject.project, seen.subject.package)
    readme = "".join((f / "README.md").read_text("utf-8") for f in folders if f and (f / "README.md").is_file())
    yield from (f"{name} is not in the README" for name in (*facts.settings, *facts.events) if name not in readme)


def _hosts(seen: Evidence) -> Iterator[str]:
    for file in seen.files:
        if Path(file.place).name in ("demo.py",):
            continue
        for host in file.hosts():
            if host not in seen.facts.outbound_hosts:
                yield f"{file.place} names {host}, which the manifest does not declare"
