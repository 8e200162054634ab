"""What the bank says, kept line by line: against it the books are reconciled, whoever told a transfer first."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import LOCAL_TZ, new_id
from core.payments.channels import Channel
from core.payments.matching import Decision, Outcome, Statement
from core.payments.matching.text import squeeze

_FILE = """
INSERT INTO core_settlement_file (id, school_id, channel_id, rail, name, first_day, last_day, lines, imported_at,
  imported_by)
VALUES (%(id)s, %(school)s, %(channel)s, %(rail)s, %(name)s, %(first)s, %(last)s, %(lines)s, %(now)s, %(who)s)
"""
_LINES = """
INSERT INTO core_settlement_line (id, school_id, file_id, rail, kind, number, reference, day, occurred_at, amount, fee,
  memo, outcome, details, evidence_id)
SELECT uuidv7(), %(school)s, %(file)s, %(rail)s, n.kind, n.number, '',
       (n.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, n.occurred_at, n.amount, 0, n.memo, n.outcome,
       n.details, e.id
  FROM json_to_recordset(%(lines)s::json)
       AS n(kind text, number text, occurred_at timestamptz, amount bigint, memo text, outcome text, details jsonb)
  LEFT JOIN core_evidence e ON e.school_id = %(school)s AND e.rail = %(rail)s AND e.kind = n.kind
   AND e.provider_txn = n.number
ON CONFLICT (school_id, rail, kind, number) DO NOTHING
"""


def keep(
    ctx: Context,
    channel: Channel,
    name: str,
    statement: Statement,
    decisions: Sequence[Decision],
    numbers: Sequence[str],
) -> None:
    """Keep every line that can be read and dated, each number once for ever; the account is held."""
    moments = [line.booked_at for line in statement.lines if line.booked_at]
    if not moments:
        return
    days = [moment.astimezone(LOCAL_TZ).date() for moment in (min(moments), max(moments))]
    file_id = new_id()
    values = {
        "id": file_id,
        "school": ctx.school_id,
        "channel": channel.id,
        "rail": channel.rail,
        "name": name,
        "first": days[0],
        "last": days[1],
        "lines": len(statement.lines),
        "now": ctx.now(),
        "who": ctx.actor.name,
    }
    direct(ctx, _FILE, values)
    rows = (
        {
            "kind": "credit" if decision.line.credit else "debit",
            "number": squeeze(number) or number,
            "occurred_at": decision.line.booked_at,
            "amount": decision.line.credit or -(decision.line.debit or 0),
            "memo": decision.line.text,
            "outcome": _outcome(decision),
            "details": _details(decision),
        }
        for decision, number in zip(decisions, numbers, strict=True)
        if _moved(decision)
    )
    values = {"school": ctx.school_id, "file": file_id, "rail": channel.rail, "lines": records(rows)}
    direct(ctx, _LINES, values)


def _moved(decision: Decision) -> bool:
    """Whether money moved by this line, and it is not the second of two in the same file."""
    line = decision.line
    return bool(line.booked_at and line.readable and (line.credit or line.debit) and decision.duplicate_of is None)


def _outcome(decision: Decision) -> str:
    """Of a line that a notice told first: it is known, whatever it was for."""
    return "known" if decision.outcome is Outcome.DUPLICATE else decision.outcome.value


def _details(decision: Decision) -> dict[str, str]:
    because = decision.how or decision.reason or decision.kind
    return {"why": str(because)} if because else {}
