"""National programmes as data: subjects, grades, periods a year. One file a programme, beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

ASSESSED = ("score", "comment", "level")


@dataclass(frozen=True, slots=True)
class ProgrammeSubject:
    """A subject of a programme.

    Attributes:
        periods: periods a year by grade; a grade that is not named does not have the subject.
        elective: grades in which it is chosen.
        assessed: how the pupils of its grades are assessed (one of `ASSESSED`).
    """

    code: str
    name_vi: str
    name_en: str
    short: str
    assessed: str
    periods: Mapping[int, int]
    elective: frozenset[int]


@dataclass(frozen=True, slots=True)
class Programme:
    """A version of a programme: valid for school years that begin on or after `effective_on`, until it is replaced."""

    code: str
    name_vi: str
    name_en: str
    act: str
    effective_on: date
    grades: tuple[int, ...]
    subjects: tuple[ProgrammeSubject, ...]
    continuing: bool = False
    """For learners of continuing education, who have a programme of their own in the same grades."""

    def of_grade(self, grade: int) -> list[ProgrammeSubject]:
        """What a grade learns, in the order of the programme."""
        return [subject for subject in self.subjects if grade in subject.periods]


@cache
def programmes() -> tuple[Programme, ...]:
    """Every programme that is shipped, oldest first."""
    folder = files(__name__.rpartition(".")[0]) / "programmes"
    found = [parse(tomllib.loads(file.read_text("utf-8"))) for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda programme: (programme.effective_on, programme.code)))


def programme_for(grade: int, year_starts_on: date, *, continuing: bool = False) -> Programme | None:
    """The newest programme that has this grade and is in force when the school year begins.

    Args:
        continuing: at a centre of continuing education. No programme of theirs is shipped: its periods are not known
            for sure, and that of schools is never given in its place.
    """
    fitting = [
        p for p in programmes() if p.continuing == continuing and grade in p.grades and p.effective_on <= year_starts_on
    ]
    return fitting[-1] if fitting else None


def parse(document: Mapping[str, Any]) -> Programme:
    """A programme from its file.

    Raises:
        ValueError: what is wrong, with the name of the subject.
    """
    grades = tuple(int(grade) for grade in document["grades"])
    subjects = tuple(_subject(entry, grades) for entry in document["subjects"])
    codes = [subject.code for subject in subjects]
    if doubled := sorted({code for code in codes if codes.count(code) > 1}):
        raise ValueError(f"subjects named twice: {', '.join(doubled)}")
    return Programme(
        code=document["code"],
        name_vi=document["name_vi"],
        name_en=document["name_en"],
        act=document["act"],
        effective_on=document["effective_on"],
        grades=grades,
        subjects=subjects,
        continuing=bool(document.get("continuing", False)),
    )


def _subject(entry: Mapping[str, Any], grades: tuple[int, ...]) -> ProgrammeSubject:
    code = str(entry["code"])
    if entry["assessed"] not in ASSESSED:
        raise ValueError(f"{code}: assessed must be one of {', '.join(ASSESSED)}")
    periods = {int(grade): int(count) for grade, count in entry["periods"].items()}
    elective = frozenset(int(grade) for grade in entry.get("elective", ()))
    if outside := sorted((set(periods) | elective) - set(grades)):
        raise ValueError(f"{code}: the programme has no grade {outside[0]}")
    return ProgrammeSubject(
        code=code,
        name_vi=entry["name_vi"],
        name_en=entry["name_en"],
        short=entry.get("short", entry["name_vi"]),
        assessed=entry["assessed"],
        periods=periods,
        elective=elective,
    )
