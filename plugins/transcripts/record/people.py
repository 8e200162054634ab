"""Parts that every stage has: the head of a record, the learner, who signs, where they learned before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from .kinds import (
    Comment,
    MaybeDay,
    NeededDay,
    NeededId,
    NeededName,
    PersonalId,
    PersonName,
    Pick,
    Sex,
    Status,
    Text,
    YesNo,
)

Commune = Annotated[str, Text(5, pattern="[0-9]{5}")]
Province = Annotated[str, Text(2, pattern="[0-9]{2}")]
NeededProvince = Annotated[str, Text(2, required=True, pattern="[0-9]{2}")]


@dataclass(frozen=True, slots=True)
class SchoolAddress:
    """Where the school is, by name and by the codes of the state's list of units."""

    commune: Annotated[str, Text(250, required=True)]
    province: Annotated[str, Text(250, required=True)]
    province_code: NeededProvince
    commune_code: Commune = ""
    former_district: Annotated[str, Text(250)] = ""


@dataclass(frozen=True, slots=True)
class Locality:
    """Birth place, home town or residence: in words, with codes where they are known."""

    detail: Annotated[str, Text(250, required=True)]
    commune_code: Commune = ""
    province_code: Province = ""
    former_district: Annotated[str, Text(250)] = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Which record this is, of which version, by which school."""

    layout: Annotated[str, Text(60, required=True)]
    """Name of the layout of this file, so that a reader knows the form; signed like everything else."""
    transcript_id: Annotated[str, Text(36, required=True, pattern="[0-9A-Za-z-]{1,36}")]
    """The same for all years and schools of the learner."""
    version: Annotated[str, Text(10, required=True, pattern="[1-9][0-9]{0,9}")]
    school_year: Annotated[str, Text(9, required=True, pattern="[0-9]{4}-[0-9]{4}")]
    circular: Annotated[str, Text(30, required=True)]
    """The act by which the learner was assessed."""
    department_code: Annotated[str, Text(2, required=True)]
    department: Annotated[str, Text(150, required=True)]
    school_code: Annotated[str, Text(20, required=True)]
    school: Annotated[str, Text(150, required=True)]
    school_address: SchoolAddress
    stage: Annotated[str, Text(2, required=True)]
    grade: Annotated[str, Text(2, required=True, pattern="[1-9]|1[0-2]")]
    class_name: Annotated[str, Text(10, required=True)]
    status: Annotated[Status | None, Pick(required=True)] = Status.EFFECTIVE
    from_paper: YesNo = False
    """The data come from a paper transcript."""
    register_number: Annotated[str, Text(50)] = ""
    replaces: Annotated[str, Text(64, pattern="[0-9a-f]{64}")] = ""
    """SHA-256 of the file of the version before; empty in the first one."""
    reason: Annotated[str, Text(500)] = ""
    """Why the version before was replaced."""
    decision: Annotated[str, Text(100)] = ""
    """Number of the decision on the correction."""


@dataclass(frozen=True, slots=True)
class Birth:
    """The day, or the month, or only the year of birth."""

    day: MaybeDay = None
    month: Annotated[str, Text(7, pattern="[0-9]{4}-(0[1-9]|1[0-2])")] = ""
    year: Annotated[str, Text(4, pattern="[0-9]{4}")] = ""


@dataclass(frozen=True, slots=True)
class Relative:
    """Father, mother or guardian."""

    name: PersonName = ""
    occupation: Annotated[str, Text(150)] = ""


NOBODY = Relative()


@dataclass(frozen=True, slots=True)
class Learner:
    """Who the record is about."""

    full_name: NeededName
    personal_id: NeededId
    pupil_code: Annotated[str, Text(20, required=True)]
    birth: Birth
    ethnic_group: Annotated[str, Text(3, required=True)]
    """Code by QCVN 109:2017/BTTTT, as is the nationality."""
    nationality: Annotated[str, Text(2, required=True)]
    birth_place: Locality
    home_town: Locality
    residence: Locality
    sex: Annotated[Sex | None, Pick(required=True)] = Sex.UNKNOWN
    policy_group: Annotated[str, Text(250)] = ""
    not_assessed: YesNo = False
    """With a disability, and not assessed."""
    father: Relative = NOBODY
    mother: Relative = NOBODY
    guardian: Relative = NOBODY


@dataclass(frozen=True, slots=True)
class Signer:
    """A teacher who signs."""

    name: PersonName = ""
    personal_id: PersonalId = ""


NO_TEACHER = Signer()


@dataclass(frozen=True, slots=True)
class Head:
    """The principal, or the vice-principal who signs for them."""

    name: NeededName
    personal_id: NeededId
    title: Annotated[str, Text(150, required=True)]


@dataclass(frozen=True, slots=True)
class Issue:
    """Who issues the record, where and when."""

    homeroom: Signer
    head: Head
    place: Annotated[str, Text(150, required=True)]
    issued_on: NeededDay
    created_on: NeededDay
    organisation_id: Annotated[str, Text(40)] = ""
    """What the school's certificate names it by (tax code or budget unit); not in the dictionary."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that the learner earned."""

    name: Annotated[str, Text(150)]
    kind: Annotated[str, Text(500)]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A year before this one."""

    school_year: Annotated[str, Text(9, required=True, pattern="[0-9]{4}-[0-9]{4}")]
    class_name: Annotated[str, Text(100, required=True)]
    school: Annotated[str, Text(250, required=True)]
    province: Annotated[str, Text(150, required=True)]
    came_on: MaybeDay = None
    """The day of the transfer into that school."""


Rewards = Comment
