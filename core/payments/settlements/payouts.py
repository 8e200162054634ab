"""What a service pays out to the school's account: the lines that it settles, its fee, and the transfer at the bank.

The transfer comes as money without a name. Where its text names a service and its amount is the net of a day, of a
file, or of all that is due up to a day, it is that payout: suspense and clearing are cleared, the fee is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.types import local_date
from core.payments import channels, providers
from core.payments.accounts import PROVIDER_FEE, SUSPENSE
from core.payments.channels import Channel
from core.payments.ledger.entries import Entry, Line, post, reverse
from core.payments.matching.text import squeeze
from core.types.errors import Conflict, NotFound
from core.types.message import _


@dataclass(frozen=True, slots=True)
class Payout:
    """Lines of a service that are paid out together. Whole dong."""

    channel_id: UUID
    first_day: date
    last_day: date
    lines: tuple[UUID, ...]
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee


_UNPAID = text(
    """
SELECT id, file_id, day, amount, fee FROM core_settlement_line
 WHERE school_id = :school AND rail = :rail AND payout_id IS NULL AND kind IN ('payment', 'refund') AND day <= :upto
 ORDER BY day, occurred_at, id
"""
)
_WAITING = text(
    """
SELECT c.id, c.amount, c.evidence_id, c.facts ->> 'memo' AS memo, e.occurred_at
  FROM core_exception_case c JOIN core_evidence e ON e.id = c.evidence_id
 WHERE c.school_id = :school AND c.state = 'open' AND c.kind = 'unmatched'
   AND (CAST(:id AS uuid) IS NULL OR c.id = :id) ORDER BY e.occurred_at, c.id FOR NO KEY UPDATE OF c
"""
)
_PAID = text(
    "UPDATE core_settlement_line SET payout_id = :entry WHERE school_id = :school AND payout_id IS NULL "
    "AND id = ANY(CAST(:lines AS uuid[]))"
)
_UNDO = text("UPDATE core_settlement_line SET payout_id = NULL WHERE school_id = :school AND payout_id = :entry")
_RESOLVE = text(
    "UPDATE core_exception_case SET state = 'resolved', resolution = 'payout', reason = :reason, resolved_by = :who, "
    "resolved_at = :now WHERE id = :id"
)
_LAST = text(
    "SELECT id FROM core_journal_entry WHERE school_id = :school AND source LIKE :source AND kind = 'settlement' "
    "AND reverses_id IS NULL ORDER BY id DESC LIMIT 1"
)
_COUNT = text("SELECT count(*) FROM core_journal_entry WHERE school_id = :school AND source LIKE :source")


def match_payouts(ctx: Context) -> int:
    """Book every transfer in suspense that is certainly the payout of a service; returns how many.

    Runs after each import, of a statement or of a day file, so that either may come first. Needs
    `payments.statement.import`.
    """
    ctx.require("payments.statement.import")
    services = _services(ctx)
    if not services:
        return 0
    booked = 0
    for case in ctx.session.execute(_WAITING, {"school": ctx.school_id, "id": None}).all():
        named = [channel for channel in services if squeeze(channel.provider) in squeeze(case.memo or "")]
        if len(named) != 1:
            continue
        fitting = [p for p in _groups(ctx, named[0], local_date(case.occurred_at)) if p.net == case.amount]
        if len({payout.lines for payout in fitting}) == 1:
            _book(ctx, named[0], case, fitting[0])
            booked += 1
    return booked


def possible(ctx: Context, case_id: UUID) -> list[Payout]:
    """What the transfer of a case could pay out, the nearest amount first. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    case = _case(ctx, case_id)
    day = local_date(case.occurred_at)
    found = {p.lines: p for channel in _services(ctx) for p in _groups(ctx, channel, day) if p.net > 0}
    return sorted(found.values(), key=lambda payout: abs(payout.net - case.amount))[:5]


def settle_case(ctx: Context, case_id: UUID, channel_id: UUID, first_day: date, last_day: date) -> None:
    """Say which days of a service a transfer pays out. Needs `payments.case.resolve`.

    Raises:
        Conflict: the case is decided, or the net of these days is another amount: the rest would be hidden.
    """
    ctx.require("payments.case.resolve")
    case = _case(ctx, case_id)
    channel = channels.load(ctx, channel_id)
    rows = [row for row in _unpaid(ctx, channel, last_day) if row.day >= first_day]
    payout = _payout(channel, rows) if rows else None
    if payout is None or payout.net != case.amount:
        raise Conflict(_("The amount paid out is not the net of these days."))
    _book(ctx, channel, case, payout)


def undo(ctx: Context, case_id: UUID, reason: str) -> None:
    """Take a payout back with a reversing entry; its lines wait again. The caller has locked and reopens the case."""
    entry_id = ctx.session.scalar(_LAST, {"school": ctx.school_id, "source": f"case:{case_id}:%"})
    if entry_id is None:
        raise NotFound()
    back = reverse(ctx, entry_id, source=_source(ctx, case_id), memo=reason)
    post(ctx, Entry(back.source, "settlement", back.occurred_at, back.lines, back.memo, back.evidence_id, entry_id))
    ctx.session.execute(_UNDO, {"school": ctx.school_id, "entry": entry_id})


def _services(ctx: Context) -> list[Channel]:
    installed = providers.installed()
    return [c for c in channels.all_of(ctx) if c.provider in installed and installed[c.provider].flow == "redirect"]


def _case(ctx: Context, case_id: UUID) -> Row[Any]:
    row = ctx.session.execute(_WAITING, {"school": ctx.school_id, "id": case_id}).one_or_none()
    if row is None:
        raise Conflict(_("Somebody has resolved this case already."))
    return row


def _unpaid(ctx: Context, channel: Channel, upto: date) -> list[Row[Any]]:
    values = {"school": ctx.school_id, "rail": channel.rail, "upto": upto}
    return list(ctx.session.execute(_UNPAID, values))


def _groups(ctx: Context, channel: Channel, upto: date) -> list[Payout]:
    """What a service may pay out at once: the lines of a day, of a file, or everything up to a day."""
    rows = _unpaid(ctx, channel, upto)
    days = sorted({row.day for row in rows})
    groups = [
        *([row for row in rows if row.day == day] for day in days),
        *([row for row in rows if row.file_id == file] for file in {row.file_id for row in rows}),
        *([row for row in rows if row.day <= day] for day in days),
    ]
    return [_payout(channel, group) for group in groups]


def _payout(channel: Channel, rows: Sequence[Row[Any]]) -> Payout:
    days: Iterable[date] = [row.day for row in rows]
    return Payout(
        channel.id,
        min(days),
        max(days),
        tuple(row.id for row in rows),
        sum(row.amount for row in rows),
        sum(row.fee for row in rows),
    )


def _book(ctx: Context, channel: Channel, case: Row[Any], payout: Payout) -> None:
    lines = (Line(SUSPENSE, payout.net), Line(PROVIDER_FEE, payout.fee), Line(channel.account, -payout.gross))
    days = f"{payout.first_day:%d/%m/%Y} – {payout.last_day:%d/%m/%Y}"
    entry = Entry(
        source=_source(ctx, case.id),
        kind="settlement",
        occurred_at=case.occurred_at,
        lines=tuple(line for line in lines if line.amount),
        memo=days,
        evidence_id=case.evidence_id,
    )
    post(ctx, entry)
    ctx.session.execute(_PAID, {"school": ctx.school_id, "entry": entry.id, "lines": list(payout.lines)})
    who = {"id": case.id, "who": ctx.actor.name, "now": ctx.now(), "reason": days}
    ctx.session.execute(_RESOLVE, who)
    detail = {"amount": payout.gross, "fee": payout.fee, "number": days}
    audit.record(ctx, "payments.settlement.booked", target=("journal_entry", entry.id), detail=detail)


def _source(ctx: Context, case_id: UUID) -> str:
    """Each decision on a case is an entry of its own."""
    source = f"case:{case_id}:"
    return f"{source}{int(ctx.session.scalar(_COUNT, {'school': ctx.school_id, 'source': source + '%'}) or 0) + 1}"
