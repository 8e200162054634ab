"""Results of a year in primary (grades 1-5) and secondary school (grades 6-12), and the whole record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..rules.slots import Place as Slot
from ..rules.slots import Role
from .kinds import (
    Absences,
    Achievement,
    Comment,
    MaybeLevel,
    MaybeRating,
    NeededComment,
    NeededLevel,
    Pick,
    TermMark,
    TestMark,
    Text,
    Whole,
    YesNo,
)
from .people import NO_TEACHER, Certificate, Earlier, Header, Issue, Learner, Rewards, Signer

SubjectCode = Annotated[str, Text(20, required=True, pattern="[A-Za-z0-9][A-Za-z0-9_-]{0,19}")]
"""Also part of Ids."""
Outcome = Annotated[str, Text(150)]


@dataclass(frozen=True, slots=True)
class PrimarySubject:
    """A subject of a year in primary school."""

    code: SubjectCode
    name: Annotated[str, Text(50, required=True)]
    achievement: Annotated[Achievement | None, Pick()] = None
    test: TestMark = ""
    """Periodic test at the end of the year."""
    teacher: Signer = NO_TEACHER
    """Given only where the subject's teacher signs too; the law asks for the homeroom teacher alone."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Competences and qualities (Circular 27/2020/TT-BGDĐT)."""

    self_study: MaybeRating = None
    communication: MaybeRating = None
    problem_solving: MaybeRating = None
    language: MaybeRating = None
    mathematics: MaybeRating = None
    science: MaybeRating = None
    technology: MaybeRating = None
    informatics: MaybeRating = None
    aesthetics: MaybeRating = None
    physical: MaybeRating = None
    patriotism: MaybeRating = None
    kindness: MaybeRating = None
    diligence: MaybeRating = None
    honesty: MaybeRating = None
    responsibility: MaybeRating = None


@dataclass(frozen=True, slots=True)
class PrimaryYear:
    """What a year in primary school came to."""

    subjects: tuple[PrimarySubject, ...]
    ratings: Ratings
    excused: Absences
    unexcused: Absences
    general_comment: Annotated[str, Text(500, required=True)]
    specific_comment: Annotated[str, Text(500, required=True)]
    homeroom_comment: NeededComment
    promoted: YesNo
    grade_completed: YesNo
    stage_completed: YesNo = False
    quality_comment: Annotated[str, Text(500)] = ""
    weight_kg: Annotated[int | None, Whole(1, 300)] = None
    height_cm: Annotated[int | None, Whole(10, 300)] = None
    outcome: Annotated[str, Text(50)] = ""
    completion: Comment = ""
    rewards: Rewards = ""
    special_rewards: Rewards = ""


@dataclass(frozen=True, slots=True)
class SecondarySubject:
    """A subject of a year in secondary school."""

    code: SubjectCode
    name: Annotated[str, Text(50, required=True)]
    teacher: Signer
    term1: TermMark = ""
    term2: TermMark = ""
    year: TermMark = ""
    retest: TermMark = ""
    comment: Comment = ""


@dataclass(frozen=True, slots=True)
class SecondaryYear:
    """What a year in secondary school came to."""

    subjects: tuple[SecondarySubject, ...]
    learning1: NeededLevel
    learning2: NeededLevel
    learning: NeededLevel
    training1: NeededLevel
    training2: NeededLevel
    training: NeededLevel
    promoted: YesNo
    promotion: Annotated[str, Text(150, required=True)]
    """The outcome in words: promoted, by re-test, by training in the summer, stays."""
    homeroom_comment: NeededComment
    learning_after_retest: MaybeLevel = None
    training_after_summer: MaybeLevel = None
    absences: Annotated[int | None, Whole(0, 200)] = None
    completion: Outcome = ""
    training_comment: Annotated[str, Text(500)] = ""
    certificates: tuple[Certificate, ...] = ()
    competitions: Comment = ""
    rewards: Rewards = ""


@dataclass(frozen=True, slots=True)
class YearTranscript:
    """One year of one learner, as it is frozen and signed. Exactly one of `primary` and `secondary` is there."""

    header: Header
    learner: Learner
    issue: Issue
    history: tuple[Earlier, ...] = ()
    primary: PrimaryYear | None = None
    secondary: SecondaryYear | None = None

    @property
    def subjects(self) -> tuple[PrimarySubject, ...] | tuple[SecondarySubject, ...]:
        """Results by subject, of whichever stage."""
        if self.primary:
            return self.primary.subjects
        return self.secondary.subjects if self.secondary else ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every place that has to be signed, in the order of signing."""
        teachers = [Slot(Role.SUBJECT, one.code) for one in self.subjects if one.teacher.personal_id]
        return (*teachers, Slot(Role.HOMEROOM), Slot(Role.PRINCIPAL), Slot(Role.SEAL))

    def signer(self, slot: Slot) -> tuple[str, str]:
        """Name and personal ID (the organisation's id for the seal) of who has to sign in a place."""
        if slot.role is Role.HOMEROOM:
            return self.issue.homeroom.name, self.issue.homeroom.personal_id
        if slot.role is Role.PRINCIPAL:
            return self.issue.head.name, self.issue.head.personal_id
        if slot.role is Role.SEAL:
            return self.header.school, self.issue.organisation_id
        found = next((one.teacher for one in self.subjects if one.code == slot.subject), NO_TEACHER)
        return found.name, found.personal_id
