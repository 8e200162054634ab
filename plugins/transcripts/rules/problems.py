"""What keeps a record from being frozen, or from being signed soon after (transcripts.md, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.sdk import Message, _


class Problem(StrEnum):
    """By name, for lists and counts; most of them concern one pupil, some a class."""

    MARKS_OPEN = "marks_open"
    NO_HOMEROOM = "no_homeroom"
    NO_TEACHER = "no_teacher"
    NO_LEADER = "no_leader"
    NO_CERTIFICATE = "no_certificate"
    NOT_SHOWN = "not_shown"
    NO_PERSONAL_ID = "no_personal_id"
    NO_CODE = "no_code"
    NO_BIRTH = "no_birth"
    MARKS_MISSING = "marks_missing"
    SUMMER = "summer"
    PRINCIPAL_DECIDES = "principal_decides"
    NO_COMMENT = "no_comment"
    NO_ABSENCES = "no_absences"
    FIELD = "field"
    """A field of the record is not as the layout wants it."""


LABELS: Mapping[Problem, Message] = {
    Problem.MARKS_OPEN: _("Marks are not locked yet"),
    Problem.NO_HOMEROOM: _("The class has no homeroom teacher"),
    Problem.NO_TEACHER: _("Nobody teaches the subject"),
    Problem.NO_LEADER: _("Nobody is named who confirms for the leadership"),
    Problem.NO_CERTIFICATE: _("No certificate is registered"),
    Problem.NOT_SHOWN: _("Families have not been shown the marks"),
    Problem.NO_PERSONAL_ID: _("The personal ID is missing"),
    Problem.NO_CODE: _("The pupil's code is missing"),
    Problem.NO_BIRTH: _("The date of birth is missing"),
    Problem.MARKS_MISSING: _("Marks or levels are missing"),
    Problem.SUMMER: _("A second assessment after the summer is still to come"),
    Problem.PRINCIPAL_DECIDES: _("The principal still has to decide about moving up"),
    Problem.NO_COMMENT: _("The comment of the homeroom teacher is missing"),
    Problem.NO_ABSENCES: _("Absences are not known for the whole year"),
    Problem.FIELD: _("A field of the record is not as it has to be"),
}
ONLY_WARNINGS = frozenset({Problem.NOT_SHOWN, Problem.NO_ABSENCES})
"""These do not keep a record from being frozen. A missing certificate does: the record names the personal ID of
everyone who has to sign it, and the registered certificate is where that comes from."""


@dataclass(frozen=True, slots=True)
class Found:
    """One problem of one pupil, or with `learner_id` None of the whole class."""

    problem: Problem
    learner_id: UUID | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    """`subject`, `person`, `field`: what exactly."""

    @property
    def blocks(self) -> bool:
        return self.problem not in ONLY_WARNINGS
