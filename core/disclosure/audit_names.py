"""What this part records, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.audit.words import uuids
from core.data.context import Context
from core.types.contributions import AuditAction, AuditTarget
from core.types.message import Message, _

from .access import APPROVE
from .models import ExportRequest, ExportTaken
from .purposes import label_of


def _purpose(detail: Mapping[str, Any]) -> Message | None:
    return label_of(str(detail.get("purpose")))


def _persons(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s persons", count=detail.get("persons"))


def _remark(detail: Mapping[str, Any]) -> Message | None:
    return Message("%(text)s", {"text": str(detail.get("remark") or "–")})


ACTIONS = [
    AuditAction("access.purpose_stated", _("Purpose stated to read sensitive data"), _purpose),
    AuditAction("access.emergency_opened", _("Record opened in an emergency")),
    AuditAction("access.emergency_closed", _("Emergency access ended")),
    AuditAction("access.emergency_reviewed", _("Emergency access reviewed"), _remark),
    AuditAction("access.exported", _("List with personal data taken out"), _persons),
    AuditAction("access.export_requested", _("Agreement to an export asked for"), _persons),
    AuditAction("access.export_agreed", _("Export agreed to"), _persons),
    AuditAction("access.export_refused", _("Export refused"), _remark),
]


def _lists(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = uuids(ids)
    found: dict[str, str | Message] = {}
    for table in (ExportTaken, ExportRequest):
        query = select(table.id, table.label).where(table.school_id == ctx.school_id, table.id.in_(wanted))
        found |= {str(row.id): Message.from_json(row.label) for row in ctx.session.execute(query)}
    return found


TARGETS = [AuditTarget("export", _("Export"), APPROVE, _lists)]
