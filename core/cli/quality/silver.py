"""Silver: tested, translated, guarded, documented. A school may use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from . import personal, testing, texts
from .evidence import Evidence
from .findings import Finding, Level, verdict

_SILVER = Level.SILVER
_PLACEHOLDER = re.compile(r"(^|[@.])(example|invalid|test|localhost)(\.|$)")
_SHORTEST_README = 200


def checks(seen: Evidence) -> Iterator[Finding]:
    """All of the level."""
    facts, subject = seen.facts, seen.subject
    yield from _tests(seen)
    yield verdict("translated", _SILVER, texts.faults(subject.package, seen.files),
                  "Texts stand in `_()` in English and have a Vietnamese one in locale/vi.po.")  # fmt: skip
    yield verdict("guarded", _SILVER, facts.open_views,
                  "Each view is @page, @api or @public (with the reason), and asks for a permission that is declared.",
                  f"{len(facts.pages)} pages opened")  # fmt: skip
    yield verdict("pages", _SILVER, facts.page_faults, "No page may fail, with or without data.")
    yield verdict("personal-data", _SILVER,
                  list(personal.undeclared(facts.tables, facts.refers, facts.data_classes)),
                  "Name the classes in `data_classes` of the manifest; docs/vendors.md has them.")  # fmt: skip
    yield verdict("readme", _SILVER, list(_readme(seen)),
                  "A README.md says what the module is for, how it is installed and what it needs.")  # fmt: skip
    yield verdict("licence", _SILVER, list(_licence(seen)),
                  "Name the licence in the manifest and in the package, and add its text as LICENSE.")  # fmt: skip
    yield verdict("security-contact", _SILVER, list(_contact(seen)),
                  "`security_contact` of the manifest: an address that somebody reads.")  # fmt: skip


def _tests(seen: Evidence) -> Iterator[Finding]:
    offers = bool(seen.facts.providers)
    if seen.seen is None:
        if seen.subject.tests is None and not seen.subject.builtin:
            yield verdict("tests", _SILVER, ["there is no folder tests/ beside the package"],
                          "Check the source folder; its tests/ are run against the built wheel.")  # fmt: skip
        else:
            yield Finding("tests", _SILVER, "not run", mend="Run the check with the tests.")
        if offers:
            yield Finding("contracts", _SILVER, "not run", mend="The suites run with the tests.")
        return
    yield verdict("tests", _SILVER, list(testing.faults(seen.seen)),
                  "All tests pass, none is skipped, and at least half of them call the package.",
                  f"{seen.seen.passed} passed")  # fmt: skip
    if offers:
        yield verdict("contracts", _SILVER, list(testing.contract_faults(seen.facts, seen.seen, seen.subject.module)),
                      "Subclass the contract suite of core.sdk.testing for each provider, give its fixtures, and"
                      " change none of its tests.")  # fmt: skip


def _readme(seen: Evidence) -> Iterator[str]:
    subject = seen.subject
    text = _text_beside(seen, "README.md")
    if not text and subject.distribution is not None:
        metadata = subject.distribution.metadata.json
        text = str(metadata.get("description", ""))
    if len(text.strip()) < _SHORTEST_README:
        yield f"{len(text.strip())} characters" if text.strip() else "there is none"


def _licence(seen: Evidence) -> Iterator[str]:
    found = seen.subject.distribution
    if not seen.facts.licence:
        yield "the manifest names none"
    if found is None:
        return
    metadata = found.metadata.json
    named = str(metadata.get("license_expression") or metadata.get("license") or "")
    if not named:
        yield "the package names none"
    elif seen.facts.licence and named.strip() != seen.facts.licence:
        yield f"the package says {named.strip()}, the manifest {seen.facts.licence}"
    if not any(re.search(r"LICEN[CS]E|COPYING", file) for file in seen.subject.files):
        yield "the text is not in the wheel"


def _contact(seen: Evidence) -> Iterator[str]:
    given = seen.facts.security_contact
    if seen.subject.builtin:
        return  # the project's own is the same for all of them
    address = parseaddr(given)[1]
    host = address.partition("@")[2] if "@" in address else urlsplit(given).hostname or ""
    if not given or "." not in host:
        yield f"{given!r} is neither a mail address nor a page" if given else "there is none"
    elif _PLACEHOLDER.search(host):
        yield f"{given} is nobody"


def _text_beside(seen: Evidence, name: str) -> str:
    for folder in (seen.subject.project, seen.subject.package):
        file = Path(folder or "") / name
        if folder is not None and file.is_file():
            return file.read_text("utf-8")
    return ""
