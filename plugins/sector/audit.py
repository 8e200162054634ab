"""What the module records in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.sdk import AuditAction, AuditTarget, Context, Message, _
from core.sdk.audit import uuids

from . import events
from .access import READ
from .models import Batch
from .words import KIND_WORDS


def _rows(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s rows", count=detail["rows"])


def _answer(detail: Mapping[str, Any]) -> Message | None:
    return _("%(accepted)s taken, %(refused)s refused", accepted=detail["accepted"], refused=detail["refused"])


def _kind(detail: Mapping[str, Any]) -> Message | None:
    return KIND_WORDS.get(str(detail.get("kind")))


ACTIONS = [
    AuditAction("sector.batch.made", _("Batch for the sector's database checked"), _kind),
    AuditAction("sector.batch.row_left_out", _("Rows left out of a batch, or taken in again"), _rows),
    AuditAction("sector.batch.written", _("File for the sector's database written"), _rows),
    AuditAction("sector.batch.discarded", _("Batch for the sector's database discarded"), _kind),
    AuditAction(events.HANDED, _("Batch handed over to the sector's database"), _rows),
    AuditAction(events.ANSWERED, _("Answer of the sector's database read"), _answer),
    AuditAction("sector.shape.loaded", _("Template of the sector's files loaded"), _kind),
    AuditAction("sector.shape.removed", _("Template of the sector's files removed"), _kind),
]


def _names(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    query = select(Batch.id, Batch.number).where(Batch.id.in_(uuids(ids)))
    return {str(id): _("Batch %(number)s", number=number) for id, number in ctx.session.execute(query)}


TARGETS = [
    AuditTarget("sector_batch", _("Batch for the sector's database"), READ, _names, "sector.batch", "batch_id"),
    AuditTarget("sector_shape", _("Template of the sector's files"), READ),
]
