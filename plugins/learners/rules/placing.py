"""Where the rows of a list stand: their class by cell or by heading, settled once all rows are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.sdk.imports import CountDiffers, Finding, PlannedRow

from .classes import class_key, grade_of
from .record import DECODER, ENCODER


@dataclass(slots=True)
class Place:
    """Where a row stands, for settling its class after all rows are known."""

    cell: str
    key: str
    heading: str | None
    grade: int | None
    birth_year: int | None


def settle_classes(
    rows: Sequence[PlannedRow], places: Sequence[Place], classes: Sequence[str], first_year: int
) -> None:
    """What follows for each row from the classes that exist: class, grade, age.

    Args:
        classes: names of the classes of the school year.
        first_year: the calendar year in which the school year begins.
    """
    canonical = {class_key(name): name for name in classes}
    for row, place in zip(rows, places, strict=True):
        name = canonical.get(place.key)
        if name is None or name != place.key:
            _refuse_class(row, place, name)
        if name is not None:
            _check_class(row, place, name, first_year)


def _refuse_class(row: PlannedRow, place: Place, name: str | None) -> None:
    value = DECODER.decode(row.value)
    value.lop = name
    row.value = ENCODER.encode(value)
    if name is None and not any(finding.field == "lop" for finding in row.findings):
        code = "E_CLASS_UNKNOWN" if place.key else "E_CLASS_MISSING"
        row.findings.append(Finding(code, "lop", place.cell or place.key))


def _check_class(row: PlannedRow, place: Place, name: str, first_year: int) -> None:
    if place.cell and place.cell != name:
        row.notes = (*row.notes, "N_CLASS_SPELLING")
    grade = grade_of(name)
    if grade is None:
        return
    if place.cell and place.grade and grade != place.grade:
        row.findings.append(Finding("W_CLASS_OTHER_SHEET", "lop", place.cell))
    usual = first_year - 5 - grade
    year = place.birth_year
    readable = not any(finding.code == "E_DATE_INVALID" for finding in row.findings)
    if year is not None and readable and not usual - 3 <= year <= usual + 1:
        row.findings.append(Finding("W_AGE", "ngaysinh", str(year), f"{usual}"))


def differing_counts(
    rows: Sequence[PlannedRow], places: Sequence[Place], classes: Sequence[str], declared: Mapping[str, tuple[int, str]]
) -> list[CountDiffers]:
    """Declared numbers of pupils against the rows that stand in the block of the class.

    Args:
        declared: by class the number, and the sheet that says so.
    """
    if not declared:
        return []
    found: Counter[str] = Counter(_block_classes(rows, places, {class_key(name) for name in classes}))
    return [
        CountDiffers(name, number, found[name], source)
        for name, (number, source) in declared.items()
        if found[name] != number
    ]


def _block_classes(rows: Sequence[PlannedRow], places: Sequence[Place], canonical: set[str]) -> Iterator[str]:
    """The class in whose block each row stands: its own, or the neighbours' where its own is none of the sheet."""
    own: list[str] = []
    for place in places:
        strange = place.grade is not None and grade_of(place.key) != place.grade
        own.append(place.heading or ("" if strange or place.key not in canonical else place.key))
    for at, name in enumerate(own):
        if name:
            yield name
            continue
        sheet, before, after = rows[at].sheet, at - 1, at + 1
        follows = before >= 0 and _adjacent(rows[before], rows[at])
        if follows and own[before]:
            own[at] = own[before]
        elif after < len(own) and own[after] and rows[after].sheet == sheet:
            own[at] = own[after]
        elif before >= 0 and rows[before].sheet == sheet:
            own[at] = own[before]
        yield own[at]


def _adjacent(one: PlannedRow, two: PlannedRow) -> bool:
    return one.sheet == two.sheet and two.row - one.row == 1
