"""Reading a package that another system wrote: what is wrong with it in words, else what it says of pupils.

Row by row: of half a million enrolments no more is kept than the class that each pupil is at home in.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from core.sdk import _

from .checking import Cells, Checker, Fault, Findings, checked
from .layout import COLUMNS, COMMON, FILES, FORMER, HEAD, MODES, READ, SOURCE

MOST_BYTES = 1_000_000_000
"""Unpacked, all files together: a package that grows beyond is refused unread."""


class User(NamedTuple):
    """What a package says of a person."""

    code: str
    name: str
    phone: str
    agents: str
    """Ids, joined by commas."""


class Home(NamedTuple):
    """A class that a pupil is enrolled in; the least one is where they are at home."""

    rank: int
    title: str


@dataclass(slots=True)
class Package:
    """What is to be taken; `faults` is empty in a package that can be."""

    findings: Findings = field(default_factory=Findings)
    users: dict[str, User] = field(default_factory=dict)
    classes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Type and name."""
    students: set[str] = field(default_factory=set)
    births: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Day of birth and sex."""
    homes: dict[str, Home] = field(default_factory=dict)
    gone: int = 0
    """Rows that say that something goes: that a pupil leaves is for the school to decide."""

    @property
    def faults(self) -> list[Fault]:
        return self.findings.faults


def read(content: bytes | IO[bytes]) -> Package:
    """Read a ZIP file as OneRoster 1.2.

    A package is refused as a whole: rows refer to each other, and half a package means something else.
    """
    package = Package()
    try:
        with zipfile.ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content) as archive:
            _read(archive, package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        package.findings.fault("", 0, _("This is not a ZIP file that can be read."))
    return package


def _read(archive: zipfile.ZipFile, package: Package) -> None:
    findings = package.findings
    if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
        findings.fault("", 0, _("The package is too large."))
        return
    names = {info.filename for info in archive.infolist() if not info.is_dir()}
    if "manifest.csv" not in names:
        findings.fault("manifest.csv", 0, _("The package has no manifest.csv."))
        return
    modes = _manifest(archive, findings)
    for name in sorted(names - {"manifest.csv"}):
        stem = name.removesuffix(".csv")
        if stem not in FILES or not name.endswith(".csv"):
            findings.fault(name, 0, _("The standard knows no such file."))
        elif modes.get(stem) == "absent":
            findings.fault(name, 0, _("The manifest says that this file is absent, but it is there."))
    for stem, mode in modes.items():
        if mode != "absent" and f"{stem}.csv" not in names:
            findings.fault(f"{stem}.csv", 0, _("The manifest names this file, but it is not there."))
    for stem in READ:
        if modes.get(stem, "absent") != "absent" and f"{stem}.csv" in names:
            checker = Checker(findings, stem, delta=modes[stem] == "delta")
            package.gone += checked(checker, _rows(archive, stem, findings), _takers(package)[stem])


def _manifest(archive: zipfile.ZipFile, findings: Findings) -> dict[str, str]:
    lines = [*_lines(archive, "manifest.csv", findings)]
    if not lines or [cell.strip() for cell in lines[0][1]] != ["propertyName", "value"]:
        findings.fault("manifest.csv", 1, _("The header must be: %(columns)s", columns="propertyName,value"))
    given: dict[str, str] = {}
    for line, cells in lines[1:]:
        name = cells[0].strip() if cells else ""
        if name in given:
            findings.fault("manifest.csv", line, _("The line %(name)s stands there twice.", name=name))
        if name:
            given[name] = cells[1].strip() if len(cells) > 1 else ""
    for name, version in HEAD.items():
        if given.get(name) != version:
            findings.fault("manifest.csv", 0, _("%(name)s must be %(value)s.", name=name, value=version))
    for name in given.keys() - {*HEAD, *SOURCE, *(f"file.{file}" for file in FILES)}:
        findings.fault("manifest.csv", 0, _("The standard knows no %(name)s.", name=name))
    return _modes(given, findings)


def _modes(given: Mapping[str, str], findings: Findings) -> dict[str, str]:
    modes = {}
    for name in FILES:
        mode = given.get(f"file.{name}")
        if mode is None:
            findings.fault("manifest.csv", 0, _("The line %(name)s is missing.", name=f"file.{name}"))
        elif mode not in MODES:
            findings.fault("manifest.csv", 0, _("%(name)s must be bulk, delta or absent.", name=f"file.{name}"))
        else:
            modes[name] = mode
    return modes


def _lines(archive: zipfile.ZipFile, name: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with the number of the line that each ends in."""
    with archive.open(name) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except UnicodeDecodeError:
            findings.fault(name, reader.line_num + 1, _("The file is not written in UTF-8."))
        except csv.Error:
            findings.fault(name, reader.line_num, _("The row cannot be read as CSV."))


def _rows(archive: zipfile.ZipFile, stem: str, findings: Findings) -> Iterator[tuple[int, Cells]]:
    file = f"{stem}.csv"
    lines = _lines(archive, file, findings)
    head = [cell.strip() for cell in next(lines, (1, []))[1]]
    if not _is_head(stem, head):
        columns = ",".join((*COMMON, *COLUMNS[stem]))
        findings.fault(file, 1, _("The header must be: %(columns)s", columns=columns))
        return
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            message = _("The row has %(count)s cells, the header %(head)s.", count=len(cells), head=len(head))
            findings.fault(file, line, message)
        elif any("\0" in cell for cell in cells):
            findings.fault(file, line, _("The row cannot be read as CSV."))
        else:
            yield line, dict(zip(head, map(str.strip, cells), strict=True))


def _is_head(stem: str, head: list[str]) -> bool:
    """The columns in the order of the standard, and behind them only metadata."""
    wanted = [*COMMON, *COLUMNS[stem]]
    if stem in FORMER and FORMER[stem][0] in head:
        extra, before = FORMER[stem]
        wanted.insert(wanted.index(before) + 1, extra)
    extensions = head[len(wanted) :]
    return head[: len(wanted)] == wanted and all(cell.startswith("metadata.") for cell in extensions)


def _takers(package: Package) -> Mapping[str, Callable[[Cells], None]]:
    """What is kept of a row, by file."""

    def user(row: Cells) -> None:
        name = " ".join(filter(None, (row["familyName"], row["middleName"], row["givenName"])))  # as names are written
        phone = row["phone"] or row["sms"]
        package.users[row["sourcedId"]] = User(row["identifier"], name, phone, row["agentSourcedIds"])

    def role(row: Cells) -> None:
        if row["role"] == "student":
            package.students.add(row["userSourcedId"])

    def enrolment(row: Cells) -> None:
        if row["role"] != "student":
            return
        package.students.add(row["userSourcedId"])
        kind, title = package.classes.get(row["classSourcedId"], ("", ""))
        home = Home(0 if kind == "homeroom" else 1 if row["primary"] == "true" else 2, title)
        if home.rank < 2 and title:
            package.homes[row["userSourcedId"]] = min(home, package.homes.get(row["userSourcedId"], home))

    return {
        "orgs": _ignore,
        "academicSessions": _ignore,
        "courses": _ignore,
        "classes": lambda row: package.classes.__setitem__(row["sourcedId"], (row["classType"], row["title"])),
        "users": user,
        "roles": role,
        "demographics": lambda row: package.births.__setitem__(row["sourcedId"], (row["birthDate"], row["sex"])),
        "enrollments": enrolment,
    }


def _ignore(row: Cells) -> None:
    """Only looked through."""
