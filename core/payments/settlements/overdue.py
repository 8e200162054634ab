"""Money that a service has confirmed and that has not come: after T+2 a case of somebody's (fees.md, section 8, R1).

The case belongs to whoever last took over a file of that rail, because that person would have seen the money; anybody
who decides cases may take it over. It closes by itself when the line comes.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.types import local_date
from core.types.errors import Conflict
from core.types.message import _

from .report import ALL, LATE_AFTER

KIND = "no_money"
_LOOK_BACK = timedelta(days=90)
"""Cases of older money were opened when it was younger."""
_OPEN = text(
    ALL  # noqa: S608  (constant parts)
    + """
INSERT INTO core_exception_case
  (id, school_id, kind, subject, state, channel_id, evidence_id, attempt_id, amount, facts, opened_at, reason, owner)
SELECT uuidv7(), :school, 'no_money', 'evidence:' || s.evidence_id, 'open', e.channel_id, e.id, e.attempt_id, e.amount,
       jsonb_build_object('memo', e.memo, 'provider_txn', e.provider_txn, 'day', to_char(s.day, 'DD/MM/YYYY')),
       :now, '', coalesce(
         (SELECT f.imported_by FROM core_settlement_file f WHERE f.school_id = :school AND f.rail = s.rail
           ORDER BY f.imported_at DESC LIMIT 1),
         (SELECT c.resolved_by FROM core_exception_case c WHERE c.school_id = :school AND c.resolved_by <> 'system'
           ORDER BY c.resolved_at DESC LIMIT 1), '')
  FROM stated s JOIN core_evidence e ON e.id = s.evidence_id
 WHERE s.r = 'R1' AND s.late AND e.kind IN ('paid', 'credit')
ON CONFLICT (school_id, kind, subject) DO NOTHING
RETURNING id
"""
)
_CAME = text(
    """
UPDATE core_exception_case c SET state = 'resolved', resolution = 'closed', resolved_by = 'system', resolved_at = :now
 WHERE c.school_id = :school AND c.kind = 'no_money' AND c.state = 'open'
   AND EXISTS (SELECT FROM core_settlement_line l WHERE l.evidence_id = c.evidence_id)
"""
)
_OWN = text(
    "UPDATE core_exception_case SET owner = :who WHERE school_id = :school AND id = :id AND state = 'open' RETURNING id"
)


def open_overdue(ctx: Context) -> int:
    """Open a case for each payment whose money is late; returns how many are new. Runs once a day."""
    today = local_date(ctx.now())
    values = {"school": ctx.school_id, "first": today - _LOOK_BACK, "last": today, "rail": None, "late": LATE_AFTER}
    return len(ctx.session.execute(_OPEN, {**values, "today": today, "now": ctx.now()}).all())


def close_arrived(ctx: Context) -> None:
    """Take the cases off the list whose money has come with a file."""
    ctx.session.execute(_CAME, {"school": ctx.school_id, "now": ctx.now()})


def take_over(ctx: Context, case_id: UUID) -> None:
    """Make an open case one's own. Needs `payments.case.resolve`.

    Raises:
        Conflict: it is resolved.
    """
    ctx.require("payments.case.resolve")
    values = {"school": ctx.school_id, "id": case_id, "who": ctx.actor.name}
    if ctx.session.scalar(_OWN, values) is None:
        raise Conflict(_("Somebody has resolved this case already."))
    audit.record(ctx, "payments.case.owned", target=("payment_case", case_id))
