"""What the module records in the audit trail, in plain words.

Taking a register is proved by the register itself (who, when, and the history of each mark); the trail has what is
done afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.sdk import AuditAction, AuditTarget, Context, Message, _
from core.sdk.audit import uuids
from core.sdk.people import Person

from . import events
from .models import Request


def _changed(detail: Mapping[str, Any]) -> Message | None:
    return _("%(pupils)s pupils, register of %(day)s", pupils=detail["pupils"], day=detail["day"])


def _term(detail: Mapping[str, Any]) -> Message | None:
    return _("Term %(number)s", number=detail["term"])


def _terms(detail: Mapping[str, Any]) -> Message | None:
    return _("Terms %(numbers)s", numbers=", ".join(map(str, detail["terms"])))


ACTIONS = [
    AuditAction("attendance.register.changed", _("Register changed"), _changed),
    AuditAction("attendance.total.typed", _("Totals of absences typed"), _term),
    AuditAction("attendance.former.entered", _("Absences at the former school entered"), _terms),
    AuditAction(events.REPORTED, _("Absence reported by the family")),
    AuditAction(events.DECIDED, _("Request for leave decided")),
    AuditAction("attendance.request.withdrawn", _("Request for leave taken back")),
]


def _requests(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    """A request is called after its pupil."""
    query = select(Request.id, Person.full_name).join(Person, Person.id == Request.learner_id)
    return {str(i): name for i, name in ctx.session.execute(query.where(Request.id.in_(uuids(ids))))}


TARGETS = [AuditTarget("attendance_request", _("Request for leave"), "attendance.request.decide", _requests)]
