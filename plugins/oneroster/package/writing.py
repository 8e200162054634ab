"""A package of all that the rostering service tells, as one ZIP file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from sqlalchemy import text

from core.sdk import Context

from ..collection import Collection, Links, Row
from ..rostering.people import DEMOGRAPHICS, ENROLMENTS, USERS
from ..rostering.places import ORGS, SESSIONS
from ..rostering.teaching import CLASSES, COURSES
from .layout import COLUMNS, COMMON, FILES, HEAD

_LINKS = Links("")


def write(ctx: Context, out: IO[bytes], system_name: str, system_code: str) -> None:
    """Write all files of the package, bulk, row by row.

    Args:
        system_name: `source.systemName` of the manifest, `system_code` its `source.systemCode`.
    """
    manifest = {
        **HEAD,
        **{f"file.{name}": "bulk" if name in COLUMNS else "absent" for name in FILES},
        "source.systemName": system_name,
        "source.systemCode": system_code,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        _put(package, "manifest", ("propertyName", "value"), manifest.items())
        for name, collection in _SOURCES.items():
            _put(package, name, (*COMMON, *COLUMNS[name]), _lines(ctx, name, collection))
        _put(package, "roles", (*COMMON, *COLUMNS["roles"]), _roles(ctx))


_SOURCES: Mapping[str, Collection] = {
    "academicSessions": SESSIONS,
    "classes": CLASSES,
    "courses": COURSES,
    "demographics": DEMOGRAPHICS,
    "enrollments": ENROLMENTS,
    "orgs": ORGS,
    "users": USERS,
}


def _rows(ctx: Context, collection: Collection) -> Iterator[Row]:
    statement = text(f"SELECT x.* FROM ({collection.source}) x ORDER BY {collection.order}")  # noqa: S608  (our own texts)
    yield from ctx.session.execute(statement, {"school": ctx.school_id}, execution_options={"yield_per": 5000})


def _lines(ctx: Context, name: str, collection: Collection) -> Iterator[list[str]]:
    for row in _rows(ctx, collection):
        found = collection.build(row, _LINKS)
        yield [str(row.id), "", "", *(_cell(found, column) for column in COLUMNS[name])]


def _cell(found: Mapping[str, object], column: str) -> str:
    """`schoolSourcedId` is the id of `school`, `termSourcedIds` are those of `terms`; lists are joined by commas."""
    if column.endswith("SourcedIds"):
        value = found.get(f"{column.removesuffix('SourcedIds')}s")
    elif column.endswith("SourcedId"):
        value = found.get(column.removesuffix("SourcedId"))
    else:
        value = found.get(column)
    if isinstance(value, list):
        return ",".join(str(item["sourcedId"]) if isinstance(item, dict) else str(item) for item in value)
    if isinstance(value, dict):
        return str(value["sourcedId"])
    return "" if value is None else str(value)


def _roles(ctx: Context) -> Iterator[list[str]]:
    for row in _rows(ctx, USERS):
        for at, role in enumerate(row.roles):
            kind = "primary" if at == 0 else "secondary"
            yield [f"{row.id}-{role}", "", "", str(row.id), kind, role, "", "", str(row.school_id), ""]


def _put(package: zipfile.ZipFile, name: str, head: Iterable[str], lines: Iterable[Iterable[str]]) -> None:
    """One file, line by line: a large school has half a million enrolments."""
    with package.open(f"{name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text_file:
        writer = csv.writer(text_file)
        writer.writerow(head)
        writer.writerows(lines)
