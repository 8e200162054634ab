"""What the module records in the audit trail, in plain words, and the pages of the records it happened to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import AuditAction, AuditTarget, Message, _
from core.sdk.audit import names_of
from core.sdk.people import Person

from .models import Import, SchoolClass
from .rules.moves import KINDS


def _class_name(detail: Mapping[str, Any]) -> Message | None:
    return _("Class %(name)s", name=detail["name"])


def _rows(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s rows", count=detail["rows"])


def _slips(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s slips", count=detail["count"])


def _step(detail: Mapping[str, Any]) -> Message | None:
    return KINDS.get(str(detail.get("kind")))


def _pupils(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s pupils", count=detail["count"])


ACTIONS = [
    AuditAction("learners.learner.created", _("Pupil entered")),
    AuditAction("learners.learner.changed", _("Record of a pupil changed")),
    AuditAction("learners.profile.changed", _("Record of a pupil changed")),
    AuditAction("learners.record.verified", _("Record compared with papers")),
    AuditAction("learners.identifier.added", _("Number of a pupil entered")),
    AuditAction("learners.identifier.removed", _("Number of a pupil taken out")),
    AuditAction("learners.guardian.changed", _("Rights of the family changed")),
    AuditAction("learners.sibling.said", _("Siblings confirmed or denied")),
    AuditAction("learners.policy.added", _("Policy group entered")),
    AuditAction("learners.policy.verified", _("Policy group verified")),
    AuditAction("learners.policy.ended", _("Policy group ended")),
    AuditAction("learners.record.merged", _("Double records made one")),
    AuditAction("learners.record.unmerged", _("Records taken apart again")),
    AuditAction("learners.record.distinct", _("Records said to be of two pupils")),
    AuditAction("learners.movement.entered", _("Coming or leaving of a pupil entered"), _step),
    AuditAction("learners.movement.taken_back", _("Coming or leaving of a pupil taken back"), _step),
    AuditAction("learners.outcomes.taken", _("Promotion of pupils decided"), _pupils),
    AuditAction("learners.batch.rollover", _("School year rolled over"), _pupils),
    AuditAction("learners.batch.split", _("Class split"), _pupils),
    AuditAction("learners.batch.join", _("Classes joined"), _pupils),
    AuditAction("learners.batch.undone", _("Move of many pupils taken back"), _pupils),
    AuditAction("learners.class.opened", _("Class opened"), _class_name),
    AuditAction("learners.class.removed", _("Class removed"), _class_name),
    AuditAction("learners.class.sheet_printed", _("Invitations of a class printed"), _slips),
    AuditAction("learners.import.planned", _("List of pupils read in"), _rows),
    AuditAction("learners.import.confirmed", _("List of pupils taken over")),
    AuditAction("learners.import.undone", _("Import of a list undone")),
    AuditAction("learners.import.discarded", _("Import of a list set aside")),
]

TARGETS = [
    AuditTarget(
        "learner",
        _("Pupil"),
        "learners.learner.read",
        names_of(Person.id, Person.full_name),
        "learners.show",
        "learner_id",
    ),
    AuditTarget("learners_class", _("Class"), "learners.learner.read", names_of(SchoolClass.id, SchoolClass.name)),
    AuditTarget("learners_batch", _("Move of many pupils"), "learners.year.roll"),
    AuditTarget(
        "learners_import",
        _("Import of a list"),
        "learners.import.run",
        names_of(Import.id, Import.file_name),
        "learners.import_",
        "import_id",
    ),
]
