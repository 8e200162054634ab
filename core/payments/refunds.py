"""Giving money back: asked for by one person, approved by another, sent by the worker, ended by evidence.

Reserved and done refunds stay below what was captured (I8). An order whose answer is lost is UNKNOWN and
is resolved by
asking, never by assuming.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.contributions import Payload, Progress
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import _
from core.work.queue import enqueue

from . import attempts, channels, polling, providers
from .accounts import REFUND_PAYABLE
from .booking import evidence as ev
from .booking.allocation import lock_people
from .booking.outgoing import withdraw
from .cases_open import open_case
from .facts import REFUND_ID
from .ledger.entries import Entry, Line, post
from .port import Fact, FactKind, RefundOrder, Unknown
from .rules import RefundState

SEND = "payments.refund.send"
"""The task that hands an approved refund to its provider."""
ASK_AFTER = (
    *(timedelta(minutes=m) for m in (1, 5, 30)),
    *(timedelta(hours=h) for h in (1, 6)),
    *(timedelta(days=d) for d in (1, 2, 3, 5, 7)),
)

_COLUMNS = (
    "id, attempt_id, evidence_id, person_id, amount, reason, key, state, requested_by, requested_at, "
    "approved_by, "
    "approver_name, approved_at, sent_at, tries"
)
_LOAD = text(f"SELECT {_COLUMNS} FROM core_refund WHERE school_id = :school AND id = :id")  # noqa: S608
_LOCK = text(f"SELECT {_COLUMNS} FROM core_refund WHERE school_id = :school AND id = :id FOR NO KEY UPDATE")  # noqa: S608
_BY_KEY = text("SELECT id FROM core_refund WHERE school_id = :school AND key = :key")
_ROOM = text(
    """
SELECT a.captured - greatest(a.refunded, coalesce(sum(r.amount) FILTER (WHERE r.state = 'done'), 0))
       - coalesce(sum(r.amount) FILTER (WHERE r.state IN ('requested', 'approved', 'sent', 'unknown')), 0)
  FROM core_payment_attempt a LEFT JOIN core_refund r ON r.attempt_id = a.id
 WHERE a.school_id = :school AND a.id = :attempt GROUP BY a.id
"""
)
_PAID = text(
    "SELECT id, provider_txn, amount FROM core_evidence WHERE school_id = :school AND attempt_id = :attempt "
    "AND kind IN ('paid', 'credit') AND reverses IS NULL ORDER BY recorded_at LIMIT 1"
)
_INSERT = text(
    """
INSERT INTO core_refund (id, school_id, attempt_id, evidence_id, person_id, amount, reason, key, state,
requested_by,
  requested_at, approver_name, tries, error)
VALUES (:id, :school, :attempt, :evidence, :person, :amount, :reason, :key, 'requested', :who, :now, '', 0,
'')
"""
)
_APPROVE = text(
    "UPDATE core_refund SET state = 'approved', approved_by = :who, approver_name = :name, approved_at = "
    ":now "
    "WHERE id = :id"
)
_STATE = text("UPDATE core_refund SET state = :state, error = :error, ended_at = :ended WHERE id = :id")
_SENT = text("UPDATE core_refund SET state = 'sent', sent_at = :now, tries = tries + 1 WHERE id = :id")


def request(
    ctx: Context, attempt_id: UUID, amount: int, reason: str, *, key: str, person_id: UUID | None = None
) -> UUID:
    """Ask for money to be given back over the rail it came by. Needs `payments.refund.request`.

    Args:
        person_id: whose balance pays it, where an attempt covered several persons; the first one without it.

    Raises:
        Conflict: when more would be given back than came in.
    """
    ctx.require("payments.refund.request")
    known: UUID | None = ctx.session.scalar(_BY_KEY, {"school": ctx.school_id, "key": key})
    if known is not None:
        return known
    row = attempts.load(ctx, attempt_id)
    ev.lock_attempts(ctx, [row.reference])
    values = {"school": ctx.school_id, "attempt": attempt_id}
    room = int(ctx.session.execute(_ROOM, values).scalar_one())
    if amount <= 0 or not reason.strip():
        raise Invalid(_("A refund needs an amount and a reason."))
    if amount > room:
        raise Conflict(_("Only %(room)s ₫ of this payment can still be given back.", room=room))
    paid = ctx.session.execute(_PAID, values).one()
    refund_id = new_id()
    ctx.session.execute(
        _INSERT,
        {
            "id": refund_id,
            "school": ctx.school_id,
            "attempt": attempt_id,
            "evidence": paid.id,
            "person": person_id or row.person_id,
            "amount": amount,
            "reason": reason,
            "key": key,
            "who": _who(ctx),
            "now": ctx.now(),
        },
    )
    _record(ctx, "requested", refund_id, {"amount": amount, "reason": reason})
    return refund_id


def approve(ctx: Context, refund_id: UUID) -> None:
    """Approve a refund as the second person and have it sent. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    row = _locked(ctx, refund_id, RefundState.REQUESTED)
    if row.requested_by == _who(ctx):
        raise Forbidden("payments.refund.approve")
    ctx.session.execute(
        _APPROVE, {"id": refund_id, "who": _who(ctx), "name": ctx.actor.name, "now": ctx.now()}
    )
    enqueue(ctx, SEND, {"refund": str(refund_id), "step": 0}, key=str(refund_id))
    _record(ctx, "approved", refund_id, {"amount": row.amount})


def reject(ctx: Context, refund_id: UUID, reason: str) -> None:
    """Refuse a refund. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    _locked(ctx, refund_id, RefundState.REQUESTED)
    ctx.session.execute(_STATE, {"id": refund_id, "state": "rejected", "error": reason, "ended": ctx.now()})
    _record(ctx, "rejected", refund_id, {"reason": reason})


def reserve(ctx: Context, refund_id: UUID) -> None:
    """SENT: the money leaves the person's balance for `refund_payable` before anybody outside is asked."""
    row = _row(ctx, refund_id)
    ev.lock_attempts(ctx, [], [row.attempt_id])
    row = _locked(ctx, refund_id, RefundState.APPROVED)
    lock_people(ctx, [row.person_id])
    attempt = attempts.view(ctx, row.attempt_id)
    first = tuple(s.charge_id for s in attempt.shares if s.person_id == row.person_id)
    lines = withdraw(ctx, {row.person_id: row.amount}, subject=f"refund:{refund_id}", first=first)
    entry = Entry(
        source=f"refund:{refund_id}:sent",
        kind="refund.reserved",
        occurred_at=ctx.now(),
        lines=(*lines, Line(REFUND_PAYABLE, -row.amount)),
        memo=row.reason,
    )
    post(ctx, entry)
    ctx.session.execute(_SENT, {"id": refund_id, "now": ctx.now()})


def run(ctx: Context, payload: Payload, progress: Progress) -> None:
    """The task `payments.refund.send`, step by step.

    Step 0 reserves and commits, step 1 speaks to the provider, later steps ask what became of an UNKNOWN
    order: a crash
    between two steps repeats one of them, and repeating an order must not refund twice (port).
    """
    refund_id, step = UUID(payload["refund"]), int(payload["step"])
    row = _row(ctx, refund_id)
    state = RefundState(row.state)
    if state is RefundState.APPROVED:
        reserve(ctx, refund_id)
        enqueue(ctx, SEND, {"refund": str(refund_id), "step": 1})
    elif state is RefundState.SENT:
        _send(ctx, row, step)
    elif state is RefundState.UNKNOWN:
        _ask(ctx, row, step)


def _send(ctx: Context, row: Row[Any], step: int) -> None:
    attempt = attempts.load(ctx, row.attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    provider = providers.get(channel.provider)
    if not provider.supports_refund:
        _to_payout(ctx, row, channel)
        return
    order = _order(ctx, row, attempt)
    answer = provider.refund(
        order, attempts.to_port(attempt), channel.config, providers.client(provider, channel.config)
    )
    if isinstance(answer, Unknown):
        ctx.session.execute(_STATE, {"id": row.id, "state": "unknown", "error": answer.detail, "ended": None})
    else:
        polling.keep(ctx, channel, _named(answer, row.id))
    _again(ctx, row, 0)


def _ask(ctx: Context, row: Row[Any], step: int) -> None:
    attempt = attempts.load(ctx, row.attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    provider = providers.get(channel.provider)
    answer = provider.query(
        attempts.to_port(attempt), channel.config, providers.client(provider, channel.config), ctx.now()
    )
    if not isinstance(answer, Unknown):
        polling.keep(ctx, channel, answer)
    _again(ctx, row, step)


def _again(ctx: Context, row: Row[Any], step: int) -> None:
    """Plan the next question while the refund is open; after the last one a person has to ask."""
    state = RefundState(_row(ctx, row.id).state)
    if state not in (RefundState.SENT, RefundState.UNKNOWN):
        return
    if state is RefundState.SENT:
        ctx.session.execute(_STATE, {"id": row.id, "state": "unknown", "error": "pending", "ended": None})
    if step < len(ASK_AFTER):
        later = ctx.now() + ASK_AFTER[step]
        enqueue(ctx, SEND, {"refund": str(row.id), "step": step + 1}, run_at=later)
    else:
        open_case(ctx, "refund_unknown", f"refund:{row.id}", amount=row.amount, person_id=row.person_id)


def _to_payout(ctx: Context, row: Row[Any], channel: channels.Channel) -> None:
    """A transfer is given back by another transfer: the order waits on the payout list."""
    open_case(
        ctx,
        "payout",
        f"refund:{row.id}",
        amount=row.amount,
        facts={"reason": row.reason},
        channel_id=channel.id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
    )


def paid_out(ctx: Context, refund_id: UUID, provider_txn: str) -> None:
    """Say that a refund of the payout list was transferred. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    attempt_id = _row(ctx, refund_id).attempt_id
    ev.lock_attempts(ctx, [], [attempt_id])
    row = _locked(ctx, refund_id, RefundState.SENT)
    attempt = attempts.load(ctx, attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    fact = Fact(
        kind=FactKind.REFUNDED,
        provider_txn=provider_txn,
        amount=row.amount,
        currency="VND",
        occurred_at=ctx.now(),
        reference=attempt.reference,
        data={REFUND_ID: str(refund_id)},
    )
    from .booking import refunds as booked

    locked = ev.lock_attempts(ctx, [attempt.reference])[attempt.reference]
    known = ev.add(ctx, channel, fact, ev.Origin("person"), attempt_id=locked.id)
    if known.new:
        booked.apply(ctx, channel, fact, known, locked)
        ev.project(ctx, locked)
    _record(ctx, "paid_out", refund_id, {"number": provider_txn})


def _order(ctx: Context, row: Row[Any], attempt: Row[Any]) -> RefundOrder:
    paid = ctx.session.execute(_EVIDENCE, {"id": row.evidence_id}).one()
    return RefundOrder(
        id=row.id,
        reference=attempt.reference,
        amount=row.amount,
        full=row.amount == paid.amount,
        reason=row.reason,
        approved_by=row.approver_name,
        requested_at=row.requested_at,
        paid=Fact(
            kind=FactKind(paid.kind),
            provider_txn=paid.provider_txn,
            amount=paid.amount,
            currency=paid.currency,
            occurred_at=paid.occurred_at,
            reference=paid.reference,
            data=paid.data,
        ),
    )


_EVIDENCE = text(
    "SELECT kind, provider_txn, amount, currency, occurred_at, reference, data FROM core_evidence WHERE id "
    "= :id"
)


def _named(facts: tuple[Fact, ...], refund_id: UUID) -> tuple[Fact, ...]:
    """The answer to an order is about that order, whether the adapter says so or not."""
    from dataclasses import replace

    return tuple(replace(f, data={**f.data, REFUND_ID: str(refund_id)}) for f in facts)


def _row(ctx: Context, refund_id: UUID) -> Row[Any]:
    row = ctx.session.execute(_LOAD, {"school": ctx.school_id, "id": refund_id}).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _locked(ctx: Context, refund_id: UUID, wanted: RefundState) -> Row[Any]:
    row = ctx.session.execute(_LOCK, {"school": ctx.school_id, "id": refund_id}).one_or_none()
    if row is None:
        raise NotFound()
    if row.state != wanted.value:
        raise Conflict(_("This refund is in another state by now."))
    return row


def _who(ctx: Context) -> str:
    return str(ctx.actor.account_id or ctx.actor.name)


def _record(ctx: Context, what: str, refund_id: UUID, detail: dict[str, object]) -> None:
    audit.record(ctx, f"payments.refund.{what}", target=("refund", refund_id), detail=detail)
