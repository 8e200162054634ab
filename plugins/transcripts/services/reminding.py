"""Reminding: who still has to sign, and whose certificate ends soon. One message a person and day at most."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, _
from core.sdk.data import local_date, query
from core.sdk.notify import tell_persons

from ..models import Signer
from ..rules.slots import Role
from ..rules.states import IN_WORK, TURN
from ..settings import days

_WAITING = """
SELECT s.person_id, s.role, count(*), min(r.frozen_at)
FROM transcripts_slot s JOIN transcripts_year_record r ON r.school_id = s.school_id AND r.id = s.record_id
WHERE s.school_id = :school AND s.state = 'waiting' AND s.person_id IS NOT NULL AND r.state = ANY(:states)
  AND r.state = (CAST(:turns AS jsonb) ->> s.role)
GROUP BY s.person_id, s.role
"""
BEFORE_END = (timedelta(days=30), timedelta(days=7))
"""How long before the end of a certificate its holder is told."""
_PATH = "/transcripts/signing"


def remind(ctx: Context) -> int:
    """Tell who is late, and whose certificate ends in 30 or 7 days; returns how many messages were written."""
    return _late(ctx) + _ending(ctx)


def _late(ctx: Context) -> int:
    today, told = local_date(ctx.now()), 0
    turns = "{" + ",".join(f'"{role}":"{state}"' for role, state in TURN.items()) + "}"
    wanted = {"school": ctx.school_id, "states": [*IN_WORK], "turns": turns}
    for person_id, role, count, frozen_at in query(ctx, _WAITING, wanted):
        if local_date(frozen_at) + timedelta(days=days(ctx, Role(role))) >= today:
            continue
        told += tell_persons(
            ctx, [person_id], "transcripts.signing.late", _("Transcripts wait for your signature"),
            _("%(count)s transcripts wait for your signature. Others can sign only after you.", count=count),
            url=_PATH, key=f"transcripts.late:{role}:{today.isoformat()}",
        )  # fmt: skip
    return told


def _ending(ctx: Context) -> int:
    today, told = local_date(ctx.now()), 0
    for before in BEFORE_END:
        ends = select(Signer.person_id, Signer.id, Signer.valid_to).where(
            Signer.school_id == ctx.school_id, Signer.ended_at.is_(None), Signer.person_id.is_not(None),
            Signer.valid_to > ctx.now(), Signer.valid_to <= ctx.now() + before,
        )  # fmt: skip
        for person_id, signer_id, valid_to in ctx.session.execute(ends):
            told += _tell_end(ctx, person_id, signer_id, before.days, (local_date(valid_to) - today).days)
    return told


def _tell_end(ctx: Context, person_id: UUID | None, signer_id: UUID, before: int, left: int) -> int:
    if person_id is None:
        return 0
    return tell_persons(
        ctx, [person_id], "transcripts.certificate.ending", _("Your certificate for signing ends soon"),
        _("It ends in %(days)s days. Please renew it and tell the school office.", days=left),
        key=f"transcripts.certificate:{signer_id}:{before}",
    )  # fmt: skip
