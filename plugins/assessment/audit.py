"""What the module records in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import AuditAction, AuditTarget, Context, Message, _
from core.sdk.audit import uuids
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from .access import READ, RULES
from .grid.words import KINDS, TERMS
from .models import Gradebook, MarkImport, OwnRuleSet


def _cells(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s cells", count=detail["count"])


def _term(detail: Mapping[str, Any]) -> Message | None:
    return TERMS.get(detail["term"])


def _reason(detail: Mapping[str, Any]) -> Message | None:
    return _("Reason: %(reason)s", reason=detail["reason"]) if detail.get("reason") else None


def _kinds(detail: Mapping[str, Any]) -> Message | None:
    return KINDS.get(detail.get("kind") or (detail.get("kinds") or [""])[0])


def _books(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    """`7A1 · Toán`, by the id of the book."""
    wanted = select(Gradebook.id, Gradebook.class_id, Gradebook.course_id).where(
        Gradebook.school_id == ctx.school_id, Gradebook.id.in_(uuids(ids))
    )
    rows = ctx.session.execute(wanted).all()
    names: dict[UUID, str] = {row.class_id: learners.class_of(ctx, row.class_id).name for row in rows}
    subjects = {line.id: line.name_vi for row in rows for line in curriculum.courses(ctx, class_id=row.class_id)}
    return {
        str(row.id): f"{names[row.class_id]} · {subjects[row.course_id]}"
        if row.course_id in subjects
        else names[row.class_id]
        for row in rows
    }


def _files(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = select(MarkImport.id, MarkImport.file_name).where(
        MarkImport.school_id == ctx.school_id, MarkImport.id.in_(uuids(ids))
    )
    return {str(row.id): row.file_name for row in ctx.session.execute(wanted)}


def _rule_sets(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = select(OwnRuleSet.id, OwnRuleSet.code).where(
        OwnRuleSet.school_id == ctx.school_id, OwnRuleSet.id.in_(uuids(ids))
    )
    return {str(row.id): row.code for row in ctx.session.execute(wanted)}


def _pupils(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s pupils", count=detail["pupils"])


def _brought(detail: Mapping[str, Any]) -> Message | None:
    return _("%(term)s, from %(school)s", term=TERMS[detail["term"]], school=detail["school"])


ACTIONS = [
    AuditAction("assessment.results.calculated", _("Results of the year calculated"), _pupils),
    AuditAction("assessment.printed", _("Documents of a class printed"), _pupils),
    AuditAction("assessment.summer.entered", _("Second chances after the year entered")),
    AuditAction("assessment.brought.entered", _("Results of another school entered"), _brought),
    AuditAction("assessment.brought.taken_back", _("Results of another school taken back"), _term),
    AuditAction("assessment.approver.named", _("Somebody named who approves marks")),
    AuditAction("assessment.approver.withdrawn", _("Somebody approves marks no more")),
    AuditAction("assessment.marks.saved", _("Marks entered"), _cells),
    AuditAction("assessment.book.locked", _("Marks locked")),
    AuditAction("assessment.book.approved", _("Marks approved")),
    AuditAction("assessment.reopening.asked", _("Opening of locked marks asked for"), _reason),
    AuditAction("assessment.reopening.declined", _("Opening of locked marks declined")),
    AuditAction("assessment.book.reopened", _("Marks opened again"), _reason),
    AuditAction("assessment.marks.published", _("Marks shown to families"), _term),
    AuditAction("assessment.marks.withdrawn", _("Marks hidden from families"), _term),
    AuditAction("assessment.window.set", _("Time for entering marks set"), _kinds),
    AuditAction("assessment.window.removed", _("Time for entering marks removed"), _kinds),
    AuditAction("assessment.rules.added", _("Rule set of the school loaded")),
    AuditAction("assessment.rules.classes", _("Classes of a rule set chosen")),
    AuditAction("assessment.rules.taken_back", _("Rule set of the school taken back")),
    AuditAction("assessment.import.planned", _("Workbook of marks read in")),
    AuditAction("assessment.import.confirmed", _("Workbook of marks taken over"), _cells),
    AuditAction("assessment.import.undone", _("Workbook of marks taken back"), _cells),
]
TARGETS = [
    AuditTarget("assessment_rule_set", _("Rule set"), RULES, _rule_sets),
    AuditTarget("gradebook", _("Gradebook"), READ, _books),
    AuditTarget("assessment_import", _("Workbook of marks"), READ, _files, "assessment.import_", "import_id"),
]
