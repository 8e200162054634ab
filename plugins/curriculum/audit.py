"""What the module records in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import AuditAction, AuditTarget, Message, _
from core.sdk.audit import names_of
from core.sdk.people import Person

from .models import Subject


def _grade(detail: Mapping[str, Any]) -> Message | None:
    return _("Grade %(grade)s", grade=detail["grade"])


def _taken(detail: Mapping[str, Any]) -> Message | None:
    return _("%(subjects)s subjects, %(courses)s courses", subjects=detail["subjects"], courses=detail["courses"])


ACTIONS = [
    AuditAction("curriculum.programme.taken_over", _("National programme taken over"), _taken),
    AuditAction("curriculum.subject.added", _("Subject added")),
    AuditAction("curriculum.plan.changed", _("Plan of a grade changed"), _grade),
    AuditAction("curriculum.plan.removed", _("Subject taken out of the plan"), _grade),
    AuditAction("curriculum.course.opened", _("Subject given to a class")),
    AuditAction("curriculum.course.closed", _("Subject taken from a class")),
    AuditAction("curriculum.teacher.added", _("Teacher added")),
    AuditAction("curriculum.teacher.retired", _("Teacher retired")),
    AuditAction("curriculum.teaching.assigned", _("Lessons assigned")),
    AuditAction("curriculum.homeroom.set", _("Homeroom teacher set")),
]
TARGETS = [
    AuditTarget("curriculum_subject", _("Subject"), "curriculum.plan.read", names_of(Subject.id, Subject.name_vi)),
    AuditTarget("curriculum_teacher", _("Teacher"), "curriculum.plan.read", names_of(Person.id, Person.full_name)),
]
