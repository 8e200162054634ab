"""Bronze: it installs, says the truth of itself, and keeps to its own ground."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement

from .evidence import Evidence
from .findings import Finding, Level, verdict
from .source import OURS, foreign_imports

_BRONZE = Level.BRONZE


def checks(seen: Evidence) -> Iterator[Finding]:
    """All of the level, in the order in which they are mended."""
    facts, subject = seen.facts, seen.subject
    yield verdict("readable", _BRONZE, seen.broken, "Every .py file must be Python in UTF-8.")
    yield verdict("own-names", _BRONZE, list(_names(seen)),
                  "The wheel may hold nothing but the package truong_<name>: a top-level core, plugins or integrations"
                  " would overwrite the program's own.")  # fmt: skip
    yield verdict("requirements", _BRONZE, list(_requirements(seen)),
                  "Name what you need in `dependencies`, and install it beside the program.")  # fmt: skip
    yield verdict("loads", _BRONZE, [] if facts.state == "ok" else [f"{facts.state}: {facts.diagnosis}"],
                  "The diagnosis says what the program found; docs/vendors.md says what the manifest may claim.",
                  f"version {facts.version}")  # fmt: skip
    yield verdict("version", _BRONZE, list(_version(seen)), "The manifest and the package must name one version.")
    yield verdict("only-sdk", _BRONZE, list(foreign_imports(seen.files, subject.module, tuple(facts.requires))),
                  "Import `core.sdk` and, of a plugin that the manifest requires, its `public` module. Everything else"
                  " may change without notice.")  # fmt: skip
    strange = [table for table in facts.models if table not in facts.tables] if facts.state == "ok" else []
    yield verdict("tables", _BRONZE, [f"the model of {table} has no table" for table in strange],
                  "Write a migration for each model.", f"{len(facts.tables)} tables")  # fmt: skip
    yield verdict("migrations", _BRONZE, facts.migrations,
                  "Each migration must run, be taken back without a trace, and run again; tables begin with the name"
                  " of the plugin and, with a school_id, have `school_rights`.")  # fmt: skip


def _names(seen: Evidence) -> Iterator[str]:
    subject = seen.subject
    if subject.builtin:
        return
    if subject.module != f"truong_{subject.name}":
        yield f"the package is called {subject.module}, not truong_{subject.name}"
    tops = {file.partition("/")[0] for file in subject.files if "/" in file}
    single = {file for file in subject.files if "/" not in file}
    for top in sorted(tops):
        if top != subject.module and not top.endswith((".dist-info", ".data")) and top not in ("..", "__pycache__"):
            yield f"brings the top-level package {top}" + (", which is the program's own" if top in OURS else "")
    yield from (f"brings the file {name}" for name in sorted(single) if name.endswith((".py", ".pth")))
    yield from (f"writes outside its package: {f}" for f in subject.files if ".data/purelib" in f or ".data/data" in f)


def _requirements(seen: Evidence) -> Iterator[str]:
    found = seen.subject.distribution
    for text in (found.requires or []) if found else ():
        needed = Requirement(text)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(needed.name)
        except PackageNotFoundError:
            yield f"{needed.name} is not installed"
            continue
        if not needed.specifier.contains(there, prereleases=True):
            yield f"{needed} is needed, {there} is installed"
    if found and not any(Requirement(text).name == "truong" for text in found.requires or ()):
        yield f"truong itself is not named, {distribution('truong').version} is installed"


def _version(seen: Evidence) -> Iterator[str]:
    found = seen.subject.distribution
    if found and seen.facts.version and found.version != seen.facts.version:
        yield f"the package says {found.version}, the manifest {seen.facts.version}"
