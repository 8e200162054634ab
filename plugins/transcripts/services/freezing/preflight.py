"""What is missing before records can be made: by pupil, and for the class."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context
from core.sdk.data import query
from plugins.assessment import public as assessment
from plugins.learners import public as learners

from ...access import FREEZE
from ...record.people import NO_TEACHER
from ...record.problems import problems as problems_of_record
from ...record.years import YearTranscript
from ...rules.problems import Found, Problem
from ...rules.slots import Place, Role
from ...rules.states import IN_FORCE, IN_WORK
from ..entitlement import entitled
from .composing import Edition, Frame, People, compose
from .frame import Staff, frame, staff

_STANDING = """
SELECT r.learner_id, r.state FROM transcripts_year_record r
WHERE r.school_id = :school AND r.year_id = :year AND r.learner_id = ANY(:learners) AND r.state = ANY(:states)
"""
_DRAFT = Edition(UUID(int=0), 1)
_TOLD_ELSEWHERE = ("learner.personal_id", "learner.pupil_code", "learner.birth", "homeroom_comment")
"""Fields of which a problem of its own speaks."""


@dataclass(frozen=True, slots=True)
class ClassCheck:
    """What a class needs for its records.

    Attributes:
        fit: pupils whose record can be made now.
        standing: pupils who have a record that is being signed or in force.
        working: those of them who have one that is being signed.
    """

    year: assessment.ClassYear
    found: tuple[Found, ...]
    fit: frozenset[UUID]
    standing: frozenset[UUID]
    working: frozenset[UUID]
    frame: Frame
    people: People
    staff: Staff
    identities: dict[UUID, learners.Identity]

    def of(self, learner_id: UUID | None) -> list[Found]:
        """The problems of one pupil, or of the class."""
        return [one for one in self.found if one.learner_id == learner_id]


def check_school(ctx: Context, class_ids: Collection[UUID] | None = None) -> Iterator[ClassCheck]:
    """The checks of the classes of the current year, one after the other."""
    ctx.require(FREEZE)
    for row in ctx.session.execute(learners.classes(ctx)):
        if 1 <= row.grade <= 12 and (class_ids is None or row.class_id in class_ids):
            yield check_class(ctx, row.class_id)


def check_class(ctx: Context, class_id: UUID) -> ClassCheck:
    """What a class needs. For those who make records.

    Raises:
        Forbidden. NotFound: no such class, or no rules hold for it.
    """
    ctx.require(FREEZE)
    year = assessment.class_year(ctx, class_id)
    ids = [pupil.member.id for pupil in year.pupils]
    known = staff(ctx, entitled(ctx, year.klass.year_id))
    around = frame(ctx, known)
    who = learners.identities(ctx, ids, around.day)
    people, found = _people(year, known)
    found += [*_of_class(year)]
    states = _standing(ctx, year, ids)
    standing = frozenset(id for id, _state in states)
    working = frozenset(id for id, state in states if state in IN_WORK)
    blocked = any(one.blocks for one in found)
    fit = set[UUID]()
    for pupil in year.pupils:
        mine = [*_of_pupil(pupil, who[pupil.member.id])]
        if not blocked and around.head is not None and not any(one.blocks for one in mine):
            mine += _of_record(compose(around, year, pupil, who[pupil.member.id], people, _DRAFT), pupil.member.id)
        found += mine
        if not blocked and not any(one.blocks for one in mine) and pupil.member.id not in standing:
            fit.add(pupil.member.id)
    return ClassCheck(year, tuple(found), frozenset(fit), standing, working, around, people, known, who)


def _standing(ctx: Context, year: assessment.ClassYear, ids: list[UUID]) -> list[tuple[UUID, str]]:
    wanted = {
        "school": ctx.school_id, "year": year.klass.year_id, "learners": ids, "states": [*IN_WORK, *IN_FORCE],
    }  # fmt: skip
    return [(row[0], row[1]) for row in query(ctx, _STANDING, wanted)]


def _people(year: assessment.ClassYear, known: Staff) -> tuple[People, list[Found]]:
    """Who has to sign, and who of them is missing. In primary school the homeroom teacher alone (Circular 27/2020)."""
    class_id, found = year.klass.id, list[Found]()
    places = [Place(Role.HOMEROOM), Place(Role.PRINCIPAL)]
    if year.rules.primary is None:
        places = [*(Place(Role.SUBJECT, course.code) for course in year.courses), *places]
    names = {course.code: course.name_vi for course in year.courses}
    nobody = {
        Role.SUBJECT: Problem.NO_TEACHER, Role.HOMEROOM: Problem.NO_HOMEROOM, Role.PRINCIPAL: Problem.NO_LEADER,
    }  # fmt: skip
    signers = {}
    for place in places:
        signers[place] = known.signer(class_id, place)
        if signers[place] is not None:
            continue
        person = known.person(class_id, place)
        if person is None:
            found.append(Found(nobody[place.role], None, {"subject": names.get(place.subject, "")}))
        else:
            name = {"person": known.names[person], "subject": names.get(place.subject, "")}
            found.append(Found(Problem.NO_CERTIFICATE, None, name))
    homeroom = signers[Place(Role.HOMEROOM)] or NO_TEACHER
    teachers = {place.subject: one for place, one in signers.items() if place.role is Role.SUBJECT and one is not None}
    return People(homeroom, teachers), found


def _of_class(year: assessment.ClassYear) -> Iterator[Found]:
    for book in year.open_books:
        yield Found(Problem.MARKS_OPEN, None, {"subject": book.name, "term": str(book.term)})
    if year.published != {1, 2}:
        yield Found(Problem.NOT_SHOWN)


def _of_pupil(pupil: assessment.PupilYear, who: learners.Identity) -> Iterator[Found]:
    id, result = pupil.member.id, pupil.result
    if not who.personal_id:
        yield Found(Problem.NO_PERSONAL_ID, id)
    if not who.code:
        yield Found(Problem.NO_CODE, id)
    if not who.birth:
        yield Found(Problem.NO_BIRTH, id)
    if pupil.waits:
        yield Found(Problem.SUMMER, id)
    elif result.promotion == "PRINCIPAL":
        yield Found(Problem.PRINCIPAL_DECIDES, id)
    elif result.outcome == "undecided":
        yield Found(Problem.MARKS_MISSING, id)
    if not any(result.comments):
        yield Found(Problem.NO_COMMENT, id)
    if pupil.absent is None or (pupil.absent.missing != 0 and pupil.absent.source == "registers"):
        yield Found(Problem.NO_ABSENCES, id)


def _of_record(record: YearTranscript, learner_id: UUID) -> list[Found]:
    return [
        Found(Problem.FIELD, learner_id, {"field": one.path, "code": one.code})
        for one in problems_of_record(record)
        if not one.path.endswith(_TOLD_ELSEWHERE)
    ]
