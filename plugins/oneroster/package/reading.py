"""Reading a package that another system wrote: what is wrong with it in words, else its rows. Pure."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.sdk import Message, _

from .layout import COLUMNS, COMMON, FILES, HEAD, MODES

MOST_BYTES = 200_000_000
"""Unpacked, all files together: a package that grows beyond is refused unread."""
_REQUIRED = {
    "orgs": ("name", "type"),
    "users": ("enabledUser", "givenName", "familyName"),
    "classes": ("title", "classType", "schoolSourcedId"),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
}
_MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the file, and the line as an editor counts it (0 for the whole file)."""

    file: str
    line: int
    message: Message


@dataclass(slots=True)
class Package:
    """The rows of each file, by column; `faults` is empty in a package that can be taken."""

    rows: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: str, line: int, message: Message) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(file, line, message))


def read(content: bytes) -> Package:
    """Read a ZIP file as OneRoster 1.2.

    A package is refused as a whole: rows refer to each other, and half a package means something else.
    """
    package = Package()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _read(archive, package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        package.fault("", 0, _("This is not a ZIP file that can be read."))
    return package


def _read(archive: zipfile.ZipFile, package: Package) -> None:
    if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
        package.fault("", 0, _("The package is too large."))
        return
    names = {info.filename for info in archive.infolist() if not info.is_dir()}
    if "manifest.csv" not in names:
        package.fault("manifest.csv", 0, _("The package has no manifest.csv."))
        return
    modes = _manifest(archive, package)
    for name in sorted(names - {"manifest.csv"}):
        stem = name.removesuffix(".csv")
        if stem not in FILES or not name.endswith(".csv"):
            package.fault(name, 0, _("The standard knows no such file."))
        elif modes.get(stem) == "absent":
            package.fault(name, 0, _("The manifest says that this file is absent, but it is there."))
    for stem, mode in modes.items():
        if mode == "absent" or stem not in COLUMNS:
            continue
        if f"{stem}.csv" not in names:
            package.fault(f"{stem}.csv", 0, _("The manifest names this file, but it is not there."))
        elif mode == "delta":
            package.fault(f"{stem}.csv", 0, _("Only whole files (bulk) can be taken, not changes (delta)."))
        else:
            package.rows[stem] = [*_rows(archive, stem, package)]
    if not package.faults:
        _references(package)


def _manifest(archive: zipfile.ZipFile, package: Package) -> dict[str, str]:
    lines = [*csv.reader(io.StringIO(_text(archive, "manifest.csv", package)))]
    if not lines or [cell.strip() for cell in lines[0]] != ["propertyName", "value"]:
        package.fault("manifest.csv", 1, _("The header must be: %(columns)s", columns="propertyName,value"))
    given = {line[0].strip(): line[1].strip() for line in lines[1:] if len(line) >= 2}
    for name, version in HEAD.items():
        if given.get(name) != version:
            package.fault("manifest.csv", 0, _("%(name)s must be %(value)s.", name=name, value=version))
    modes = {}
    for name in FILES:
        mode = given.get(f"file.{name}")
        if mode is None:
            package.fault("manifest.csv", 0, _("The line %(name)s is missing.", name=f"file.{name}"))
        elif mode not in MODES:
            package.fault("manifest.csv", 0, _("%(name)s must be bulk, delta or absent.", name=f"file.{name}"))
        else:
            modes[name] = mode
    for name in given:
        if name.startswith("file.") and name.removeprefix("file.") not in FILES:
            package.fault("manifest.csv", 0, _("The standard knows no %(name)s.", name=name))
    return modes


def _text(archive: zipfile.ZipFile, name: str, package: Package) -> str:
    try:
        return archive.read(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        package.fault(name, 0, _("The file is not written in UTF-8."))
        return ""


def _rows(archive: zipfile.ZipFile, stem: str, package: Package) -> Iterator[Mapping[str, str]]:
    file = f"{stem}.csv"
    reader = csv.reader(io.StringIO(_text(archive, file, package)))
    head = [cell.strip() for cell in next(reader, [])]
    wanted = [*COMMON, *COLUMNS[stem]]
    plain = [cell for cell in head if not cell.startswith("metadata.")]
    if plain != wanted:
        package.fault(file, 1, _("The header must be: %(columns)s", columns=",".join(wanted)))
        return
    seen: set[str] = set()
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            package.fault(file, reader.line_num, _("The row has %(count)s cells, the header %(head)s.",
                                                   count=len(cells), head=len(head)))  # fmt: skip
            continue
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
        _check_row(stem, row, reader.line_num, seen, package)
        yield row


def _check_row(stem: str, row: Mapping[str, str], line: int, seen: set[str], package: Package) -> None:
    file, id = f"{stem}.csv", row["sourcedId"]
    if not id:
        package.fault(file, line, _("%(name)s is missing.", name="sourcedId"))
    elif id in seen:
        package.fault(file, line, _("The sourcedId %(id)s stands there twice.", id=id))
    seen.add(id)
    for name in _REQUIRED.get(stem, ()):
        if not row[name]:
            package.fault(file, line, _("%(name)s is missing.", name=name))
    for name in ("enabledUser", "primary"):
        if row.get(name) and row[name] not in ("true", "false"):
            package.fault(file, line, _("%(name)s must be true or false, in small letters.", name=name))


_REFERENCES = (
    ("classes", "schoolSourcedId", "orgs"),
    ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "userSourcedId", "users"),
    ("demographics", "sourcedId", "users"),
)


def _references(package: Package) -> None:
    """Every id that a file names is there, as far as the file it belongs to came along."""
    ids = {name: {row["sourcedId"] for row in rows} for name, rows in package.rows.items()}
    for file, column, target in _REFERENCES:
        if target not in ids:
            continue
        for at, row in enumerate(package.rows.get(file, ()), 2):
            if row[column] and row[column] not in ids[target]:
                package.fault(f"{file}.csv", at, _("%(name)s %(id)s is not in %(file)s.", name=column, id=row[column],
                                                   file=f"{target}.csv"))  # fmt: skip
