"""From results, pupil and school to the record of a year. Nothing is decided here, and no database is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from plugins.assessment import public as assessment
from plugins.learners import public as learners

from ...record.kinds import Sex
from ...record.layout import OWN
from ...record.people import (
    Birth,
    Earlier,
    Head,
    Header,
    Issue,
    Learner,
    Locality,
    Relative,
    SchoolAddress,
    Signer,
)
from ...record.years import YearTranscript
from .results import clean, primary_year, secondary_year

UNKNOWN = "Chưa có thông tin"
"""Where the law's form wants a place that the school's record does not know; never a guess."""
STAGES = {"primary": "1", "lower_secondary": "2", "upper_secondary": "3"}
_SEX = {1: Sex.MALE, 2: Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class Frame:
    """What all records of a school and year have in common."""

    school_name: str
    school_code: str
    address: SchoolAddress
    department_code: str
    department: str
    place: str
    organisation_id: str
    head: Head | None
    day: date


@dataclass(frozen=True, slots=True)
class Edition:
    """Which version of which record is made."""

    transcript_id: UUID
    version: int
    register_number: str = ""
    from_paper: bool = False
    replaces: str = ""
    reason: str = ""
    decision: str = ""
    from_school: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who has to sign the records of a class: name and personal ID, by subject and for the homeroom."""

    homeroom: Signer
    teachers: Mapping[str, Signer]


def compose(
    frame: Frame,
    year: assessment.ClassYear,
    pupil: assessment.PupilYear,
    who: learners.Identity,
    people: People,
    edition: Edition,
) -> YearTranscript:
    """The record of one pupil's year."""
    assert frame.head is not None  # noqa: S101  (the preflight has looked)
    primary = year.rules.primary is not None
    return YearTranscript(
        _header(frame, year, edition),
        _learner(who),
        Issue(people.homeroom, frame.head, frame.place, frame.day, frame.day, frame.organisation_id),
        tuple(_earlier(frame, one) for one in who.studies if one.year != year.klass.year_name),
        primary_year(year, pupil) if primary else None,
        None if primary else secondary_year(year, pupil, people.teachers),
    )


def stage_of(grade: int) -> str:
    """The stage of schooling of a grade."""
    return "primary" if grade < 6 else "lower_secondary" if grade < 10 else "upper_secondary"


def _header(frame: Frame, year: assessment.ClassYear, edition: Edition) -> Header:
    klass = year.klass
    return Header(
        OWN, str(edition.transcript_id), str(edition.version), klass.year_name, clean(year.rules.act),
        frame.department_code, frame.department, frame.school_code, frame.school_name, frame.address,
        STAGES[stage_of(klass.grade)], str(klass.grade), klass.name, from_paper=edition.from_paper,
        register_number=edition.register_number, replaces=edition.replaces, reason=edition.reason,
        decision=edition.decision,
    )  # fmt: skip


def _learner(who: learners.Identity) -> Learner:
    names = learners.CODE_NAMES["province"]
    province = names.get(who.province, "")
    residence = ", ".join(part for part in (who.address, province) if part)
    birth_place = who.birth_place or names.get(who.birth_province, "")
    parents = {kind: Relative(clean(one.full_name), clean(one.occupation)) for kind, one in who.parents.items()}
    return Learner(
        clean(who.full_name), who.personal_id, who.code, birth_of(who.birth), who.ethnic, who.nationality,
        Locality(clean(birth_place) or UNKNOWN, province_code=_digits(who.birth_province, 2)),
        Locality(UNKNOWN),
        Locality(clean(residence) or UNKNOWN, _digits(who.commune, 5), _digits(who.province, 2)),
        _SEX.get(who.sex, Sex.UNKNOWN), clean(who.policy), who.not_assessed,
        parents.get("father", Relative()), parents.get("mother", Relative()), parents.get("guardian", Relative()),
    )  # fmt: skip


def birth_of(text: str) -> Birth:
    """The day, the month or the year, as far as it is known."""
    if len(text) == len("2014-03-05"):
        return Birth(day=date.fromisoformat(text))
    return Birth(month=text) if len(text) == len("2014-03") else Birth(year=text)


def _earlier(frame: Frame, study: learners.Study) -> Earlier:
    return Earlier(study.year, study.class_name, frame.school_name, frame.address.province)


def _digits(text: str, length: int) -> str:
    return text if len(text) == length and text.isdigit() else ""
